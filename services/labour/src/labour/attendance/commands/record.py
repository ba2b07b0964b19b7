"""Take in swipes: up to 1,000 of one device in a call, each judged by itself (a hot path of the benchmarks).

What things cost is measured; see docs/performance.md. One pass in Python, three statements, one fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from chassis.clock import SHANGHAI, shanghai_day
from chassis.errors import Violation
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.attendance import errors, events, repository, rules, states
from labour.attendance.rules import NewSwipe, RowFault, Standing
from labour.attendance.states import Action
from labour.codes import repository as codes
from labour.codes.models import SwipeLimits, WorkerDayRule
from labour.codes.rules import nearest

NEVER = datetime.max.replace(tzinfo=UTC)
FAR = date(9000, 1, 1)
ONE_DAY = timedelta(days=1)

Oddity = Literal["LATE", "PAPERS_LAPSED"]
"""What is odd about a swipe that was taken: sent long after it happened; papers did not cover its day."""


class SwipeRow(NamedTuple):
    """A swipe as the device sent it, and its place in the batch; `worker_id` is a UUID's canonical text."""

    place: int
    sequence: int
    worker_id: str
    at: datetime
    direction: str
    attend_type: str


@dataclass(frozen=True, slots=True)
class RecordSwipes:
    """A batch of one device; `faults` are those of rows that could not be read, by place."""

    device_id: UUID
    size: int
    rows: Sequence[SwipeRow]
    faults: Mapping[int, Sequence[Violation]]


@dataclass(slots=True)
class Recorded:
    """What became of a batch. Places that are in none of the three were accepted without remark."""

    batch_id: UUID
    size: int
    sequences: dict[int, int]
    refused: dict[int, Sequence[Violation]] = field(default_factory=dict)
    duplicates: set[int] = field(default_factory=set)
    warnings: dict[int, tuple[Oddity, ...]] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many were taken for the first time."""
        return self.size - len(self.refused) - len(self.duplicates)

    def repeat(self, row: SwipeRow, stands: tuple[str, datetime, str]) -> None:
        """A number that has been used: for the same swipe that is harmless, for another it is refused."""
        self.warnings.pop(row.place, None)
        if stands == (row.worker_id, row.at, row.direction):
            self.duplicates.add(row.place)
        else:
            self.refuse(row.place, errors.SEQUENCE_REUSED)

    def refuse(self, place: int, fault: RowFault) -> None:
        """Refuse one row."""
        self.refused[place] = [Violation(f"/swipes/{place}/{fault.field}", fault.code, fault.zh, fault.en)]


async def record(work: Work, command: RecordSwipes) -> Recorded:
    """Write the swipes that can be taken, bring the worker days up to date, and say so in one fact."""
    work.require(permissions.SWIPES_SEND)
    driver = await work.driver()
    gate = await repository.gate(driver, work.principal, command.device_id)
    states.DEVICE.apply(states.State(gate.state), Action.SEND)
    sequences = {row.place: row.sequence for row in command.rows}
    outcome = Recorded(new_id(), command.size, sequences, dict(command.faults))
    standing = await repository.standing(driver, gate.project_id, {row.worker_id for row in command.rows})
    [rule] = nearest(codes.worker_day_rules(), gate.city, work.today)
    good = _Judge(work.now, codes.swipe_limits(), rule, outcome).judge(command.rows, standing)
    if not good:
        return outcome
    swipes = [swipe for _, swipe in good.values()]
    written = await repository.record(driver, command.device_id, gate.project_id, work.now, swipes, rule)
    fresh = len(swipes) if written.new is None else len(written.new)
    if written.new is not None:
        known = [sequence for sequence in good if sequence not in written.new]
        stands = await repository.standing_swipes(driver, command.device_id, known)
        for sequence in known:
            outcome.repeat(good[sequence][0], stands[sequence])
    if fresh:
        work.emit(events.recorded(outcome.batch_id, gate.project_id, command.device_id, written.deltas, fresh))
        work.audit("swipes.record", "swipe_batch", outcome.batch_id, None, _summary(command, outcome, fresh))
    return outcome


def _summary(command: RecordSwipes, outcome: Recorded, fresh: int) -> dict[str, object]:
    return {
        "device_id": str(command.device_id),
        "accepted": fresh,
        "duplicates": len(outcome.duplicates),
        "refused": len(outcome.refused),
    }


_ODD: Mapping[tuple[bool, bool], tuple[Oddity, ...]] = {
    (True, False): ("LATE",),
    (False, True): ("PAPERS_LAPSED",),
    (True, True): ("LATE", "PAPERS_LAPSED"),
}
"""(late, papers lapsed) → warnings."""


class _Place:
    """A worker's place on the project as instants: whole days from entry to exit, and when his papers run out."""

    __slots__ = ("lapses", "spans", "standing")

    def __init__(self, standing: Standing, lapses: datetime) -> None:
        self.standing = standing
        self.spans = [(_midnight(entered), _end(left)) for entered, left in standing.stays]
        self.lapses = lapses

    def covers(self, at: datetime) -> bool:
        """Whether he belonged to the project on that day."""
        for first, end in self.spans:  # noqa: SIM110 - any() over a generator takes three times as long
            if first <= at < end:
                return True
        return False


@dataclass(slots=True)
class _Judge:
    """Decides which rows can be written; the others are refused or repeated in `outcome`."""

    now: datetime
    limits: SwipeLimits
    rule: WorkerDayRule
    outcome: Recorded

    def judge(self, rows: Sequence[SwipeRow], standing: Mapping[str, Standing]) -> dict[int, tuple[SwipeRow, NewSwipe]]:
        """The rows that can be written, by sequence number."""
        latest, oldest = self.now + self.limits.clock_tolerance, self.now - self.limits.oldest
        late_before = self.now - self.limits.late_after
        lapses = {until: self._lapses(until) for until in {one.cleared_until for one in standing.values()}}
        places = {worker_id: _Place(one, lapses[one.cleared_until]) for worker_id, one in standing.items()}
        good: dict[int, tuple[SwipeRow, NewSwipe]] = {}
        for row in rows:
            at = row.at.astimezone(UTC)
            place = places.get(row.worker_id)
            if place is None or not oldest <= at <= latest or not place.covers(at):
                self.outcome.refuse(row.place, _why_not(place, at > latest, at < oldest))
                continue
            first = good.get(row.sequence)
            if first is not None:
                self.outcome.repeat(row, (first[0].worker_id, first[1].at, first[0].direction))
                continue
            lapsed = at >= place.lapses
            swipe = NewSwipe(row.sequence, place.standing, at, row.direction, row.attend_type, lapsed)
            good[row.sequence] = (row, swipe)
            if lapsed or at < late_before:
                self.outcome.warnings[row.place] = _ODD[at < late_before, lapsed]
        return good

    def _lapses(self, until: date | None) -> datetime:
        return NEVER if until is None or until >= FAR else rules.day_begins(until + ONE_DAY, self.rule)


def _why_not(place: _Place | None, future: bool, too_old: bool) -> RowFault:
    if place is None:
        return errors.NOT_ASSIGNED
    if future:
        return errors.FUTURE
    return errors.TOO_OLD if too_old else errors.NOT_ENTERED


def _end(left: datetime | None) -> datetime:
    return NEVER if left is None else _midnight(left) + ONE_DAY


@lru_cache(maxsize=4096)  # most of a crew enter at the same moment
def _midnight(at: datetime) -> datetime:
    return datetime.combine(shanghai_day(at), time(), SHANGHAI).astimezone(UTC)
