"""Days of bookings."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from chassis.ids import new_id
from equipment_leasing.bookings.rules import LONGEST, Window, check_window, pushes

TODAY = date(2026, 11, 23)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
windows = st.builds(lambda first, length: Window(first, first + timedelta(days=length)), days, st.integers(0, 90))


@given(windows, windows)
def test_overlap_is_a_shared_day(one: Window, other: Window) -> None:
    shared = any(other.holds(one.first + timedelta(days=number)) for number in range((one.last - one.first).days + 1))
    assert one.overlaps(other) == other.overlaps(one) == shared


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        (0, 0, []),
        (-90, 3, []),
        (-91, 3, ["TOO_LATE"]),
        (3, 2, ["BEFORE_FIRST_DAY"]),
        (-91, -92, ["BEFORE_FIRST_DAY", "TOO_LATE"]),
        (0, LONGEST.days, []),
        (0, LONGEST.days + 1, ["TOO_LONG"]),
    ],
)
def test_what_a_window_may_be(first: int, last: int, codes: list[str]) -> None:
    window = Window(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    if not codes:
        check_window(window, TODAY)
        return
    with pytest.raises(InvalidArgument) as refusal:
        check_window(window, TODAY)
    assert [fault.code for fault in refusal.value.violations] == codes


def test_a_late_return_pushes_what_it_reaches() -> None:
    """Begun bookings begin the day after; swallowed ones have no day left; later ones stay."""
    swallowed, begun, later = new_id(), new_id(), new_id()
    behind = [
        (later, Window(date(2026, 12, 20), date(2026, 12, 30))),
        (begun, Window(date(2026, 12, 5), date(2026, 12, 19))),
        (swallowed, Window(date(2026, 12, 1), date(2026, 12, 4))),
    ]
    found = {push.booking_id: push.window for push in pushes(date(2026, 12, 10), behind)}
    assert found == {swallowed: None, begun: Window(date(2026, 12, 11), date(2026, 12, 19))}


@given(days, st.lists(windows, max_size=6))
def test_after_a_push_nothing_overlaps_the_return(returned_on: date, behind: list[Window]) -> None:
    """Whatever the bookings, what is left begins after the return, ends as agreed, and no untouched one was reached."""
    named: list[tuple[UUID, Window]] = [(new_id(), window) for window in behind]
    pushed = {push.booking_id: push.window for push in pushes(returned_on, named)}
    for booking_id, window in named:
        if booking_id not in pushed:
            assert window.first > returned_on
            continue
        left = pushed[booking_id]
        assert left is None or (left.first > returned_on and left.last == window.last)
        assert (left is None) == (window.last <= returned_on)
