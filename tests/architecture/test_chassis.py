"""The chassis knows no business noun (design.md, Layout): what it calls things, every service could call them."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import CHASSIS, Source, python, sample, violations

NOUNS = {
    "acceptance", "assignment", "attendance", "award", "bid", "booking", "budget", "buyer", "certificate", "commitment",
    "contractor", "cost", "crane", "delivery", "employer", "employment", "equipment", "indicator", "inspection",
    "invoice", "labour", "lease", "lessee", "lessor", "listing", "machine", "material", "milestone", "order", "party",
    "payroll", "procurement", "project", "rental", "rent", "settlement", "site", "steel", "subcontractor", "supervisor",
    "supplier", "swipe", "telematics", "tender", "training", "wage", "wbs", "worker",
}  # fmt: skip
EXCEPTED = {
    f"{CHASSIS}/replica.py": {"project", "party"},  # design.md: the replica of projects has its mechanics here
    f"{CHASSIS}/states.py": {"machine"},  # a state machine digs no holes
    f"{CHASSIS}/pages.py": {"order"},  # in which rows are sorted
}
ENUMS = {"Kind", "Role"}
"""identity.py: organisations' kinds and roles come with every token, so the chassis has to know them by name."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def rule(source: Source) -> list[str]:
    """No name of a module, class, function, parameter, variable or attribute of the chassis is a business noun."""
    if not source.below(CHASSIS):
        return []
    excepted = EXCEPTED.get(str(source.path), set())
    found = []
    for node, name in _names(source):
        nouns = {word for word in _words(name) if word in NOUNS} - excepted
        if nouns:
            found.append(source.at(node, f"`{name}`: the chassis knows no {', '.join(sorted(nouns))}"))
    return found


def _words(name: str) -> set[str]:
    """The words of a name, singular as well."""
    words = {word.lower() for word in WORD.findall(name)}
    singular = {word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s") for word in words}
    return words | singular


def _names(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Everything that the module itself names; names of libraries that it uses are not its own."""
    yield source.tree, source.path.stem
    inside = {
        id(node)
        for enum in source.walk()
        if isinstance(enum, ast.ClassDef) and enum.name in ENUMS and source.path.name == "identity.py"
        for node in ast.walk(enum)
    }
    for node in source.walk():
        if id(node) in inside:
            continue
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.name
        elif isinstance(node, ast.arg):
            yield node, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node, node.attr


def test_the_chassis_knows_no_business_noun() -> None:
    assert violations(rule, python()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "class OrderEvent: ...",
        "def approve_orders(): ...",
        "def seen(worker_id): ...",
        "SUPPLIERS = ()",
        "self.budget = 1",
        "class Entry:\n    deliveries: int",
        "class Kind:\n    MACHINE = 'machine'",
    ],
)
def test_it_bites(text: str) -> None:
    assert len(rule(sample(text, f"{CHASSIS}/hot.py"))) == 1


def test_a_module_is_a_name() -> None:
    assert len(rule(sample("", f"{CHASSIS}/orders.py"))) == 1


@pytest.mark.parametrize("text", ["select(x).order_by(y)", "class Ordering: ...", "reordered = 1", "border = 2"])
def test_a_word_that_only_looks_like_one_is_fine(text: str) -> None:
    assert rule(sample(text, f"{CHASSIS}/hot.py")) == []


def test_kinds_and_roles_are_named_in_identity() -> None:
    text = "class Kind(StrEnum):\n    SUPPLIER = 'supplier'"
    assert rule(sample(text, f"{CHASSIS}/identity.py")) == []
    assert len(rule(sample("class Rank(StrEnum):\n    SUPPLIER = 's'", f"{CHASSIS}/identity.py"))) == 1
