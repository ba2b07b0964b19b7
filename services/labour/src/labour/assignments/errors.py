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
from labour.assignments.gates import Refusal

MENDS = {
    "WORKER_NOT_ASSIGNED": ("将该工人安排到本项目", "Assign the worker to the project"),
    "ON_LEAVE": (
        "办理销假(:return),届时重新核验各项进场条件",
        "Have the worker return (:return); every gate is asked anew",
    ),
    "BLACKLISTED": ("由列入机关移出黑名单或期满", "The authority lifts the entry, or it runs out"),
    "BARRED_FROM_PROJECT": ("由总承包单位同意其再次进场", "The general contractor readmits the worker"),
    "AGREEMENT_MISSING": ("签订并登记劳动合同或书面用工协议", "Sign and record a labour contract or written agreement"),
    "AGREEMENT_NOT_IN_FORCE": ("续签并登记劳动合同或书面用工协议", "Renew and record the contract or agreement"),
    "TRAINING_MISSING": ("完成并登记基本安全培训", "Train the worker and record it"),
    "TRAINING_LAPSED": ("重新培训并登记", "Train the worker again and record it"),
    "ENTRY_LEVEL_MISSING": ("完成该级三级安全教育学时并登记", "Train the hours of this level and record them"),
    "REGISTRATION_INCOMPLETE": ("补全实名登记信息", "Complete the registration"),
    "AGE_BELOW_MINIMUM": ("达到年龄后方可进场", "Nothing before the worker is of age"),
    "AGE_ABOVE_MAXIMUM": ("改派允许该年龄的工作", "Only work that admits this age"),
    "CERTIFICATE_MISSING": ("取得并登记该工种操作资格证书", "Record a certificate of this trade"),
    "CERTIFICATE_EXPIRED": ("延期复核并登记证书", "Renew the certificate and record it"),
    "CERTIFICATE_NOT_IN_FORCE": ("登记有效的证书", "Record a certificate that is in force"),
    "CERTIFICATE_NOT_YET_VALID": (
        "等待证书生效或登记其他有效证书",
        "Wait for its first day, or record another one",
    ),
    "HEALTH_RECORD_MISSING": ("体检并登记结果", "Have the worker examined and record the result"),
    "HEALTH_RECORD_LAPSED": ("重新体检并登记结果", "Have the worker examined again and record the result"),
    "HEALTH_UNFIT": ("改派适合的工作或复检合格", "Other work, or another examination that finds the worker fit"),
}
"""Code → what would mend it, zh and en."""


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


def not_the_general_contractor(project_id: UUID) -> FailedPrecondition:
    """To send somebody away, or to let him back, is the general contractor's."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有该项目的总承包单位可以清退工人或同意其再次进场。",
        en="Only the general contractor of the project sends workers away or readmits them.",
        metadata={"project_id": str(project_id), "needed": "general_contractor"},
    )


def not_barred() -> FailedPrecondition:
    """Nobody has sent this worker away."""
    return FailedPrecondition(
        "NOT_BARRED",
        zh="该工人未被清退,无需同意再次进场。",
        en="This worker was not sent away; there is nothing to readmit.",
    )


def back_too_early() -> InvalidArgument:
    """A leave of no day."""
    return invalid(
        Violation(
            "/expected_back_on",
            "DATES_BACKWARDS",
            "预计返回日期须晚于请假当日。",
            "The day of return must lie after the day on which the leave begins.",
        )
    )


def roster_not_found(project_id: UUID, employer_id: UUID) -> NotFound:
    """The employer has brought nobody to the project, or nobody whom the caller may see."""
    return NotFound(
        "ROSTER_NOT_FOUND",
        zh="未找到该单位在此项目的人员。",
        en="There is nobody of this employer on this project.",
        metadata={"project_id": str(project_id), "employer_id": str(employer_id)},
    )
