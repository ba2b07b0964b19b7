"""What affiliations refuse for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Violation,
    invalid,
)


def affiliation_not_found(affiliation_id: UUID) -> NotFound:
    """No such affiliation, or one of others."""
    return NotFound(
        "AFFILIATION_NOT_FOUND",
        zh="未找到该隶属关系。",
        en="There is no such affiliation.",
        metadata={"affiliation_id": str(affiliation_id)},
    )


def child_unknown(uscc: str) -> InvalidArgument:
    """Nobody with this code may be asked."""
    return invalid(
        Violation(
            "/uscc",
            "ORGANISATION_UNKNOWN",
            zh=f"平台上没有统一社会信用代码为 {uscc} 的正常组织。",
            en=f"No active organisation on the platform has the code {uscc}.",
        )
    )


def own_child() -> InvalidArgument:
    """An organisation is not part of itself."""
    return invalid(
        Violation("/uscc", "OWN_ORGANISATION", zh="不能将本组织列为自己的成员。", en="This is the caller's own code.")
    )


def already_open() -> AlreadyExists:
    """The child has been asked and has not answered, or is a member."""
    return AlreadyExists(
        "AFFILIATION_OPEN",
        zh="该组织已收到加入请求或已是成员单位。",
        en="The organisation has been asked already, or belongs to the group.",
    )


def has_parent() -> FailedPrecondition:
    """A child leaves its group before it joins another one."""
    return FailedPrecondition(
        "HAS_PARENT",
        zh="本组织已隶属于其他集团,请先退出。",
        en="The organisation belongs to another group; it must leave that one first.",
    )


def other_side(action: str) -> PermissionDenied:
    """The caller sees the affiliation, but this verb is the other side's."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 属于对方组织。",
        en=f"It is for the other organisation to {action}.",
        metadata={"action": action},
    )
