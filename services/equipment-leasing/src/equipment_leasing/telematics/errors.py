"""What the telematics slice refuses for, beside what is wrong with a page as a whole (reader.py)."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def feed_not_found(feed_id: UUID) -> NotFound:
    """No such feed, or not one of the caller's."""
    return NotFound(
        "FEED_NOT_FOUND",
        zh="未找到该数据源。",
        en="There is no such feed.",
        metadata={"feed_id": str(feed_id)},
    )


def feed_name_taken(name: str) -> AlreadyExists:
    """The lessor has a feed with this name."""
    return AlreadyExists(
        "FEED_NAME_TAKEN",
        zh=f"本单位已有名为 {name} 的数据源。",
        en=f"This organisation has a feed with the name {name} already.",
        metadata={"name": name},
    )


def unit_not_found(unit_id: UUID) -> NotFound:
    """No such unit, or not one of the caller's."""
    return NotFound(
        "UNIT_NOT_FOUND",
        zh="未找到该终端。",
        en="There is no such telematics unit.",
        metadata={"unit_id": str(unit_id)},
    )


def machine_has_unit(equipment_id: str) -> FailedPrecondition:
    """Two counters for one machine would count its hours twice."""
    return FailedPrecondition(
        "MACHINE_HAS_UNIT",
        zh=f"该机械已由终端 {equipment_id} 计数,请先解除其对应关系。",
        en=f"The machine is counted by the unit {equipment_id}; untie that one first.",
        metadata={"equipment_id": equipment_id},
    )


def in_the_future(field: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(
        Violation(f"/{field}", "IN_THE_FUTURE", zh="时间不能晚于现在。", en="The time must not lie in the future.")
    )
