"""Rules of suppliers: days at their edges, renewals, kinds of material."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.suppliers import rules
from procurement.suppliers.states import State

DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Held:
    """A licence as the rules see it."""

    kind: str
    valid_from: date
    valid_until: date | None
    obligatory: bool = True


def around(first: int, last: int | None, kind: str = "a", *, obligatory: bool = True) -> Held:
    """In force from so many days after DAY to so many."""
    until = None if last is None else DAY + timedelta(days=last)
    return Held(kind, DAY + timedelta(days=first), until, obligatory)


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        ([], []),
        ([around(-9, 0)], []),
        ([around(-9, -1)], ["a"]),
        ([around(0, None)], []),
        ([around(1, None)], ["a"]),
        ([around(-9, -1, obligatory=False)], []),
        ([around(-9, -1), around(0, 9, obligatory=False)], []),
        ([around(-9, -1), around(-9, 9, "b"), around(-9, -1, "c")], ["a", "c"]),
    ],
    ids=["none", "last day", "over", "no end", "not yet", "not demanded", "renewed", "some of several"],
)
def test_an_obligatory_kind_needs_one_in_force(licences: list[Held], expected: list[str]) -> None:
    assert rules.lacking(licences, DAY) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (around(1, 9), True),
        (around(-9, None), True),
        (around(2, 9), False),
        (around(-9, 0), False),
        (around(1, 9, "b"), False),
    ],
    ids=["the next day", "no end", "a day too late", "ends with it", "another kind"],
)
def test_a_renewal_leaves_no_day_between(other: Held, expected: bool) -> None:
    ending = around(-9, 0)
    assert rules.is_renewed(ending, [ending, other]) is expected


def test_what_has_no_end_needs_no_renewal() -> None:
    assert not rules.is_renewed(around(0, None), [around(0, None)])


@pytest.mark.parametrize(
    ("state", "until", "expected"),
    [
        (State.SUSPENDED, DAY, True),
        (State.BLACKLISTED, DAY, True),
        (State.SUSPENDED, DAY - timedelta(days=1), False),
        (State.ACTIVE, None, False),
    ],
)
def test_the_last_day_counts(state: State, until: date | None, expected: bool) -> None:
    assert rules.is_barred(state, until, DAY) is expected


def test_a_day_begins_in_shanghai() -> None:
    assert rules.day_begins(DAY) == datetime(2026, 11, 22, 16, tzinfo=UTC)


@given(st.lists(st.from_regex(r"\A[0-3]{2}([0-3]{2}([0-3]{4})?)?\Z"), max_size=12), st.from_regex(r"\A[0-3]{8}\Z"))
def test_fewer_prefixes_cover_the_same(codes: list[str], material: str) -> None:
    """No prefix includes another one, and each material is covered as before."""
    kept = rules.distinct(codes)
    assert not any(a != b and a.startswith(b) for a in kept for b in kept)
    assert any(map(material.startswith, kept)) == any(map(material.startswith, codes))
