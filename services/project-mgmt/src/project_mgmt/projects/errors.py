"""Why projects refuse."""

from __future__ import annotations

from collections.abc import Sequence
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


def project_not_found(project_id: UUID) -> NotFound:
    """No such project, or none that the caller may see."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="项目不存在,或当前单位不是其参建单位。",
        en="There is no such project, or this organisation is no party of it.",
        metadata={"project_id": str(project_id)},
    )


def party_not_found(party_id: UUID) -> NotFound:
    """No such party in this project."""
    return NotFound(
        "PARTY_NOT_FOUND",
        zh="该项目没有此参建单位记录。",
        en="The project has no such party.",
        metadata={"party_id": str(party_id)},
    )


def project_read_only() -> PermissionDenied:
    """The caller sees the project but neither registered it nor is its general contractor today."""
    return PermissionDenied(
        "PROJECT_READ_ONLY",
        zh="只有登记单位或现任总承包单位可以修改该项目。",
        en="Only the organisation that registered the project or its present general contractor may change it.",
    )


def project_closed(state: str, allowed: str) -> FailedPrecondition:
    """The project is completed or archived: its own data stand."""
    return FailedPrecondition(
        "PROJECT_CLOSED",
        zh=f"项目当前状态为 {state},只有处于以下状态的项目可以修改:{allowed}。",
        en=f"The project is {state}; it may be changed only while it is: {allowed}.",
        metadata={"state": state, "allowed_states": allowed},
    )


def project_not_ordering(state: str, allowed: str) -> FailedPrecondition:
    """No order may reserve budget in this state."""
    return FailedPrecondition(
        "PROJECT_NOT_ORDERING",
        zh=f"项目当前状态为 {state},只有处于以下状态的项目可以占用预算:{allowed}。",
        en=f"The project is {state}; orders may reserve its budget only while it is: {allowed}.",
        metadata={"state": state, "allowed_states": allowed},
    )


def code_taken(code: str) -> AlreadyExists:
    """The registering organisation already has a project with this code."""
    return AlreadyExists(
        "PROJECT_CODE_TAKEN",
        zh=f"本单位已有项目编号 {code}。",
        en=f"This organisation already has a project with the code {code}.",
        metadata={"code": code},
    )


def roles_missing(roles: Sequence[str], action: str) -> FailedPrecondition:
    """Nobody holds these roles today, and the action needs them."""
    named = ",".join(roles)
    return FailedPrecondition(
        "PARTIES_MISSING",
        zh=f"执行 {action} 需要以下现任参建单位:{named}。",
        en=f"{action} needs these roles among the present parties: {named}.",
        metadata={"roles": named, "action": action},
    )


def party_doubled(role: str, valid_from: date, valid_to: date | None) -> AlreadyExists:
    """The organisation already holds the role on some of these days."""
    until = valid_to.isoformat() if valid_to else ""
    return AlreadyExists(
        "PARTY_DOUBLED",
        zh=f"该单位在 {valid_from} 至 {until or '长期'} 已担任 {role}。",
        en=f"The organisation already is {role} from {valid_from} to {until or 'open end'}.",
        metadata={"role": role, "valid_from": valid_from.isoformat(), "valid_to": until},
    )


def party_ended(valid_to: date) -> FailedPrecondition:
    """The part has an end that is past already."""
    return FailedPrecondition(
        "PARTY_ENDED",
        zh=f"该参建单位已于 {valid_to} 退出。",
        en=f"The party already ended on {valid_to}.",
        metadata={"valid_to": valid_to.isoformat()},
    )


def end_before_start(valid_from: date) -> InvalidArgument:
    """The last day would lie before the first."""
    return invalid(
        Violation(
            "/valid_to",
            "DATES_BACKWARDS",
            f"退出日期不得早于进入日期 {valid_from}。",
            f"The last day may not lie before the first, {valid_from}.",
        )
    )


def dates_backwards(start: date, finish: date) -> InvalidArgument:
    """A change would leave the planned finish before the planned start."""
    return invalid(
        Violation(
            "/planned_finish",
            "DATES_BACKWARDS",
            f"计划竣工日期 {finish} 早于计划开工日期 {start}。",
            f"The planned finish {finish} lies before the planned start {start}.",
        )
    )


def district_of_other_city(city: str, district: str) -> InvalidArgument:
    """A change would leave a district that is none of the city's."""
    return invalid(
        Violation(
            "/district",
            "DISTRICT_OF_OTHER_CITY",
            f"{district} 不是城市 {city} 的区。",
            f"{district} is no district of city {city}.",
        )
    )


def too_many_parties(limit: int) -> FailedPrecondition:
    """A project lists a bounded number of parties: its snapshot travels as one message."""
    return FailedPrecondition(
        "TOO_MANY_PARTIES",
        zh=f"每个项目最多 {limit} 条参建单位记录。",
        en=f"A project takes at most {limit} parties.",
        metadata={"limit": str(limit)},
    )
