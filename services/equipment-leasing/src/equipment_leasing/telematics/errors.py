"""What the telematics slice refuses for, a page as a whole among it."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    MalformedRequest,
    NotFound,
    Violation,
    invalid,
)


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


def xml_malformed(zh: str, en: str) -> MalformedRequest:
    """Truncated, not XML at all, or nested too deeply; where or what in both languages."""
    return MalformedRequest(
        "XML_MALFORMED",
        zh=f"XML 不完整或格式错误:{zh}。",
        en=f"The XML is truncated or malformed: {en}.",
    )


def dtd_forbidden() -> InvalidArgument:
    """Entities can bring in files or grow without end."""
    return InvalidArgument(
        "XML_DTD_FORBIDDEN",
        zh="XML 不得包含 DTD 或实体定义。",
        en="The XML must not hold a DTD or entities.",
    )


def not_a_fleet(root: str) -> InvalidArgument:
    """Another document than a fleet's page."""
    return InvalidArgument(
        "NOT_A_FLEET",
        zh=f"根元素应为 ISO 15143-3 的 Fleet,实际为 {root}。",
        en=f"The root element must be Fleet of ISO 15143-3; it is {root}.",
        metadata={"root": root},
    )


def too_many_machines(limit: int) -> InvalidArgument:
    """A page of the standard has a hundred machines."""
    return InvalidArgument(
        "TOO_MANY_MACHINES",
        zh=f"一页最多 {limit} 台设备。",
        en=f"A page holds at most {limit} machines.",
        metadata={"limit": str(limit)},
    )
