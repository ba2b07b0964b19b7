"""When contracts overlap, and what the gates read of several."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.contracts import rules
from labour.contracts.repository import rules as figures
from labour.contracts.rules import Binding
from labour.workers.models import AgreementKind

ONE, OTHER = UUID(int=1), UUID(int=2)
TODAY = date(2026, 11, 23)


def days(text: str) -> tuple[date, date | None]:
    """`06-01/12-31` in 2026; nothing after the slash is open."""
    first, _, last = text.partition("/")
    return date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}") if last else None


OVERLAPS = [
    ("01-01/06-30", "06-30/12-31", True),
    ("01-01/06-30", "07-01/12-31", False),
    ("01-01/", "12-31/", True),
    ("01-01/", "01-01/01-01", True),
    ("07-01/", "01-01/06-30", False),
]


@pytest.mark.parametrize(("first", "second", "shared"), OVERLAPS)
def test_validities_that_share_a_day(first: str, second: str, shared: bool) -> None:
    assert rules.overlap(days(first), days(second)) is rules.overlap(days(second), days(first)) is shared


SPANS = st.tuples(
    st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))
)
ORDERED = SPANS.filter(lambda span: span[1] is None or span[0] <= span[1])


@given(ORDERED, ORDERED)
def test_overlap_is_a_common_day(first: tuple[date, date | None], second: tuple[date, date | None]) -> None:
    end = date(2026, 3, 2)
    shared = {
        day
        for day in map(date.fromordinal, range(date(2026, 1, 1).toordinal(), end.toordinal() + 1))
        if all(one[0] <= day <= (one[1] or end) for one in (first, second))
    }
    assert rules.overlap(first, second) is bool(shared)


def test_a_contract_for_all_projects_counts_on_each() -> None:
    assert rules.same_ground(ONE, ONE)
    assert not rules.same_ground(ONE, OTHER)
    assert rules.same_ground(None, OTHER)
    assert rules.same_ground(ONE, None)


AGREEMENTS = [
    ("the contract of today", ["01-01/06-30", "07-01/12-31"], "2", "07-01/12-31"),
    ("with those that follow without a gap", ["06-01/11-30", "12-01/12-15", "12-16/"], "1", "06-01/"),
    ("but not over a gap", ["06-01/11-30", "12-02/12-31"], "1", "06-01/11-30"),
    ("else the next", ["01-01/06-30", "12-01/12-31"], "2", "12-01/12-31"),
    ("else the last", ["01-01/03-31", "04-02/06-30"], "2", "04-02/06-30"),
    ("the longer one of two on several projects", ["06-01/11-30", "07-01/12-31"], "2", "07-01/12-31"),
]


@pytest.mark.parametrize(("says", "contracts", "number", "validity"), AGREEMENTS, ids=[one[0] for one in AGREEMENTS])
def test_what_the_gates_read(says: str, contracts: list[str], number: str, validity: str) -> None:
    known = [
        Binding(AgreementKind.LABOUR_CONTRACT, str(place), *days(text)) for place, text in enumerate(contracts, start=1)
    ]
    for order in (known, known[::-1]):
        found = rules.agreement_of(order, TODAY)
        assert found is not None
        assert (found.number, found.valid_from, found.valid_to) == (number, *days(validity))


def test_without_a_contract_nothing_follows() -> None:
    assert rules.agreement_of([], TODAY) is None


def test_the_figures_are_data() -> None:
    found = figures()
    assert (found.warn_days, found.link_valid_for.days) == ((30, 7), 7)
