"""What the slice of training bases refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound


def certificate_not_found() -> NotFound:
    """No such certificate, or not one that the caller may see."""
    return NotFound("CERTIFICATE_NOT_FOUND", zh="未找到该技能证书。", en="There is no such skill certificate.")


def number_taken(number: str) -> AlreadyExists:
    """Another certificate bears this number."""
    return AlreadyExists(
        "CERTIFICATE_NUMBER_TAKEN",
        zh=f"证书编号 {number} 已被使用。",
        en=f"Another certificate bears the number {number}.",
        metadata={"number": number},
    )


def issued_already(number: str) -> AlreadyExists:
    """For this session the worker has a certificate."""
    return AlreadyExists(
        "CERTIFICATE_ISSUED",
        zh=f"该工人已因本班次取得证书 {number}。",
        en=f"For this session the worker has certificate {number} already.",
        metadata={"number": number},
    )


def not_certifying(session_id: UUID) -> FailedPrecondition:
    """The session does not end in a certificate of the caller's base today."""
    return FailedPrecondition(
        "SKILL_NOT_CERTIFIED_HERE",
        zh="该班次不认定技能,或实训基地当前无权认定该技能。",
        en="This session certifies no skill, or the training base may not certify it today.",
        metadata={"session_id": str(session_id)},
    )


def not_passed(worker_id: UUID) -> FailedPrecondition:
    """The worker has not passed the session, or it is not closed."""
    return FailedPrecondition(
        "SESSION_NOT_PASSED",
        zh="班次未结束,或该工人未参加、未通过该班次。",
        en="The session is not closed, or this worker has not passed it.",
        metadata={"worker_id": str(worker_id)},
    )
