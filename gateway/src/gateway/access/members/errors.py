"""What members refuse for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def member_not_found(member_id: UUID) -> NotFound:
    """No such member, or one of another organisation."""
    return NotFound(
        "MEMBER_NOT_FOUND",
        zh="未找到该成员。",
        en="There is no such member.",
        metadata={"member_id": str(member_id)},
    )


def email_taken() -> AlreadyExists:
    """An account with this address exists; whose is not told."""
    return AlreadyExists(
        "EMAIL_TAKEN",
        zh="该邮箱已有账号,一个邮箱只能用于一个组织的一个账号。",
        en="There is an account with this address; an address serves one account of one organisation.",
    )


def last_administrator() -> FailedPrecondition:
    """An organisation without an administrator could not be managed any more."""
    return FailedPrecondition(
        "LAST_ADMINISTRATOR",
        zh="组织至少需要一名管理员,请先任命另一名管理员。",
        en="An organisation needs an administrator; make somebody else one first.",
    )


def roles_not_allowed(roles: Iterable[str], allowed: Iterable[str]) -> InvalidArgument:
    """Roles that an organisation of this kind cannot give."""
    refused, open_ones = ", ".join(sorted(roles)), ", ".join(sorted(allowed))
    return invalid(
        Violation(
            "/roles",
            "ROLE_NOT_ALLOWED",
            zh=f"本组织不能授予角色:{refused};可授予:{open_ones}。",
            en=f"This organisation cannot give {refused}; it can give: {open_ones}.",
        )
    )
