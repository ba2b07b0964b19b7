"""What organisations refuse for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound


def organisation_not_found(organisation_id: UUID) -> NotFound:
    """No such organisation, or not the caller's."""
    return NotFound(
        "ORGANISATION_NOT_FOUND",
        zh="未找到该组织。",
        en="There is no such organisation.",
        metadata={"organisation_id": str(organisation_id)},
    )


def uscc_taken(uscc: str) -> AlreadyExists:
    """An organisation with this code has registered already."""
    return AlreadyExists(
        "USCC_TAKEN",
        zh=f"统一社会信用代码 {uscc} 已注册。",
        en=f"An organisation with the unified social credit code {uscc} has registered already.",
        metadata={"uscc": uscc},
    )


def not_active(state: str) -> FailedPrecondition:
    """The caller's organisation may not change anything in this state."""
    return FailedPrecondition(
        "ORGANISATION_NOT_ACTIVE",
        zh=f"组织当前状态为 {state},不能管理成员和接口客户端。",
        en=f"The organisation is {state}; its members and API clients cannot be managed.",
        metadata={"state": state},
    )
