"""Take in swipes: up to 1,000 of one device in a call, each judged by itself (a hot path of the benchmarks).

What things cost is measured; see docs/performance.md. One pass in Python, a few statements, one fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from chassis.errors import Violation
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.attendance import events, repository, rulebook, rules
from labour.attendance.commands.judge import Judge, Recorded, SwipeRow
from labour.attendance.commands.locate import locate, withhold
from labour.attendance.repository import Books
from labour.attendance.rules import Break, NewSwipe
from labour.codes import repository as codes
from labour.codes.models import WorkerDayRule
from labour.codes.rules import nearest
from labour.devices import repository as devices
from labour.devices import rules as clocks
from labour.devices import states
from labour.devices.models import Channel, IncidentKind
from labour.devices.repository import Sender
from labour.devices.rules import Step
from labour.devices.states import Action

Driver: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class RecordSwipes:
    """A batch of one device; `faults` are those of rows that could not be read, by place.

    `sent_at` is what the device's own clock said when it sent: compared with ours, never used to correct a swipe.
    """

    device_id: UUID
    size: int
    rows: Sequence[SwipeRow]
    faults: Mapping[int, Sequence[Violation]]
    sent_at: datetime | None = None


async def record(work: Work, command: RecordSwipes) -> Recorded:
    """Write the swipes that can be taken, bring the worker days up to date, and say so in one fact."""
    work.require(permissions.SWIPES_SEND)
    driver = await work.driver()
    sender = await devices.sender(driver, work.principal, command.device_id)
    states.DEVICE.apply(states.State(sender.state), Action.SEND)
    sequences = {row.place: row.sequence for row in command.rows}
    outcome = Recorded(new_id(), command.size, sequences, dict(command.faults))
    standing = await repository.standing(driver, sender.project_id, {row.worker_id for row in command.rows})
    rule, books = await terms(work, sender.project_id, sender.city)
    channel = Channel(sender.channel)
    rows, withheld = await withhold(driver, channel, command.rows)
    judge = Judge(work.now, codes.swipe_limits(), rule, channel, books.locked, outcome, withheld)
    good = judge.judge(rows, standing)
    await _look_at_lapses(driver, sender.project_id, good, rule, work.today, outcome)
    drift = None if command.sent_at is None else command.sent_at - work.now
    await _look_at_the_clock(work, command.device_id, sender, good, drift, outcome)
    known = [sequence for sequence in good if sequence <= sender.last_sequence]
    await _repeat(driver, command.device_id, good, known, outcome)
    swipes = list(good.values())
    if not swipes:
        return outcome
    written = await repository.record(driver, command.device_id, sender.project_id, work.now, swipes, rule, books)
    if written.new is not None:  # a process of the version before has used them meanwhile
        await _repeat(driver, command.device_id, good, [one for one in good if one not in written.new], outcome)
    if good:
        await locate(driver, command.device_id, sender.project_id, list(good.values()), withheld, outcome)
        fact = events.recorded(outcome.batch_id, sender.project_id, command.device_id, written.deltas, len(good))
        work.emit(fact)
        work.audit("swipes.record", "swipe_batch", outcome.batch_id, None, _summary(command, outcome, len(good), drift))
    return outcome


async def terms(work: Work, project_id: UUID, city: str, *, since: date | None = None) -> tuple[WorkerDayRule, Books]:
    """What worker days of a project are counted by; read once the assignments are locked.

    Locked months are looked for since a day: as far back as a swipe may lie, when none is given, and a day more, since
    it may close the shift before.
    """
    [rule] = nearest(codes.worker_day_rules(), city, work.today)
    reach = max(codes.swipe_limits().oldest, rulebook.oldest_repair()) + timedelta(days=2)
    first = (since or work.today - reach).replace(day=1)
    books = await repository.books(await work.driver(), project_id, first)
    return rule, Books(books.locked, (*books.breaks, *general_breaks(city, work.today)))


def general_breaks(city: str, on: date) -> list[Break]:
    """What a city takes off for breaks where the project has no rule for the day."""
    rules = nearest(rulebook.city_breaks(), city, on)
    return [Break(one.valid_from, one.valid_to, one.beyond, one.off) for one in rules if one.off]


async def _look_at_lapses(
    driver: Driver, project_id: UUID, good: dict[int, NewSwipe], rule: WorkerDayRule, today: date, outcome: Recorded
) -> None:
    """Flag what comes late from days on which papers that hold again did not; swipes of today need no look."""
    earliest = min((one.at for one in good.values()), default=None)
    if earliest is None or earliest >= rules.day_begins(today, rule):
        return
    known = await repository.lapses(driver, project_id, rules.work_day(earliest, rule))
    for sequence, one in list(good.items()) if known else ():
        day = rules.work_day(one.at, rule)
        if not one.papers_lapsed and any(
            first <= day <= last for first, last in known.get(one.standing.assignment_id, ())
        ):
            good[sequence] = one._replace(papers_lapsed=True)
            outcome.warn(one.place, "PAPERS_LAPSED")


async def _repeat(
    driver: Driver, device_id: UUID, good: dict[int, NewSwipe], known: Sequence[int], outcome: Recorded
) -> None:
    """Take numbers that stand already out of what is to be written, and say what each of them is."""
    if not known:
        return
    stands = await repository.standing_swipes(driver, device_id, known)
    for sequence, what in stands.items():
        swipe = good.pop(sequence)
        outcome.repeat(swipe.place, swipe.what, what)


async def _look_at_the_clock(
    work: Work,
    device_id: UUID,
    sender: Sender,
    good: Mapping[int, NewSwipe],
    drift: timedelta | None,
    outcome: Recorded,
) -> None:
    driver, limits = await work.driver(), rulebook.clock()
    steps = [Step(one.sequence, one.at) for one in good.values()]
    last = max(steps, default=None)
    found: list[tuple[IncidentKind, int, int]] = []
    if steps:
        around = await _around(driver, device_id, sender, steps)
        for sequence, back in clocks.set_back(around, limits.set_back_tolerance):
            found.append((IncidentKind.CLOCK_SET_BACK, sequence, clocks.milliseconds(back)))
            if sequence in good:
                outcome.warn(good[sequence].place, "CLOCK_SET_BACK")
    drift_ms = None if drift is None else clocks.milliseconds(drift)
    if drift_ms is not None and clocks.begins_to_drift(drift, sender.clock_drift_ms, limits.drift_limit):
        number = last.sequence if last else sender.last_sequence
        found.append((IncidentKind.CLOCK_DRIFT, number, drift_ms))
    if found:
        await devices.note(driver, device_id, sender.project_id, work.now, found)
    await devices.signed(driver, device_id, work.now, last, drift_ms)


async def _around(driver: Driver, device_id: UUID, sender: Sender, steps: Sequence[Step]) -> list[Step]:
    """The steps of a batch and the known ones nearest to it; what follows on the last number needs no look."""
    least, greatest = min(steps).sequence, max(steps).sequence
    if least > sender.last_sequence:
        known = [] if sender.last_swipe_at is None else [Step(sender.last_sequence, sender.last_swipe_at)]
    else:
        known = await repository.neighbours(driver, device_id, least, greatest)
    return [*known, *steps]


def _summary(command: RecordSwipes, outcome: Recorded, fresh: int, drift: timedelta | None) -> dict[str, object]:
    return {
        "device_id": str(command.device_id),
        "accepted": fresh,
        "duplicates": len(outcome.duplicates),
        "refused": len(outcome.refused),
        "clock_drift_ms": None if drift is None else clocks.milliseconds(drift),
    }
