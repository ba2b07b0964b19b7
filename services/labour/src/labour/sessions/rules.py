"""What somebody gets for having been there, and which rows of an attendance list cannot be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from chassis.errors import Violation

CLOCKS_DIFFER = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session as the rules see it."""

    starts_at: datetime
    ends_at: datetime
    hours: Decimal
    pass_mark: Decimal | None


@dataclass(frozen=True, slots=True)
class Presence:
    """When somebody came and went, and the score of the test; None is not told (yet)."""

    checked_in_at: datetime | None
    checked_out_at: datetime | None
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """What is told of one attendee; `correction` is why it may differ from what was told before."""

    worker_id: UUID
    presence: Presence
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """What somebody takes from a session."""

    passed: bool
    hours: Decimal


def credit(lesson: Lesson, presence: Presence, step: timedelta) -> Credit:
    """The hours between the check-in and check-out, within the session, in whole steps, at most the session's hours.

    Who was not there or missed the mark gets none.
    """
    if presence.checked_in_at is None or presence.checked_out_at is None:
        return Credit(False, Decimal("0.00"))
    if lesson.pass_mark is not None and (presence.score is None or presence.score < lesson.pass_mark):
        return Credit(False, Decimal("0.00"))
    there = min(presence.checked_out_at, lesson.ends_at) - max(presence.checked_in_at, lesson.starts_at)
    told = max(there // step, 0) * step
    hours = (Decimal(int(told.total_seconds())) / Decimal(3600)).quantize(Decimal("0.01"))
    return Credit(True, min(hours, lesson.hours))


def longest(starts_at: datetime, ends_at: datetime) -> Decimal:
    """The most hours that a session of this length can have."""
    return Decimal((ends_at - starts_at) // timedelta(seconds=36)) / Decimal(100)


def overlap(first: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two spans share an instant; one that begins as the other ends does not."""
    return first[0] < other[1] and other[0] < first[1]


def merged(known: Presence, told: Presence) -> Presence:
    """What is known after a row: what it tells, else what was known."""
    return Presence(
        told.checked_in_at or known.checked_in_at,
        told.checked_out_at or known.checked_out_at,
        known.score if told.score is None else told.score,
    )


def contradicts(known: Presence, told: Presence) -> str | None:
    """The first field that was told otherwise before."""
    for name in ("checked_in_at", "checked_out_at", "score"):
        before, now = getattr(known, name), getattr(told, name)
        if before is not None and now is not None and before != now:
            return name
    return None


def fault(lesson: Lesson, presence: Presence, now: datetime) -> Violation | None:
    """Why a presence cannot be; the pointer is the field."""
    came, went = presence.checked_in_at, presence.checked_out_at
    for name, at in (("checked_in_at", came), ("checked_out_at", went)):
        if at is not None and at > now + CLOCKS_DIFFER:
            return Violation(name, "IN_FUTURE", zh="时间不能晚于现在。", en="The instant lies in the future.")
    if went is not None and came is None:
        return Violation("checked_in_at", "CHECK_IN_MISSING", zh="有签退无签到。", en="A check-out needs a check-in.")
    if came is not None and went is not None and went <= came:
        return Violation("checked_out_at", "DATES_BACKWARDS", zh="签退不晚于签到。", en="It is not after the check-in.")
    if came is not None and not overlap((came, went or came + _HOUR), (lesson.starts_at - _HOUR, lesson.ends_at)):
        return Violation("checked_in_at", "OUTSIDE_SESSION", zh="不在班次时间内。", en="It lies outside the session.")
    if presence.score is not None and lesson.pass_mark is None:
        return Violation("score", "NO_TEST", zh="该课程无考试。", en="This course has no test.")
    if presence.score is not None and came is None:
        return Violation("score", "CHECK_IN_MISSING", zh="未签到者无成绩。", en="Who was not there has no score.")
    return None


def open_ends(lesson: Lesson, presence: Presence) -> str | None:
    """What is missing before a session can be closed: CHECK_OUT_MISSING or SCORE_MISSING of somebody who came."""
    if presence.checked_in_at is None:
        return None
    if presence.checked_out_at is None:
        return "CHECK_OUT_MISSING"
    return "SCORE_MISSING" if lesson.pass_mark is not None and presence.score is None else None
