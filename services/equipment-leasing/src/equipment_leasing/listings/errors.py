"""What the listings slice refuses for, beside INVALID_STATE and MACHINE_BANNED."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, NotFound


def listing_not_found(listing_id: UUID) -> NotFound:
    """No such listing, or one that is not public."""
    return NotFound(
        "LISTING_NOT_FOUND",
        zh="未找到该出租信息。",
        en="There is no such listing.",
        metadata={"listing_id": str(listing_id)},
    )


def listing_exists(machine_id: UUID) -> AlreadyExists:
    """A machine is offered once at a time."""
    return AlreadyExists(
        "LISTING_EXISTS",
        zh="该机械已有草稿或已发布的出租信息。",
        en="The machine has a draft or a published listing already.",
        metadata={"machine_id": str(machine_id)},
    )
