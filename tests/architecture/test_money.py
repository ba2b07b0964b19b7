"""Design rule 10: money and quantities are exact. No binary fraction in tables, bodies, rules or use cases."""

import ast

import pytest

from tests.architecture.tree import Source, aggregate, dotted, sample, services, violations

INEXACT_COLUMNS = {"Float", "Double", "REAL", "DOUBLE_PRECISION", "FLOAT"}


def rule(source: Source) -> list[str]:
    """Inside an aggregate nothing is a float: no annotation, no conversion, no column, no literal in arithmetic."""
    if aggregate(source) is None:
        return []
    found = []
    waits = {
        id(node.annotation) for node in source.walk() if _is_a_wait(node) and isinstance(node, ast.arg | ast.AnnAssign)
    }
    for node in source.walk():
        if isinstance(node, ast.Name) and node.id == "float" and id(node) not in waits:
            found.append(source.at(node, "float cannot hold 0.1: use Decimal (rule 10)"))
        elif isinstance(node, ast.Name | ast.Attribute) and (
            getattr(node, "id", "") in INEXACT_COLUMNS or getattr(node, "attr", "") in INEXACT_COLUMNS
        ):
            found.append(source.at(node, "an inexact column: use Numeric(precision, scale)"))
        elif isinstance(node, ast.Call) and _decimal_of_a_fraction(node):
            found.append(source.at(node, "Decimal of a binary fraction: write it as a string"))
    return found


def _is_a_wait(node: ast.AST) -> bool:
    """Seconds that a process waits are neither money nor quantity."""
    name = node.arg if isinstance(node, ast.arg) else dotted(node.target) if isinstance(node, ast.AnnAssign) else ""
    return name in {"wait", "timeout"}


def _decimal_of_a_fraction(call: ast.Call) -> bool:
    if not (isinstance(call.func, ast.Name) and call.func.id == "Decimal" and call.args):
        return False
    return isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, float)


def test_the_tree_keeps_it() -> None:
    assert violations(rule, services()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "class Line:\n    price: float",
        "total = float(line.amount)",
        "from sqlalchemy import Float\nprice = Field(sa_type=Float)",
        "limit = Decimal(0.1)",
    ],
)
def test_it_bites(text: str) -> None:
    assert len(rule(sample(text))) == 1


def test_decimals_are_fine() -> None:
    assert rule(sample("def ask(wait: float) -> None: ...\nclass Asking:\n    timeout: float = 0.5")) == []
    assert rule(sample("limit = Decimal('0.1')\nprice: Decimal = Decimal(0)\nwait = 0.5")) == []
