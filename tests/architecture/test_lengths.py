"""Design rule 16: a file has at most 400 lines, a function 40, a test 80 to tell its story."""

import ast

import pytest

from tests.architecture.tree import Source, python, sample, violations

FILE_LINES = 400
FUNCTION_LINES = 40
TEST_LINES = 80


def rule(source: Source) -> list[str]:
    """Counted from `def` to the last line, docstring included: what does not fit one screen is two things."""
    if "migrations" in source.path.parts:
        return []
    found = []
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        found.append(source.at(1, f"{lines} lines; at most {FILE_LINES}"))
    limit = TEST_LINES if source.below("tests") else FUNCTION_LINES
    for node in source.walk():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            span = (node.end_lineno or node.lineno) - node.lineno + 1
            if span > limit:
                found.append(source.at(node, f"{node.name} has {span} lines; at most {limit}"))
    return found


def test_the_tree_keeps_it() -> None:
    assert violations(rule, python()) == ""


def _function(lines: int, kind: str = "def") -> str:
    return f"{kind} long():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_long_function_is_found(kind: str) -> None:
    assert rule(sample(_function(FUNCTION_LINES, kind))) == []
    assert len(rule(sample(_function(FUNCTION_LINES + 1, kind)))) == 1


def test_a_method_is_a_function() -> None:
    body = "".join(f"    {line}\n" for line in _function(FUNCTION_LINES + 1).splitlines())
    assert len(rule(sample(f"class Thing:\n{body}"))) == 1


def test_a_test_may_be_longer() -> None:
    path = "tests/procurement/orders/test_service.py"
    assert rule(sample(_function(TEST_LINES), path)) == []
    assert len(rule(sample(_function(TEST_LINES + 1), path))) == 1


def test_a_long_file_is_found() -> None:
    assert rule(sample("a = 1\n" * FILE_LINES)) == []
    assert len(rule(sample("a = 1\n" * (FILE_LINES + 1)))) == 1
