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

    def repeat(self, place: int, sent: tuple[str, datetime, str], stands: tuple[str, datetime, str]) -> None:
        """A number that has been used: for the same swipe that is harmless, for another it is refused."""
        self.warnings.pop(place, None)
        if stands == sent:
            self.duplicates.add(place)
        else:
            self.refuse(place, errors.SEQUENCE_REUSED)

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
    swipes = list(good.values())
    written = await repository.record(driver, command.device_id, gate.project_id, work.now, swipes, rule)
    fresh = len(swipes) if written.new is None else len(written.new)
    if written.new is not None:
        known = [sequence for sequence in good if sequence not in written.new]
        stands = await repository.standing_swipes(driver, command.device_id, known)
        for sequence in known:
            outcome.repeat(good[sequence].place, good[sequence].what, stands[sequence])
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


_Spans = tuple[tuple[datetime, datetime], ...]
"""When a worker belongs to the project, as instants: whole days from entry to exit."""


@dataclass(slots=True)
class _Judge:
    """Decides which rows can be written; the others are refused or repeated in `outcome`."""

    now: datetime
    limits: SwipeLimits
    rule: WorkerDayRule
    outcome: Recorded

    def judge(self, rows: Sequence[SwipeRow], standing: Mapping[str, Standing]) -> dict[int, NewSwipe]:
        """The rows that can be written, by sequence number."""
        latest, oldest = self.now + self.limits.clock_tolerance, self.now - self.limits.oldest
        late_before = self.now - self.limits.late_after
        outcome, places = self.outcome, self._places(standing)
        good: dict[int, NewSwipe] = {}
        for row in rows:
            place, sequence, worker_id, sent_at, direction, attend_type = row
            at = sent_at.astimezone(UTC)
            one, spans, lapses = places.get(worker_id, _NOWHERE)
            if one is None or not oldest <= at <= latest or not _covers(spans, at):
                outcome.refuse(place, _why_not(one, at > latest, at < oldest))
                continue
            first = good.get(sequence)
            if first is not None:
                outcome.repeat(place, (worker_id, at, direction), first.what)
                continue
            lapsed = at >= lapses
            good[sequence] = NewSwipe(place, sequence, one, at, direction, attend_type, lapsed)
            if lapsed or at < late_before:
                outcome.warnings[place] = _ODD[at < late_before, lapsed]
        return good

    def _places(self, standing: Mapping[str, Standing]) -> dict[str, tuple[Standing | None, _Spans, datetime]]:
        # Most of a crew entered at the same moment and have papers to the same day: worked out once for all of them.
        lapses = {until: self._lapses(until) for until in {one.cleared_until for one in standing.values()}}
        spans = {
            stays: tuple((_midnight(entered), _end(left)) for entered, left in stays)
            for stays in {one.stays for one in standing.values()}
        }
        return {key: (one, spans[one.stays], lapses[one.cleared_until]) for key, one in standing.items()}

    def _lapses(self, until: date | None) -> datetime:
        return NEVER if until is None or until >= FAR else rules.day_begins(until + ONE_DAY, self.rule)


_NOWHERE: tuple[None, _Spans, datetime] = (None, (), NEVER)


def _covers(spans: _Spans, at: datetime) -> bool:
    for first, end in spans:  # noqa: SIM110 - any() over a generator takes three times as long
        if first <= at < end:
            return True
    return False


def _why_not(standing: Standing | None, future: bool, too_old: bool) -> RowFault:
    if standing is None:
        return errors.NOT_ASSIGNED
    if future:
        return errors.FUTURE
    return errors.TOO_OLD if too_old else errors.NOT_ENTERED


def _end(left: datetime | None) -> datetime:
    return NEVER if left is None else _midnight(left) + ONE_DAY


@lru_cache(maxsize=4096)  # most of a crew enter at the same moment
def _midnight(at: datetime) -> datetime:
    return datetime.combine(shanghai_day(at), time(), SHANGHAI).astimezone(UTC)
