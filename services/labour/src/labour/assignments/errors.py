"""What the assignments slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    Violation,
    invalid,
)
from labour.assignments.rules import Refusal


def assignment_not_found(assignment_id: UUID) -> NotFound:
    """No such assignment, or not one that the caller may see."""
    return NotFound(
        "ASSIGNMENT_NOT_FOUND",
        zh="未找到该进场安排。",
        en="There is no such assignment.",
        metadata={"assignment_id": str(assignment_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The employer is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def not_an_employer_there(project_id: UUID, roles: frozenset[str], wanted: Sequence[str]) -> FailedPrecondition:
    """The organisation takes part, but not in a role that brings workers."""
    return FailedPrecondition(
        "NOT_AN_EMPLOYER_ON_PROJECT",
        zh="本单位在该项目中的参建角色不能派遣工人。",
        en="In its role this organisation brings no workers to this project.",
        metadata={"project_id": str(project_id), "roles": ",".join(sorted(roles)), "needed": ",".join(wanted)},
    )


def project_closed(project_id: UUID, state: str, wanted: Sequence[str]) -> FailedPrecondition:
    """The project's state lets nobody in."""
    return FailedPrecondition(
        "PROJECT_NOT_OPEN",
        zh=f"项目当前状态为 {state},不允许此操作。",
        en=f"The project is {state}; this is possible while it is {' or '.join(wanted)}.",
        metadata={"project_id": str(project_id), "state": state, "allowed": ",".join(wanted)},
    )


def entry_refused(refusals: Sequence[Refusal]) -> FailedPrecondition:
    """Every gate that fails, with its source."""
    codes = ",".join(refusal.code for refusal in refusals)
    return FailedPrecondition(
        "ENTRY_REFUSED",
        zh="不得进场:" + "".join(refusal.zh for refusal in refusals),
        en="Entry is refused: " + " ".join(refusal.en for refusal in refusals),
        metadata={"gates": codes} | {f"source.{refusal.code}": refusal.source for refusal in refusals},
        violations=[Violation("/worker_id", refusal.code, refusal.zh, refusal.en) for refusal in refusals],
    )


def already_assigned(assignment_id: UUID) -> AlreadyExists:
    """The worker is assigned to this project."""
    return AlreadyExists(
        "ALREADY_ASSIGNED",
        zh="该工人已安排到本项目。",
        en="This worker is assigned to this project already.",
        metadata={"assignment_id": str(assignment_id)},
    )


def bad_instant(field: str, zh: str, en: str, code: str) -> InvalidArgument:
    """An entry or exit in the future, or before the one before it."""
    return invalid(Violation(f"/{field}", code, zh, en))


def unknown_trade(trade: str) -> InvalidArgument:
    """Not a special trade of the code table."""
    return invalid(
        Violation(
            "/special_trade",
            "CODE_UNKNOWN",
            zh=f"特种作业类别“{trade}”不在代码表中。",
            en=f"{trade} is no special trade of the code table.",
        )
    )
