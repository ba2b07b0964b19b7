"""What the bookings slice refuses for, beside INVALID_STATE and MACHINE_BANNED."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.errors import (
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Violation,
    invalid,
)
from equipment_leasing.bookings.rules import Window
from equipment_leasing.clients.labour import Refusal


def booking_not_found(booking_id: UUID) -> NotFound:
    """No such booking, or not one of the caller's."""
    return NotFound(
        "BOOKING_NOT_FOUND",
        zh="未找到该预订。",
        en="There is no such booking.",
        metadata={"booking_id": str(booking_id)},
    )


def machine_not_free(taken: Window) -> FailedPrecondition:
    """Another booking has some of the days; whose is nobody's business."""
    return FailedPrecondition(
        "MACHINE_NOT_FREE",
        zh=f"该机械在 {taken.first} 至 {taken.last} 已被预订。",
        en=f"The machine is booked from {taken.first} to {taken.last}.",
        metadata={"taken_first_day": taken.first.isoformat(), "taken_last_day": taken.last.isoformat()},
    )


def listing_not_open(state: str) -> FailedPrecondition:
    """Only what is published can be booked."""
    return FailedPrecondition(
        "LISTING_NOT_OPEN",
        zh=f"该出租信息当前状态为 {state},不可预订。",
        en=f"The listing is {state}; it cannot be booked.",
        metadata={"state": state},
    )


def rent_not_offered(basis: str) -> FailedPrecondition:
    """The listing names no rent on this basis."""
    return FailedPrecondition(
        "RENT_NOT_OFFERED",
        zh=f"该出租信息未提供按 {basis} 计的租金。",
        en=f"The listing offers no rent per {basis}.",
        metadata={"rent_basis": basis},
    )


def own_machine() -> FailedPrecondition:
    """A lessor does not rent from itself."""
    return FailedPrecondition(
        "OWN_MACHINE", zh="不能预订本单位的机械。", en="An organisation cannot book its own machine."
    )


def lessee_not_a_party(project_id: UUID) -> FailedPrecondition:
    """project-mgmt knows the lessee in no role there."""
    return FailedPrecondition(
        "LESSEE_NOT_A_PARTY",
        zh="承租方不是该项目的参建单位。",
        en="The lessee is no party of the project.",
        metadata={"project_id": str(project_id)},
    )


def project_not_open(state: str, allowed: Sequence[str]) -> FailedPrecondition:
    """The project's state does not allow it."""
    names = ",".join(allowed)
    return FailedPrecondition(
        "PROJECT_NOT_OPEN",
        zh=f"项目当前状态为 {state},须为:{names}。",
        en=f"The project is {state}; it must be: {names}.",
        metadata={"project_state": state, "allowed": names},
    )


def hold_lapsed(expired_at: datetime) -> FailedPrecondition:
    """The hold was not confirmed in time."""
    return FailedPrecondition(
        "HOLD_LAPSED",
        zh="预留已过期。",
        en="The hold has lapsed.",
        metadata={"expired_at": expired_at.isoformat()},
    )


def outside_window(window: Window) -> FailedPrecondition:
    """A machine is handed over on a day of its booking."""
    return FailedPrecondition(
        "OUTSIDE_WINDOW",
        zh=f"交付日期须在租期 {window.first} 至 {window.last} 之内。",
        en=f"The hand-over must fall on a day from {window.first} to {window.last}.",
        metadata={"first_day": window.first.isoformat(), "last_day": window.last.isoformat()},
    )


def machine_not_returned(due: Window) -> FailedPrecondition:
    """The booking before this one is still out."""
    return FailedPrecondition(
        "MACHINE_NOT_RETURNED",
        zh=f"该机械仍在上一租期({due.first} 至 {due.last})的项目上,尚未退场。",
        en=f"The machine still stands where it was booked from {due.first} to {due.last}.",
        metadata={"due_last_day": due.last.isoformat()},
    )


def operator_needed(trade: str) -> FailedPrecondition:
    """A machine of this kind is handed over to somebody who may operate it."""
    return FailedPrecondition(
        "OPERATOR_NEEDED",
        zh=f"该类机械须由持“{trade}”证书的人员操作,请填写操作人员。",
        en=f"Such a machine needs an operator with the special trade {trade}; name one.",
        metadata={"special_trade": trade},
    )


def operator_refused(refusals: Sequence[Refusal]) -> FailedPrecondition:
    """labour says why this worker may not operate the machine."""
    return FailedPrecondition(
        "OPERATOR_REFUSED",
        zh="操作人员不符合要求:" + ";".join(one.zh for one in refusals),
        en="The operator may not do this: " + "; ".join(one.en for one in refusals),
        metadata={"refusals": ",".join(one.code for one in refusals)},
        violations=[Violation("/operator_worker_id", one.code, one.zh, one.en) for one in refusals],
    )


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the booking, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由预订的另一方执行。",
        en=f"Only the other side of the booking may do {action}.",
        metadata={"action": action},
    )


def in_the_future(field: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(
        Violation(f"/{field}", "IN_THE_FUTURE", zh="时间不能晚于现在。", en="The time must not lie in the future.")
    )


def before_hand_over(handed_over_at: datetime) -> InvalidArgument:
    """A machine comes back after it went out."""
    return invalid(
        Violation(
            "/at",
            "BEFORE_HAND_OVER",
            zh=f"退场时间早于交付时间 {handed_over_at.isoformat()}。",
            en=f"The return is before the hand-over at {handed_over_at.isoformat()}.",
        )
    )
