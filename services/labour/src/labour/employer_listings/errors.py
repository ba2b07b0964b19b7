"""What the slice of listed employers refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
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


def listing_not_found(listing_id: UUID) -> NotFound:
    """No such listing, or one that is published no longer."""
    return NotFound(
        "EMPLOYER_LISTING_NOT_FOUND",
        zh="未找到该失信名单条目。",
        en="There is no such listing.",
        metadata={"listing_id": str(listing_id)},
    )


def repayment_not_found(repayment_id: UUID) -> NotFound:
    """No such repayment, or not one that the caller may see."""
    return NotFound(
        "REPAYMENT_NOT_FOUND",
        zh="未找到该改正材料。",
        en="There is no such repayment.",
        metadata={"repayment_id": str(repayment_id)},
    )


def paper_not_found(repayment_id: UUID) -> NotFound:
    """There was no pledge to hand in."""
    return NotFound(
        "PAPER_NOT_FOUND",
        zh="未提交该材料。",
        en="This paper was not handed in.",
        metadata={"repayment_id": str(repayment_id)},
    )


def employer_unknown(pointer: str) -> InvalidArgument:
    """The platform knows no organisation of this id or code."""
    return invalid(
        Violation(
            pointer,
            "EMPLOYER_UNKNOWN",
            "平台没有该单位。",
            "The platform knows no such organisation.",
        )
    )


def reason_unknown(code: str, known: Iterable[str]) -> InvalidArgument:
    """The rules of that day have no such reason."""
    names = ", ".join(known)
    return invalid(
        Violation(
            "/decision/reason",
            "REASON_UNKNOWN",
            f"列入情形 {code} 不在规定之内;可用:{names}。",
            f"The rules of that day know no reason {code}; they know {names}.",
        )
    )


def in_future(pointer: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(Violation(pointer, "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future."))


def term_over(ended_on: date) -> InvalidArgument:
    """The decision has had its time already."""
    return invalid(
        Violation(
            "/decision/decided_on",
            "TERM_OVER",
            f"该决定的期限已于 {ended_on} 届满。",
            f"The term of this decision ended on {ended_on}.",
        )
    )


def pledge_missing() -> InvalidArgument:
    """Without a written pledge the law grants no early exit."""
    return invalid(
        Violation(
            "/pledge_file_id",
            "PLEDGE_MISSING",
            "须提交不再拖欠农民工工资的书面信用承诺。",
            "A written pledge not to owe wages again is needed.",
        )
    )


def listed_already(uscc: str) -> AlreadyExists:
    """The employer is on the list: another decision is added to it."""
    return AlreadyExists(
        "EMPLOYER_LISTED",
        zh=f"单位 {uscc} 已在失信名单中,请补充列入决定。",
        en=f"The employer {uscc} is on the list already; add the decision to its listing.",
        metadata={"uscc": uscc},
    )


def decision_recorded(source_document: str) -> AlreadyExists:
    """The listing rests on this decision already."""
    return AlreadyExists(
        "DECISION_RECORDED",
        zh=f"列入决定 {source_document} 已登记。",
        en=f"The decision {source_document} is on record already.",
        metadata={"source_document": source_document},
    )


def repayment_open() -> AlreadyExists:
    """One repayment at a time is told or accepted."""
    return AlreadyExists(
        "REPAYMENT_TOLD",
        zh="已有待认定或已认定的改正材料。",
        en="A repayment is told or accepted already.",
    )


def not_the_employer() -> PermissionDenied:
    """A repayment is told by whoever is listed."""
    return PermissionDenied(
        "NOT_THE_LISTED_EMPLOYER",
        zh="只有被列入的单位可以申报改正。",
        en="Only the listed employer tells a repayment.",
    )


def not_your_listing() -> PermissionDenied:
    """Only the authority that has listed an employer takes him off again."""
    return PermissionDenied(
        "NOT_YOUR_LISTING",
        zh="谁认定、谁负责:只有作出列入决定的机关可以移出。",
        en="Only the authority that listed the employer takes it off again.",
    )


def no_repayment() -> FailedPrecondition:
    """An early exit rests on a repayment that the authority has accepted."""
    return FailedPrecondition(
        "REPAYMENT_NOT_ACCEPTED",
        zh="尚无已认定的改正材料,不能提前移出。",
        en="No repayment has been accepted, so there is no early exit.",
    )


def exit_barred() -> FailedPrecondition:
    """Arrears came again while the employer was listed."""
    return FailedPrecondition(
        "EARLY_EXIT_BARRED",
        zh="列入期限内再次拖欠,不得提前移出。",
        en="Arrears came again while it was listed: there is no early exit.",
    )


def too_soon(first: date) -> FailedPrecondition:
    """The months since the repayment are not over."""
    return FailedPrecondition(
        "EARLY_EXIT_TOO_SOON",
        zh=f"自改正之日起未满规定期限,{first} 起方可提前移出。",
        en=f"The months since the repayment are not over; an early exit is possible from {first} on.",
        metadata={"early_exit_from": first.isoformat()},
    )
