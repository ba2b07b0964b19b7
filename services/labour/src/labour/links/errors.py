"""What the links slice refuses for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from chassis.errors import FailedPrecondition, NotFound, PermissionDenied, ResourceExhausted, Unauthenticated

_CLOSED = {
    "used": ("LINK_USED", "该链接已使用。", "This link has been used."),
    "revoked": ("LINK_REVOKED", "该链接已作废,请使用新的链接。", "This link has been revoked; use the newer one."),
    "locked": ("LINK_LOCKED", "核验失败次数过多,该链接已锁定。", "Too many failed checks: this link is locked."),
    "expired": ("LINK_EXPIRED", "该链接已过期。", "This link has expired."),
}


def link_invalid() -> Unauthenticated:
    """No link in the header, or none that was ever issued."""
    return Unauthenticated(
        "LINK_INVALID",
        zh="链接无效:请求头 Zhulian-Link 缺失或错误。",
        en="The header Zhulian-Link is missing or no link of ours.",
    )


def link_closed(why: str) -> PermissionDenied:
    """Used, revoked, locked or expired; told to whoever holds the secret."""
    code, zh, en = _CLOSED[why]
    return PermissionDenied(code, zh=zh, en=en)


def not_checked() -> PermissionDenied:
    """The identity check has not been passed, or its session is over."""
    return PermissionDenied(
        "LINK_NOT_CHECKED",
        zh="请先完成身份核验(姓名、证件号码、验证码),核验后 15 分钟内有效。",
        en="Pass the identity check first (name, identity number, code); it holds for 15 minutes.",
    )


def wrong_purpose(purpose: str, wanted: Iterable[str]) -> PermissionDenied:
    """A link for one thing opens nothing else."""
    return PermissionDenied(
        "LINK_PURPOSE",
        zh="该链接不能用于此操作。",
        en="This link is not for that.",
        metadata={"purpose": purpose, "needed": ",".join(wanted)},
    )


def phone_missing() -> FailedPrecondition:
    """There is nowhere to send a code to."""
    return FailedPrecondition(
        "PHONE_MISSING",
        zh="用工单位未登记手机号,无法发送验证码。",
        en="The employer has recorded no phone to send a code to.",
    )


def too_many_codes(wait: timedelta) -> ResourceExhausted:
    """A code was sent a moment ago, or as many as a day has."""
    return ResourceExhausted(
        "CODE_LIMIT",
        zh="验证码发送过于频繁,请稍后再试。",
        en="Too many codes were asked for; try again later.",
        retry_after=wait.total_seconds(),
    )


def link_not_found(link_id: UUID) -> NotFound:
    """No such link, or not one of the caller's."""
    return NotFound(
        "LINK_NOT_FOUND", zh="未找到该链接。", en="There is no such link.", metadata={"link_id": str(link_id)}
    )
