"""How far an object has come, and why no further, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from labour.authorities.rules import Authority
from labour.authorities.states import State as ConnectionState
from labour.clients.authorities import Kind
from labour.filings.rules import OWN_ANSWERS
from labour.filings.states import State


class Stage(StrEnum):
    """In a word: the platform has its present version, it is on the way, or it was refused."""

    FILED = "filed"
    WAITING = "waiting"
    REFUSED = "refused"


STAGES: Mapping[State, Stage] = {
    State.ACCEPTED: Stage.FILED,
    State.QUEUED: Stage.WAITING,
    State.SENDING: Stage.WAITING,
    State.PENDING: Stage.WAITING,
    State.REFUSED: Stage.REFUSED,
    State.SUPERSEDED: Stage.WAITING,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an object stands where it stands; `mend_by` is empty when nobody has to do anything."""

    code: str
    zh: str
    en: str
    mend_by: str = ""


NAMES: Mapping[Kind, tuple[str, str]] = {
    Kind.PROJECT: ("项目", "the project"),
    Kind.COMPANY: ("企业", "the company"),
    Kind.SUBCONTRACTOR: ("参建单位", "the subcontractor"),
    Kind.TEAM: ("班组", "the team"),
    Kind.WORKER: ("工人", "the worker"),
    Kind.CONTRACT: ("合同", "the contract"),
    Kind.TRAINING: ("培训", "the training"),
    Kind.ENTRY_EXIT: ("进退场", "the entry or exit"),
    Kind.ATTENDANCE: ("考勤", "the attendance"),
    Kind.PAYROLL: ("工资", "the payroll line"),
}

FILED = Reason("FILED", "平台已接收", "the platform has taken it")
IN_LINE = Reason("IN_LINE", "排队等待上报", "it waits for its turn")
SENDING = Reason("SENDING", "正在上报", "it is being sent")
IN_PROCESS = Reason(
    "IN_PROCESS", "平台处理中,稍后查询结果", "the platform works on it and is asked for the result later"
)
NO_TEAM = Reason(
    "NO_TEAM", "该工人尚未编入班组,请先编入班组", "the worker is in no team yet: put him into one", "employer"
)
SUSPENDED = Reason("SUSPENDED", "连接已暂停,恢复后继续上报", "the connection is suspended: resume it", "connection")


def refused(authority: Authority, code: str, mend_by: str) -> Reason:
    """A refusal by the platform, or by ourselves before it was sent."""
    if code in OWN_ANSWERS:
        zh, _, en = OWN_ANSWERS[code].partition(" / ")
        return Reason(code, zh, en, mend_by)
    meaning = authority.meaning(code)
    return Reason(code, meaning.zh, meaning.en, mend_by or meaning.mend_by)


def halted(authority: Authority, state: ConnectionState, fault_code: str) -> Reason | None:
    """Why a connection sends nothing at all; None when it does."""
    if state is ConnectionState.ACTIVE:
        return None
    return refused(authority, fault_code, "") if fault_code else SUSPENDED


def waits_for(kind: Kind, cause: Reason | None) -> Reason:
    """What it needs is not at the platform, for a cause of its own; None: it has not even been queued."""
    zh, en = NAMES[kind]
    if cause is None:
        return Reason("WAITS_FOR", f"等待{zh}先上报", f"it waits until {en} has been filed", "")
    return Reason(
        "WAITS_FOR", f"等待{zh}先上报:{cause.zh}", f"it waits until {en} has been filed: {cause.en}", cause.mend_by
    )
