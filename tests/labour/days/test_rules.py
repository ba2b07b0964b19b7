"""What the swipes of a day say beside the figure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.attendance.rules import IN, OUT
from labour.days.rules import Stay, at_once, missing, remarks, stays

EIGHT = datetime(2026, 11, 23, tzinfo=UTC)
Event = tuple[str, datetime]


def events(text: str) -> list[Event]:
    """`"in 8 out 17"` → swipes, hours after midnight."""
    words = text.split()
    return [
        (IN if way == "in" else OUT, EIGHT + timedelta(hours=float(hour)))
        for way, hour in zip(words[::2], words[1::2], strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "said", "gone"),
    [
        ("", [], []),
        ("in 8 out 17", [None, None], []),
        ("in 8 in 9 out 17", [None, "IN_AGAIN", None], []),
        ("in 8 out 12 out 17", [None, None, "OUT_AGAIN"], []),
        ("out 12 in 13", [None, None], ["IN_MISSING", "OUT_MISSING"]),
        ("in 8", [None], ["OUT_MISSING"]),
    ],
)
def test_direction_errors_are_said_at_the_second_one(text: str, said: list[str | None], gone: list[str]) -> None:
    assert (remarks(events(text)), missing(events(text))) == (said, gone)


@pytest.mark.parametrize(
    ("ours", "theirs", "hours"),
    [
        ("in 8 out 17", "in 16 out 20", (16, 17)),
        ("in 8 out 12 in 14 out 18", "in 12 out 14", None),
        ("in 8 out 12", "in 12 out 17", None),
        ("in 8 in 9 out 17", "in 8.5 out 8.75", (8.5, 8.75)),
        ("in 8", "in 7 out 12", (8, 8)),  # an in at one gate while inside at the other
    ],
)
def test_at_two_sites_at_once(ours: str, theirs: str, hours: tuple[float, float] | None) -> None:
    found = at_once(stays(events(ours)), stays(events(theirs)))
    assert found == (None if hours is None else Stay(*(EIGHT + timedelta(hours=one) for one in hours)))
    assert at_once(stays(events(theirs)), stays(events(ours))) == found


@given(st.lists(st.tuples(st.sampled_from([IN, OUT]), st.integers(0, 1440)), max_size=12))
def test_stays_follow_one_another(some: list[tuple[str, int]]) -> None:
    swipes = sorted(((way, EIGHT + timedelta(minutes=at)) for way, at in some), key=lambda one: one[1])
    found = stays(swipes)
    assert all(one.begins <= one.ends for one in found)
    assert all(one.ends <= next_.begins for one, next_ in pairwise(found))
