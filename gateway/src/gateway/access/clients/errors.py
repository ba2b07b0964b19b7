"""What API clients refuse for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def client_not_found(client_id: UUID) -> NotFound:
    """No such API client, or one of another organisation."""
    return NotFound(
        "CLIENT_NOT_FOUND",
        zh="未找到该接口客户端。",
        en="There is no such API client.",
        metadata={"client_id": str(client_id)},
    )


def too_many(limit: int) -> FailedPrecondition:
    """The organisation has as many active clients as one may have."""
    return FailedPrecondition(
        "TOO_MANY_CLIENTS",
        zh=f"每个组织最多 {limit} 个有效的接口客户端,请先吊销不用的。",
        en=f"An organisation may have {limit} active API clients; revoke one that is not needed.",
        metadata={"limit": str(limit)},
    )


def roles_not_allowed(roles: Iterable[str], allowed: Iterable[str]) -> InvalidArgument:
    """Roles that a client of this organisation cannot have."""
    refused, open_ones = ", ".join(sorted(roles)), ", ".join(sorted(allowed))
    return invalid(
        Violation(
            "/roles",
            "ROLE_NOT_ALLOWED",
            zh=f"接口客户端不能拥有角色:{refused};可授予:{open_ones}。",
            en=f"An API client cannot have {refused}; it can have: {open_ones}.",
        )
    )
