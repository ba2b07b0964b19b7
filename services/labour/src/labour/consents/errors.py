"""What the consents slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import NotFound, Violation
from labour.consents.models import Purpose


def consent_not_found(consent_id: UUID) -> NotFound:
    """No such consent, or not of one of the caller's workers."""
    return NotFound(
        "CONSENT_NOT_FOUND",
        zh="未找到该同意记录。",
        en="There is no such consent.",
        metadata={"consent_id": str(consent_id)},
    )


def consent_missing(pointer: str, purpose: Purpose) -> Violation:
    """A field needs a consent that is not there (PIPL arts 28, 29)."""
    return Violation(
        pointer,
        "CONSENT_MISSING",
        f"须先取得本人对用途 {purpose} 的单独同意(个人信息保护法第二十九条)。",
        f"The person's separate consent to {purpose} is needed first (PIPL art 29).",
    )
