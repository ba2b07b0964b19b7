"""What the offers slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, NotFound


def offer_not_found(offer_id: UUID) -> NotFound:
    """No such offer, or not one to the caller."""
    return NotFound(
        "OFFER_NOT_FOUND", zh="未找到该报价结果。", en="There is no such offer.", metadata={"offer_id": str(offer_id)}
    )


def still_sealed() -> FailedPrecondition:
    """Before the opening nobody learns what was offered, nor whether anything was."""
    return FailedPrecondition(
        "STILL_SEALED",
        zh="尚未开标:截止时间之前任何人都看不到报价。",
        en="It is not opened yet: until the deadline nobody sees an offer.",
    )
