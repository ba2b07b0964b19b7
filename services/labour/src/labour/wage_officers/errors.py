"""What the wage officers slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def officer_not_found(officer_id: UUID) -> NotFound:
    """No such wage officer, or not one that the caller may see."""
    return NotFound(
        "WAGE_OFFICER_NOT_FOUND",
        zh="未找到该劳资专管员。",
        en="There is no such wage officer.",
        metadata={"wage_officer_id": str(officer_id)},
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
    """The general contractor appoints them."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有该项目的总承包单位可以任命劳资专管员。",
        en="Only the general contractor of the project appoints its wage officers.",
        metadata={"project_id": str(project_id), "needed": "general_contractor"},
    )


def already_ended() -> FailedPrecondition:
    """Somebody else serves by now."""
    return FailedPrecondition(
        "WAGE_OFFICER_ENDED",
        zh="该劳资专管员的任期已结束。",
        en="The term of this wage officer is over.",
    )


def ends_before_it_begins() -> InvalidArgument:
    """The last day lies before the first."""
    return invalid(
        Violation("/last_day", "DATES_BACKWARDS", "结束日期早于开始日期。", "The last day lies before the first.")
    )
