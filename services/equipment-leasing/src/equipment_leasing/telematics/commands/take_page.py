"""Take in one page of a feed: know its machines, fit its readings, publish the hours that change."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.work import Work
from equipment_leasing import permissions
from equipment_leasing.hours import repository as hours_repository
from equipment_leasing.hours.rules import HoursChange, Span, span
from equipment_leasing.hours.service import recount
from equipment_leasing.telematics import reader, repository, rules
from equipment_leasing.telematics.reader import FeedMachine
from equipment_leasing.telematics.repository import BEGINNING, END, Around, KnownUnit
from equipment_leasing.telematics.rules import AHEAD, Match, Matched, Reading, Taken, Taking, key_of, series_of


@dataclass(frozen=True, slots=True)
class TakePage:
    """A page as it came: AEMP 2.0 XML."""

    feed_id: UUID
    content: bytes


@dataclass(frozen=True, slots=True)
class PageRow:
    """What became of one machine of the page."""

    machine: FeedMachine
    matched: Matched
    reading: Taken


@dataclass(frozen=True, slots=True)
class PageTaken:
    """What became of the page: a row per machine in its order, and the changes of hours on projects."""

    page_id: UUID
    feed_id: UUID
    rows: Sequence[PageRow]
    hours: Sequence[HoursChange]


async def take_page(work: Work, command: TakePage) -> PageTaken:
    """Take a page in, in one transaction; sending it again changes nothing.

    Refuses what is no page (see reader.read_page); a machine that says something odd is reported in its row.
    """
    work.require(permissions.PAGES_TAKE)
    async with work.reading() as session:
        await repository.feed(session, work.principal, command.feed_id)
    # Parsing two megabytes takes a while; other requests go on meanwhile.
    machines = await asyncio.to_thread(reader.read_page, command.content)
    session = await work.writing()
    feed = await repository.feed(session, work.principal, command.feed_id)
    await hours_repository.queue(session, feed.lessor_id)
    page_id = new_id()
    matches, units = await _know(work, feed.lessor_id, feed.id, machines)
    readings, takings = await _read(work, page_id, machines, units)
    changed = _changed(units, takings, newly=_newly_tied(machines, matches.before, units))
    hours = await recount(work, feed.lessor_id, page_id, changed)
    rows = [
        PageRow(machine, matched, taken)
        for machine, matched, taken in zip(machines, matches.answers, readings, strict=True)
    ]
    work.audit("telematics.take-page", "feed", feed.id, None, _summary(page_id, rows))
    return PageTaken(page_id, feed.id, rows, hours)


@dataclass(frozen=True, slots=True)
class _Matches:
    answers: list[Matched]
    before: frozenset[str]


async def _know(
    work: Work, lessor_id: UUID, feed_id: UUID, machines: Sequence[FeedMachine]
) -> tuple[_Matches, dict[str, KnownUnit]]:
    driver = await work.driver()
    page = {key: machine for machine in machines if (key := key_of(machine)) is not None}
    if not page:
        return _Matches([Matched(Match.UNIDENTIFIED) for _ in machines], frozenset()), {}
    known = await repository.known(driver, lessor_id, feed_id, page)
    answers = rules.match_page(machines, known)
    matched = {key: answer for machine, answer in zip(machines, answers, strict=True) if (key := key_of(machine))}
    laid = {key: (machine, matched[key]) for key, machine in page.items()}
    units = await repository.write_units(driver, lessor_id, feed_id, work.now, laid)
    return _Matches(answers, frozenset(known.tied)), units


async def _read(
    work: Work, page_id: UUID, machines: Sequence[FeedMachine], units: Mapping[str, KnownUnit]
) -> tuple[list[Taken], dict[UUID, Taking]]:
    """What became of each machine's reading, and per unit what changed."""
    answers = [_first_answer(machine, work.now) for machine in machines]
    fresh: dict[UUID, list[tuple[int, Reading]]] = defaultdict(list)
    replaced: dict[UUID, tuple[datetime, ...]] = {}
    for index, machine in enumerate(machines):
        key = key_of(machine)
        if answers[index] is not Taken.COUNTED or key is None or machine.at is None or machine.hours is None:
            continue
        unit = units[key]
        replaced[unit.unit_id] = unit.replacements
        fresh[unit.unit_id].append((index, Reading(machine.at, machine.hours)))
    driver = await work.driver()
    windows = [
        window for unit_id, new in fresh.items() for window in _windows(unit_id, [r for _, r in new], replaced[unit_id])
    ]
    before = await repository.around(driver, windows) if windows else {}
    takings: dict[UUID, Taking] = {}
    for unit_id, new in fresh.items():
        taking = rules.take([reading for _, reading in new], before.get(unit_id, {}), replaced[unit_id])
        takings[unit_id] = taking
        for (index, _), taken in zip(new, taking.taken, strict=True):
            answers[index] = taken
    await _write(work, page_id, takings)
    return answers, takings


def _first_answer(machine: FeedMachine, now: datetime) -> Taken:
    if machine.fault is not None:
        return Taken(machine.fault.value)
    if machine.at is not None and machine.at > now + AHEAD:
        return Taken.AHEAD_OF_TIME
    # Without any identity there is nothing that the counter could belong to.
    return Taken.COUNTED if key_of(machine) is not None else Taken.NO_READING


def _windows(unit_id: UUID, new: Sequence[Reading], replacements: Sequence[datetime]) -> list[Around]:
    """One per control unit: a counter that starts afresh is not compared with its predecessor's."""
    bounds = [BEGINNING, *replacements, END]
    groups: dict[int, list[Reading]] = defaultdict(list)
    for reading in new:
        groups[series_of(reading.at, replacements)].append(reading)
    return [
        Around(
            unit_id,
            first=min(reading.at for reading in group),
            last=max(reading.at for reading in group),
            top=max(reading.hours for reading in group),
            since=bounds[number],
            until=bounds[number + 1],
        )
        for number, group in groups.items()
    ]


async def _write(work: Work, page_id: UUID, takings: Mapping[UUID, Taking]) -> None:
    driver = await work.driver()
    inserts = [
        (unit_id, at, hours, counted)
        for unit_id, taking in takings.items()
        for at, (hours, counted) in taking.inserts.items()
    ]
    flips = [(unit_id, at, counted) for unit_id, taking in takings.items() for at, counted in taking.flips.items()]
    if inserts:
        await repository.insert(driver, page_id, work.now, inserts)
    if flips:
        await repository.flip(driver, flips)


def _newly_tied(
    machines: Sequence[FeedMachine], before: frozenset[str], units: Mapping[str, KnownUnit]
) -> frozenset[UUID]:
    """Machines that this page has tied: readings that their units had before begin to count for a project."""
    keys = {key for machine in machines if (key := key_of(machine)) is not None} - before
    return frozenset(units[key].machine_id for key in keys if units[key].machine_id is not None)  # type: ignore[misc]


def _changed(units: Mapping[str, KnownUnit], takings: Mapping[UUID, Taking], *, newly: frozenset[UUID]) -> list[Span]:
    changed = [span(machine_id) for machine_id in newly]
    for unit in units.values():
        taking = takings.get(unit.unit_id)
        if unit.machine_id is None or unit.machine_id in newly or taking is None or taking.since is None:
            continue
        changed.append(span(unit.machine_id, taking.since, taking.until or taking.since))
    return changed


def _summary(page_id: UUID, rows: Sequence[PageRow]) -> dict[str, object]:
    return {
        "page_id": str(page_id),
        "machines": len(rows),
        "matches": dict(Counter(row.matched.match.value for row in rows)),
        "readings": dict(Counter(row.reading.value for row in rows)),
    }
