"""What the subcontracts slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

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


def subcontract_not_found(subcontract_id: UUID) -> NotFound:
    """No such subcontract, or not one that the caller may see."""
    return NotFound(
        "SUBCONTRACT_NOT_FOUND",
        zh="未找到该分包合同。",
        en="There is no such subcontract.",
        metadata={"subcontract_id": str(subcontract_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The caller is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def not_the_general_contractor(project_id: UUID) -> FailedPrecondition:
    """Subcontracts of a project are given by its general contractor."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有该项目的总承包单位可以登记分包合同。",
        en="Only the general contractor of the project records its subcontracts.",
        metadata={"project_id": str(project_id), "needed": "general_contractor"},
    )


def not_a_subcontractor(subcontractor_id: UUID) -> InvalidArgument:
    """The other side holds no role of a subcontractor in the project."""
    return invalid(
        Violation(
            "/subcontractor_id",
            "NOT_A_SUBCONTRACTOR",
            f"单位 {subcontractor_id} 不是该项目的分包单位。",
            f"Organisation {subcontractor_id} is no subcontractor of the project.",
        )
    )


def not_yours() -> PermissionDenied:
    """The subcontractor sees the contract, the general contractor keeps it."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh="此操作只能由总承包单位执行。",
        en="Only the general contractor may do this.",
    )


def number_taken(number: str) -> AlreadyExists:
    """The project has a subcontract of this number."""
    return AlreadyExists(
        "SUBCONTRACT_NUMBER_TAKEN",
        zh=f"本项目已有编号为 {number} 的分包合同。",
        en=f"The project has a subcontract {number} already.",
        metadata={"number": number},
    )


def not_qualified(valid_until: date) -> FailedPrecondition:
    """The qualification has run out."""
    return FailedPrecondition(
        "QUALIFICATION_EXPIRED",
        zh=f"分包单位资质已于 {valid_until} 到期,请先更新。",
        en=f"The subcontractor's qualification expired on {valid_until}: renew it first.",
        metadata={"valid_until": valid_until.isoformat()},
    )


def listed(listing_id: UUID, ends_on: date) -> FailedPrecondition:
    """An authority has listed the subcontractor for wage arrears (失信联合惩戒名单)."""
    return FailedPrecondition(
        "SUBCONTRACTOR_LISTED",
        zh=f"分包单位被列入拖欠农民工工资失信联合惩戒名单,至 {ends_on} 为止。",
        en=f"The subcontractor is on the list of employers that owe wages, up to and including {ends_on}.",
        metadata={"listing_id": str(listing_id), "until": ends_on.isoformat()},
    )


def ends_before_it_starts(pointer: str) -> InvalidArgument:
    """The last day lies before the first."""
    return invalid(
        Violation(pointer, "DATES_BACKWARDS", "结束日期早于开始日期。", "The last day lies before the first.")
    )


def in_future(pointer: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(Violation(pointer, "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future."))
