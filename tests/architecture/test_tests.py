"""Design rule 15: tests bite, and stand where a reader looks for them."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.architecture.tree import PACKAGES, Source, committed, python, sample, violations

TESTED = {"states.py", "rules.py", "service.py", "endpoints.py", "rpc.py", "handlers.py"}
AVOIDING = {
    "pytest.skip",
    "pytest.xfail",
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.mark.xfail",
    "pytest.importorskip",
}


def rule(source: Source) -> list[str]:
    """No test that cannot fail: no skip, no xfail, no `assert True`."""
    if not source.below("tests"):
        return []
    found = []
    for node in source.walk():
        if isinstance(node, ast.Attribute) and _dotted(node) in AVOIDING:
            found.append(source.at(node, f"{_dotted(node)}: a test that does not run holds nothing"))
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant):
            found.append(source.at(node, "an assertion that cannot fail"))
    return found


def _dotted(node: ast.expr) -> str:
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "?")


def untested(files: frozenset[PurePosixPath]) -> list[str]:
    """Modules of aggregates whose test does not stand at tests/<package>/<aggregate>/test_<module>.py."""
    found = []
    for package, folder in PACKAGES.items():
        for path in sorted(files):
            inner = path.relative_to(folder).parts if path.is_relative_to(folder) else ()
            if len(inner) < 2 or inner[-1] not in TESTED or inner[0] in {"clients", "edge"}:
                continue
            wanted = PurePosixPath("tests", package, *inner[:-1], f"test_{inner[-1]}")
            variants = {one for one in files if one.parent == wanted.parent and one.stem.startswith(wanted.stem)}
            if not variants:
                found.append(f"{path}: no {wanted}")
    return found


def test_no_test_avoids_its_work() -> None:
    assert violations(rule, python()) == ""


def test_every_module_of_an_aggregate_has_its_test() -> None:
    assert "\n".join(untested(frozenset(committed()))) == ""


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.skip\ndef test_a():\n    assert x == 1",
        "def test_a():\n    pytest.skip('later')\n    assert x == 1",
        "@pytest.mark.xfail(reason='later')\ndef test_a():\n    assert x == 1",
        "def test_a():\n    assert True",
    ],
)
def test_a_test_that_cannot_fail_is_found(text: str) -> None:
    assert len(rule(sample(text, "tests/procurement/orders/test_service.py"))) == 1


def test_a_module_without_its_test_is_found() -> None:
    module = PurePosixPath("services/procurement/src/procurement/orders/rules.py")
    test = PurePosixPath("tests/procurement/orders/test_rules.py")
    assert len(untested(frozenset({module}))) == 1
    assert untested(frozenset({module, test})) == []
