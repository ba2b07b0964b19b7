"""Design rule 12: hot paths are few, write in one compiled statement, and each has a row in the benchmarks."""

import pytest

from tests.architecture.tree import Source, aggregate, dotted, python, sample, services

MOST = 5
HOT = "chassis.hot.HotStatement"
MARK = "hot path:"
"""A row of the benchmarks names the statement that it measures: `hot path: procurement.orders.repository.CREATE`."""


def hot_statements(source: Source) -> list[str]:
    """The full names of the hot statements that a repository compiles."""
    if aggregate(source) is None:
        return []
    inner = source.path.with_suffix("").parts
    module = ".".join(inner[inner.index("src") + 1 :])
    calls = {id(node) for node, name in source.calls() if name == HOT}
    return [
        f"{module}.{dotted(target)}"
        for node in source.tree.body
        for target in getattr(node, "targets", [getattr(node, "target", None)])
        if target is not None and id(getattr(node, "value", None)) in calls
    ]


def measured(sources: list[Source]) -> set[str]:
    """What the benchmarks say that they measure."""
    lines = (line for source in sources if source.below("tests/bench") for line in source.text.splitlines())
    return {line.partition(MARK)[2].split()[0].strip("`.,;\"'") for line in lines if line.partition(MARK)[2].strip()}


def test_every_hot_path_is_measured() -> None:
    hot = {name for source in services() for name in hot_statements(source)}
    assert hot - measured(list(python())) == set()


def test_hot_paths_are_few() -> None:
    hot = [name for source in services() for name in hot_statements(source)]
    assert 0 < len(hot) <= MOST


@pytest.mark.parametrize(
    "line", ["CREATE = HotStatement(_rows, _guard())", "CREATE: HotStatement = HotStatement(_rows)"]
)
def test_a_hot_statement_is_recognised(line: str) -> None:
    path = "services/procurement/src/procurement/orders/repository.py"
    source = sample(f"from chassis.hot import HotStatement\n{line}\n", path)
    assert hot_statements(source) == ["procurement.orders.repository.CREATE"]


def test_a_row_is_recognised() -> None:
    row = sample('"""hot path: procurement.orders.repository.CREATE, through the gateway."""', "tests/bench/orders.py")
    assert measured([row]) == {"procurement.orders.repository.CREATE"}
    assert measured([sample("# hot path: x", "tests/chassis/test_hot.py")]) == set()
