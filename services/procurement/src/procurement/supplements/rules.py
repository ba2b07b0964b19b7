"""What a supplemental agreement may do to caps, over plain values."""

from __future__ import annotations

from collections.abc import Iterable

from procurement.agreements.rules import Cap, Ordered
from procurement.supplements import errors


def demand_room(caps: Iterable[Cap], ordered: list[Ordered]) -> None:
    """Refuse a hard cap that lies below what is ordered; FailedPrecondition CAP_BELOW_ORDERED."""
    for cap in caps:
        reached = cap.measure(ordered)
        if cap.hard is not None and reached > cap.hard:
            raise errors.below_ordered(cap.scope, cap.hard, reached)
