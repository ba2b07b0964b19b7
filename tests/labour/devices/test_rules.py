"""What a device's numbers and instants say of its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.devices.rules import Step, begins_to_drift, set_back

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_later_number_with_an_earlier_instant_is_named() -> None:
    steps = [Step(3, NOW - MINUTE * 3), Step(1, NOW), Step(2, NOW - MINUTE)]
    assert set_back(steps, MINUTE) == [(3, MINUTE * 2)]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(minutes: list[int], random: object) -> None:
    steps = [Step(number, NOW + MINUTE * ahead) for number, ahead in enumerate(minutes)]
    shuffled = list(steps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set_back(shuffled, MINUTE) == set_back(steps, MINUTE)


@pytest.mark.parametrize(
    ("drift", "before", "begins"),
    [
        (None, 0, False),
        (60, None, False),
        (121, None, True),
        (-121, 0, True),
        (121, 120_000, True),
        (121, 121_000, False),
    ],
)
def test_a_drift_is_told_as_it_leaves_the_limit(drift: int | None, before: int | None, begins: bool) -> None:
    seconds = None if drift is None else timedelta(seconds=drift)
    assert begins_to_drift(seconds, before, 2 * MINUTE) is begins
