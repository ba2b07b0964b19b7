"""On which days a blacklist entry counts."""

from __future__ import annotations

from datetime import date

import pytest

from labour.records.rules import counts_on

FIRST, LAST, LIFTED = date(2026, 1, 1), date(2028, 12, 31), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("last", "lifted", "day", "counts"),
    [
        (LAST, None, date(2025, 12, 31), False),
        (LAST, None, FIRST, True),
        (LAST, None, LAST, True),
        (LAST, None, date(2029, 1, 1), False),
        (None, None, date(2099, 1, 1), True),
        (LAST, LIFTED, date(2026, 6, 30), True),
        (LAST, LIFTED, LIFTED, False),
    ],
)
def test_from_the_first_to_the_last_day_and_not_from_the_lifting_on(
    last: date | None, lifted: date | None, day: date, *, counts: bool
) -> None:
    assert counts_on(FIRST, last, lifted, day) is counts
