"""What somebody takes from a session, and what cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.sessions.rules import (
    Credit,
    Lesson,
    Presence,
    contradicts,
    credit,
    fault,
    longest,
    merged,
    open_ends,
    overlap,
)

START = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
END = START + timedelta(hours=4)
LESSON = Lesson(START, END, Decimal("4.00"), None)
TESTED = Lesson(START, END, Decimal("4.00"), Decimal("60.00"))
STEP = timedelta(minutes=15)
NONE = Decimal("0.00")


def there(first: int, last: int, score: str | None = None) -> Presence:
    """From so many minutes after the beginning to so many."""
    minutes = timedelta(minutes=1)
    return Presence(START + first * minutes, START + last * minutes, None if score is None else Decimal(score))


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [(0, 240, "4.00"), (-30, 300, "4.00"), (0, 239, "3.75"), (60, 240, "3.00"), (0, 14, "0.00"), (0, 15, "0.25")],
)
def test_whole_quarters_within_the_session(first: int, last: int, hours: str) -> None:
    assert credit(LESSON, there(first, last), STEP) == Credit(True, Decimal(hours))


def test_never_more_than_the_sessions_hours() -> None:
    with_a_break = Lesson(START, END, Decimal("3.00"), None)
    assert credit(with_a_break, there(0, 240), STEP).hours == Decimal("3.00")


@pytest.mark.parametrize(("score", "hours"), [("60.00", "4.00"), ("59.99", "0.00"), (None, "0.00")])
def test_who_misses_the_mark_gets_nothing(score: str | None, hours: str) -> None:
    assert credit(TESTED, there(0, 240, score), STEP) == Credit(hours != "0.00", Decimal(hours))


def test_who_was_not_there_gets_nothing() -> None:
    assert credit(LESSON, Presence(None, None, None), STEP) == Credit(False, NONE)


@given(st.integers(-60, 240), st.integers(1, 400))
def test_credit_is_never_negative_nor_beyond(first: int, minutes: int) -> None:
    assert NONE <= credit(LESSON, there(first, first + minutes), STEP).hours <= LESSON.hours


def test_one_that_begins_as_the_other_ends_does_not_overlap() -> None:
    after = (END, END + timedelta(hours=1))
    assert not overlap((START, END), after)
    assert overlap((START, END), (END - timedelta(seconds=1), END))


def test_hours_that_fit_into_a_session() -> None:
    assert longest(START, START + timedelta(minutes=90)) == Decimal("1.50")


LATER = END + timedelta(hours=2)
FAULTS = [
    (there(0, 240), None),
    (there(-50, 240), None),
    (there(240, 0), ("checked_out_at", "DATES_BACKWARDS")),
    (there(-300, -200), ("checked_in_at", "OUTSIDE_SESSION")),
    (there(260, 280), ("checked_in_at", "OUTSIDE_SESSION")),
    (there(0, 500), ("checked_out_at", "IN_FUTURE")),
    (there(0, 240, "80"), ("score", "NO_TEST")),
    (Presence(None, END, None), ("checked_in_at", "CHECK_IN_MISSING")),
]


@pytest.mark.parametrize(("presence", "found"), FAULTS)
def test_presences_that_cannot_be(presence: Presence, found: tuple[str, str] | None) -> None:
    told = fault(LESSON, presence, LATER)
    assert (None if told is None else (told.pointer, told.code)) == found


def test_a_score_needs_somebody_who_was_there() -> None:
    told = fault(TESTED, Presence(None, None, Decimal(80)), LATER)
    assert told is not None
    assert (told.pointer, told.code) == ("score", "CHECK_IN_MISSING")


def test_what_is_open_before_closing() -> None:
    assert open_ends(LESSON, Presence(START, None, None)) == "CHECK_OUT_MISSING"
    assert open_ends(TESTED, there(0, 240)) == "SCORE_MISSING"
    assert open_ends(TESTED, there(0, 240, "10")) is None
    assert open_ends(TESTED, Presence(None, None, None)) is None


def test_told_twice_and_told_otherwise() -> None:
    known = there(0, 240)
    assert merged(known, Presence(None, None, Decimal(70))) == there(0, 240, "70")
    assert contradicts(known, Presence(known.checked_in_at, None, None)) is None
    assert contradicts(known, Presence(None, END + STEP, None)) == "checked_out_at"
