"""What the machines slice refuses for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from equipment_leasing.machines.rules import Reason


def machine_not_found(machine_id: UUID) -> NotFound:
    """No such machine, or not one that the caller may see."""
    return NotFound(
        "MACHINE_NOT_FOUND",
        zh="未找到该机械。",
        en="There is no such machine.",
        metadata={"machine_id": str(machine_id)},
    )


def fleet_number_taken(number: str) -> AlreadyExists:
    """The lessor has a machine with this number."""
    return AlreadyExists(
        "FLEET_NUMBER_TAKEN",
        zh=f"本单位已有自编号为 {number} 的机械。",
        en=f"This organisation has a machine with the fleet number {number} already.",
        metadata={"fleet_number": number},
    )


def registration_number_taken(number: str) -> AlreadyExists:
    """The lessor has another machine under this registration."""
    return AlreadyExists(
        "REGISTRATION_NUMBER_TAKEN",
        zh=f"本单位另一台机械已使用备案编号 {number}。",
        en=f"Another machine of this organisation has the registration number {number}.",
        metadata={"registration_number": number},
    )


def already_registered(number: str) -> FailedPrecondition:
    """A machine is registered once."""
    return FailedPrecondition(
        "ALREADY_REGISTERED",
        zh=f"该机械已备案,备案编号 {number}。",
        en=f"The machine is registered already, under {number}.",
        metadata={"registration_number": number},
    )


def older_than_known(what: str, zh: str, known: date) -> FailedPrecondition:
    """An examination that is older than the one on file would turn time back."""
    return FailedPrecondition(
        "OLDER_THAN_KNOWN",
        zh=f"档案中已有 {known} 的{zh},不能录入更早的{zh}。",
        en=f"There is an {what} of {known} on file; an older one cannot replace it.",
        metadata={"known": known.isoformat()},
    )


def in_the_future(field: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(
        Violation(f"/{field}", "IN_THE_FUTURE", zh="日期不能晚于今天。", en="The day must not lie in the future.")
    )


def machine_banned(reasons: Sequence[Reason]) -> FailedPrecondition:
    """Decree 166 forbids to lease and to use it; a violation for each ban that applies."""
    codes = ",".join(dict.fromkeys(reason.code.value for reason in reasons))
    return FailedPrecondition(
        "MACHINE_BANNED",
        zh=f"该机械不得出租、使用:{';'.join(reason.zh for reason in reasons)}",
        en=f"The machine may be neither leased nor used: {'; '.join(reason.en for reason in reasons)}",
        metadata={"bans": codes},
        violations=[Violation("/machine_id", reason.code.value, reason.zh, reason.en) for reason in reasons],
    )
