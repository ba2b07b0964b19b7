"""What a device's numbers and instants say of its clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple


class Step(NamedTuple):
    """A number that a device has given, and the instant that it bears."""

    sequence: int
    at: datetime


def set_back(steps: Iterable[Step], tolerance: timedelta) -> list[tuple[int, timedelta]]:
    """Numbers whose instant lies before that of the number below them, and by how much; in order of the numbers.

    Compared are neighbours among those given: a batch with the nearest known numbers around it, so that each pair is
    compared once whichever part arrives first.
    """
    return [
        (later.sequence, earlier.at - later.at)
        for earlier, later in pairwise(sorted(steps))
        if earlier.at - later.at > tolerance
    ]


def milliseconds(duration: timedelta) -> int:
    """Whole milliseconds, towards zero."""
    return int(duration / timedelta(milliseconds=1))


def begins_to_drift(drift: timedelta | None, before_ms: int | None, limit: timedelta) -> bool:
    """Whether a clock has left the limit since the batch before."""
    if drift is None or abs(drift) <= limit:
        return False
    return before_ms is None or abs(before_ms) <= milliseconds(limit)
