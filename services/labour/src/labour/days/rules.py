"""What the swipes of a day say beside the figure: directions that do not alternate, stays, stays at two sites. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from labour.attendance.rules import IN, OUT


class Stay(NamedTuple):
    """From an in to the out that ends it; to the last swipe known when none does."""

    begins: datetime
    ends: datetime


Swipes = Sequence[tuple[str, datetime]]
"""(direction, instant) in the order of time."""


def remarks(swipes: Swipes) -> list[str | None]:
    """For each swipe IN_AGAIN or OUT_AGAIN when the one before went the same way: the opposite one was forgotten."""
    again = {IN: "IN_AGAIN", OUT: "OUT_AGAIN"}
    first: list[str | None] = [None] if swipes else []
    return first + [again[way] if way == before else None for (before, _), (way, _) in pairwise(swipes)]


def missing(swipes: Swipes) -> list[str]:
    """IN_MISSING when a day begins with an out, OUT_MISSING when it ends with an in."""
    if not swipes:
        return []
    found = ["IN_MISSING"] if swipes[0][0] == OUT else []
    return [*found, "OUT_MISSING"] if swipes[-1][0] == IN else found


def stays(swipes: Swipes) -> list[Stay]:
    """When somebody was inside: from an in to the next out; more ins in between change nothing."""
    found: list[Stay] = []
    since: datetime | None = None
    for way, at in swipes:
        if way == IN and since is None:
            since = at
        elif way == OUT and since is not None:
            found.append(Stay(since, at))
            since = None
    if since is not None:
        found.append(Stay(since, swipes[-1][1]))
    return found


def at_once(ours: Iterable[Stay], others: Iterable[Stay]) -> Stay | None:
    """The first time in which somebody is inside at both; None when he goes from one to the other."""
    theirs = list(others)
    common = [
        Stay(max(one.begins, other.begins), min(one.ends, other.ends))
        for one in ours
        for other in theirs
        if one.begins < other.ends and other.begins < one.ends
    ]
    return min(common, default=None)
