"""Take in swipes: up to 1,000 of one device in a call, each judged by itself (a hot path of the benchmarks).

What the statements cost is measured; see docs/performance.md. One pass in Python, five statements, one fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.errors import Violation
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.attendance import errors, events, repository, rules, states
from labour.attendance.repository import DayRow, Driver, Gate, NewSwipe, Standing
from labour.attendance.rules import NO_MARKS, Marks, RowFault, mark, work_day
from labour.attendance.states import Action
from labour.codes import repository as codes
from labour.codes.models import SwipeLimits, WorkerDayRule
from labour.codes.rules import nearest

ONE_DAY = timedelta(days=1)

Oddity = Literal["LATE", "PAPERS_LAPSED"]
"""What is odd about a swipe that was taken: sent long after it happened; papers did not cover its day."""


@dataclass(frozen=True, slots=True)
class SwipeRow:
    """A swipe as the device sent it, and its place in the batch."""

    place: int
    sequence: int
    worker_id: UUID
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
    warnings: dict[int, list[Oddity]] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many were taken for the first time."""
        return self.size - len(self.refused) - len(self.duplicates)

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
    workers = list({row.worker_id for row in command.rows})
    standing = await repository.standing(driver, gate.project_id, workers) if workers else {}
    [rule] = nearest(codes.worker_day_rules(), gate.city, work.today)
    batch = _Batch(work, driver, command, gate, outcome, rule, standing)
    fresh = await batch.write_swipes(batch.judge(codes.swipe_limits()))
    if fresh:
        deltas = await batch.write_days(fresh)
        work.emit(events.recorded(outcome.batch_id, gate.project_id, command.device_id, deltas, len(fresh)))
        work.audit("swipes.record", "swipe_batch", outcome.batch_id, None, _summary(command, outcome, len(fresh)))
    return outcome


def _summary(command: RecordSwipes, outcome: Recorded, fresh: int) -> dict[str, object]:
    return {
        "device_id": str(command.device_id),
        "accepted": fresh,
        "duplicates": len(outcome.duplicates),
        "refused": len(outcome.refused),
    }


def _odd(late: bool, lapsed: bool) -> list[Oddity]:
    found: list[Oddity] = []
    if late:
        found.append("LATE")
    if lapsed:
        found.append("PAPERS_LAPSED")
    return found


class _Days:
    """The days of one worker's stays as instants: a swipe counts on every day from entry to exit, whole days."""

    __slots__ = ("spans",)

    def __init__(self, standing: Standing) -> None:
        self.spans = [
            (_midnight(entered), _midnight(left) + ONE_DAY if left is not None else None)
            for entered, left in standing.stays
        ]

    def cover(self, at: datetime) -> bool:
        """Whether the instant is on one of the days."""
        return any(first <= at and (end is None or at < end) for first, end in self.spans)


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(SHANGHAI).date(), time(), SHANGHAI)


@dataclass
class _Batch:
    """One call under way."""

    work: Work
    driver: Driver
    command: RecordSwipes
    gate: Gate
    outcome: Recorded
    rule: WorkerDayRule
    standing: Mapping[UUID, Standing]

    def judge(self, limits: SwipeLimits) -> dict[int, tuple[SwipeRow, NewSwipe]]:
        """The rows that can be written, by sequence number; the others are refused or repeated."""
        now = self.work.now
        latest, oldest, late = now + limits.clock_tolerance, now - limits.oldest, now - limits.late_after
        days = {worker_id: _Days(standing) for worker_id, standing in self.standing.items()}
        outcome, standing_of = self.outcome, self.standing
        good: dict[int, tuple[SwipeRow, NewSwipe]] = {}
        for row in self.command.rows:
            standing = standing_of.get(row.worker_id)
            fault = (
                errors.NOT_ASSIGNED
                if standing is None
                else errors.FUTURE
                if row.at > latest
                else errors.TOO_OLD
                if row.at < oldest
                else None
                if days[row.worker_id].cover(row.at)
                else errors.NOT_ENTERED
            )
            if fault is not None or standing is None:
                outcome.refuse(row.place, fault or errors.NOT_ASSIGNED)
                continue
            first = good.get(row.sequence)
            if first is not None:
                self._repeated(row, (first[0].worker_id, first[0].at, first[0].direction))
                continue
            lapsed = standing.cleared_until is not None and work_day(row.at, self.rule) > standing.cleared_until
            good[row.sequence] = (
                row,
                NewSwipe(row.sequence, standing, row.at, row.direction, row.attend_type, lapsed),
            )
            if lapsed or row.at < late:
                outcome.warnings[row.place] = _odd(row.at < late, lapsed)
        return good

    def _repeated(self, row: SwipeRow, stands: tuple[UUID, datetime, str]) -> None:
        if stands == (row.worker_id, row.at, row.direction):
            self.outcome.duplicates.add(row.place)
        else:
            self.outcome.refuse(row.place, errors.SEQUENCE_REUSED)
        self.outcome.warnings.pop(row.place, None)

    async def write_swipes(self, good: Mapping[int, tuple[SwipeRow, NewSwipe]]) -> list[NewSwipe]:
        """Write; answers what was new. What stood already is a repetition, or a number used twice."""
        if not good:
            return []
        device_id = self.command.device_id
        swipes = [swipe for _, swipe in good.values()]
        new = await repository.add_swipes(self.driver, device_id, self.gate.project_id, self.work.now, swipes)
        if new is None:
            return swipes
        known = [sequence for sequence in good if sequence not in new]
        stands = await repository.standing_swipes(self.driver, device_id, known)
        for sequence in known:
            self._repeated(good[sequence][0], stands[sequence])
        return [swipe for swipe in swipes if swipe.sequence in new]

    async def write_days(self, fresh: Sequence[NewSwipe]) -> dict[tuple[date, UUID], Decimal]:
        """Bring the worker days of every touched work day up to date; answers by how much they change."""
        came: dict[UUID, dict[date, Marks]] = {}
        places: dict[UUID, Standing] = {}
        for swipe in fresh:
            standing, day = swipe.standing, work_day(swipe.at, self.rule)
            places[standing.assignment_id] = standing
            of_worker = came.setdefault(standing.assignment_id, {})
            of_worker[day] = of_worker.get(day, NO_MARKS).merged(mark(swipe.direction, swipe.at))
        touched = [day for days in came.values() for day in days]
        first, last = min(touched) - ONE_DAY, max(touched) + ONE_DAY
        stands = await repository.marks(self.driver, list(came), first, last)
        deltas: dict[tuple[date, UUID], Decimal] = {}
        rows: list[DayRow] = []
        for assignment_id, days in came.items():
            for row, change in self._recount(places[assignment_id], days, stands):
                rows.append(row)
                if change:
                    key = (row.day, row.standing.employer_id)
                    deltas[key] = deltas.get(key, rules.NOTHING) + change
        await repository.upsert_days(self.driver, self.gate.project_id, rows)
        return {key: delta for key, delta in deltas.items() if delta}

    def _recount(
        self,
        standing: Standing,
        came: Mapping[date, Marks],
        stands: Mapping[tuple[UUID, date], tuple[Marks, Decimal]],
    ) -> list[tuple[DayRow, Decimal]]:
        """The rows that change, with the change of their worker days: a swipe tells of its day and the one before."""
        nothing = (NO_MARKS, rules.NOTHING)
        changed: list[tuple[DayRow, Decimal]] = []

        def now(day: date) -> Marks:
            before = stands.get((standing.assignment_id, day), nothing)[0]
            return before.merged(came[day]) if day in came else before

        for day in sorted({*came, *(day - ONE_DAY for day in came)}):
            before, counted = stands.get((standing.assignment_id, day), nothing)
            marks = now(day)
            days = rules.worker_days(marks, now(day + ONE_DAY), self.rule)
            if marks != before or days != counted:
                changed.append((DayRow(standing, day, marks, days), days - counted))
        return changed
