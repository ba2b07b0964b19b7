"""What a supplemental agreement may do to caps, over plain values."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from procurement.agreements.rules import ZERO, Cap, Ordered
from procurement.supplements import errors


def demand_room(caps: Iterable[Cap], ordered: list[Ordered]) -> None:
    """Refuse a hard cap that lies below what is ordered; FailedPrecondition CAP_BELOW_ORDERED."""
    for cap in caps:
        reached = cap.measure(ordered)
        if cap.hard is not None and reached > cap.hard:
            raise errors.below_ordered(cap.scope, cap.hard, reached)


def added(before: Decimal | None, after: Decimal | None, *, widens: bool) -> Decimal | None:
    """By how much more can be called off at most; `before` and `after` as `agreements.rules.at_most` says them.

    None when nothing bounds it afterwards, unless nothing did before and the supplement widens nothing either.
    """
    if after is None:
        return None if before is not None or widens else ZERO
    return max(after - before, ZERO) if before is not None else ZERO


def is_raised(before: Decimal | None, after: Decimal | None) -> bool:
    """Whether a hard cap is higher than before, or gone."""
    return before is not None and (after is None or after > before)
