"""Each rule of the house (design.md) and the tests that hold it. A rule without a test is a wish.

Node ids without parameters. A test that is renamed or removed has to be replaced here, too.
"""

import ast

import pytest

from infra.contracts.paths import ROOT

RULES = range(1, 19)

HELD: dict[int, tuple[str, ...]] = {
    1: ("tests/architecture/test_layers.py::test_doors_only_translate",),
    2: (
        "tests/architecture/test_edges.py::test_state_moves_by_the_machine",
        "tests/architecture/test_edges.py::test_no_request_asks_for_a_state",
        "tests/architecture/test_layers.py::test_states_and_rules_are_pure",
    ),
    3: (
        "tests/architecture/test_commits.py::test_the_tree_keeps_it",
        "tests/architecture/test_edges.py::test_every_route_goes_through_the_edge",
    ),
    4: ("tests/contracts/test_facts.py::test_every_fact_that_is_awaited_is_told",),
    5: (),
    6: (),
    7: (
        "tests/architecture/test_edges.py::test_every_route_goes_through_the_edge",
        "tests/contracts/test_openapi.py::test_the_document_keeps_its_promises",
    ),
    8: ("tests/contracts/test_openapi.py::test_the_document_keeps_its_promises",),
    9: ("tests/architecture/test_sql.py::test_the_tree_keeps_it",),
    10: (
        "tests/architecture/test_money.py::test_the_tree_keeps_it",
        "tests/architecture/test_time.py::test_no_naive_instant_in_the_tree",
    ),
    11: (),
    12: (),
    13: (),
    14: ("tests/architecture/test_names.py::test_metrics_in_the_tree",),
    15: (),
    16: (
        "tests/architecture/test_lengths.py::test_the_tree_keeps_it",
        "tests/architecture/test_no_print.py::test_the_tree_keeps_it",
        "tests/architecture/test_names.py::test_subjects_in_the_tree",
        "tests/architecture/test_time.py::test_no_naive_instant_in_the_tree",
        "tests/architecture/test_layers.py::test_import_linter_bites",
    ),
    17: (),
    18: ("tests/architecture/test_time.py::test_nobody_reads_the_wall_clock",),
}


def exists(node_id: str, text: str | None) -> bool:
    """Whether a test file's text (None: no such file) holds the test that a node id names."""
    _, *names = node_id.split("::")
    if text is None or not names or not names[-1].startswith("test_"):
        return False
    body: list[ast.stmt] = ast.parse(text).body
    for name in names:
        found = [node for node in body if getattr(node, "name", None) == name]
        if not found:
            return False
        body = getattr(found[0], "body", [])
    return True


def _read(node_id: str) -> str | None:
    path = ROOT / node_id.partition("::")[0]
    return path.read_text(encoding="utf-8") if path.is_file() else None


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_held(rule: int) -> None:
    assert HELD[rule], f"no test holds design rule {rule}"
    assert [node_id for node_id in HELD[rule] if not exists(node_id, _read(node_id))] == []


def test_the_table_names_every_rule() -> None:
    assert list(HELD) == list(RULES)


TEXT = "def test_a() -> None: ...\nclass TestB:\n    async def test_c(self) -> None: ...\ndef helper(): ...\n"


@pytest.mark.parametrize(
    ("node_id", "there"),
    [
        ("tests/x.py::test_a", True),
        ("tests/x.py::TestB::test_c", True),
        ("tests/x.py::test_c", False),
        ("tests/x.py::TestB::test_a", False),
        ("tests/x.py::helper", False),
        ("tests/x.py::test_gone", False),
        ("tests/x.py", False),
    ],
)
def test_a_test_that_is_gone_is_found(node_id: str, there: bool) -> None:
    assert exists(node_id, TEXT) is there
    assert not exists(node_id, None)
