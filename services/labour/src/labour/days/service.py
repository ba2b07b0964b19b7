"""Use cases of days: reading what swipes and repairs have come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import SHANGHAI
from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.attendance import rules as attendance
from labour.attendance.commands.record import general_breaks
from labour.attendance.models import Swipe, WorkerDay
from labour.attendance.repository import AttendanceFilter
from labour.attendance.rules import NO_MARKS, Marks
from labour.codes import repository as codes
from labour.codes.models import WorkerDayRule
from labour.codes.rules import EVERYWHERE, nearest
from labour.days import errors, repository, rules
from labour.days.repository import Cell, EmployerDay, Pair, Passed
from labour.days.rules import Stay

ONE_DAY = timedelta(days=1)
MOST_DAYS = 31
MOST_DAYS_TOLD = 366


@dataclass(frozen=True, slots=True)
class EmployerPresence:
    """How many of one employer's people are on site, and how many belong to the project."""

    organisation_id: UUID
    on_site: int
    assigned: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is on site at an instant, per employer, in the order of their ids."""

    project_id: UUID
    as_of: datetime
    employers: tuple[EmployerPresence, ...]

    @property
    def on_site(self) -> int:
        """Of all employers."""
        return sum(one.on_site for one in self.employers)

    @property
    def assigned(self) -> int:
        """Of all employers."""
        return sum(one.assigned for one in self.employers)


@dataclass(frozen=True, slots=True)
class Remarked:
    """A swipe of the day, and IN_AGAIN or OUT_AGAIN when the one before went the same way."""

    swipe: Passed
    remark: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a day counts what it counts: its swipes, the time on site, the break taken off, the rule's source."""

    day: WorkerDay
    swipes: tuple[Remarked, ...]
    remarks: tuple[str, ...]
    on_site: timedelta
    off: timedelta
    locked: bool
    source: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Somebody who was inside at two sites at once, and the first time when."""

    pair: Pair
    at_once: Stay


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Passes of a calendar day by device and hour."""

    project_id: UUID
    day: date
    cells: Sequence[Cell]


async def page(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[WorkerDay]:
    """The visible worker days of a project, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_worker_days(session, work.principal, work.today, wanted, request)


async def explain(work: Work, assignment_id: UUID, day: date) -> Explained:
    """Why one visible worker day counts what it counts; NotFound WORKER_DAY_NOT_FOUND."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        found = await repository.worker_day(session, work.principal, work.today, assignment_id, day)
        if found is None:
            raise errors.day_not_found(assignment_id, day)
        city = await repository.project_city(session, found.project_id) or EVERYWHERE
        [rule] = nearest(codes.worker_day_rules(), city, work.today)
        begins = attendance.day_begins(day, rule)
        some = await repository.passed(session, found.project_id, [assignment_id], begins, begins + 2 * ONE_DAY)
        following = await repository.worker_day(session, work.principal, work.today, assignment_id, day + ONE_DAY)
        locked = await repository.is_locked(session, found)
        breaks = (*await repository.breaks(session, found.project_id), *general_breaks(city, work.today))
    on_site = attendance.time_on_site(_marks(found), _marks(following), rule)
    swipes = _of_the_day(some.get(assignment_id, []), begins + ONE_DAY, rule)
    plain = [(one.direction, one.at) for one in swipes]
    remarked = tuple(map(Remarked, swipes, rules.remarks(plain)))
    off = on_site - attendance.less_break(on_site, day, breaks)
    return Explained(found, remarked, tuple(rules.missing(plain)), on_site, off, locked, rule.source)


def _of_the_day(some: Sequence[Passed], ends: datetime, rule: WorkerDayRule) -> list[Passed]:
    """The swipes of a work day, and the out of the next one that closes its shift."""
    own = [one for one in some if one.at < ends]
    after = [one for one in some if one.at >= ends]
    closes = own and after and own[-1].direction == attendance.IN and after[0].direction == attendance.OUT
    if closes and after[0].at - own[-1].at <= rule.longest_shift:
        own.append(after[0])
    return own


def _marks(day: WorkerDay | None) -> Marks:
    return NO_MARKS if day is None else Marks(day.first_in, day.last_in, day.first_out, day.last_out)


async def page_of_direction_errors(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[Swipe]:
    """Visible swipes that went the same way as the one before, of at most 31 days; latest first."""
    work.require(permissions.ATTENDANCE_READ)
    first, last = _span(work, wanted)
    async with work.reading() as session:
        city = await repository.project_city(session, wanted.project_id) or EVERYWHERE
        [rule] = nearest(codes.worker_day_rules(), city, work.today)
        span = attendance.day_begins(first, rule), attendance.day_begins(last + ONE_DAY, rule)
        return await repository.page_of_direction_errors(session, work.principal, work.today, wanted, span, request)


async def page_of_overlaps(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[Overlap]:
    """Persons who were inside at two sites at once, of at most 31 days; latest first.

    Days whose spans overlap are looked for; of each, only those whose stays do are told, so a page may be short.
    """
    work.require(permissions.ATTENDANCE_READ)
    first, last = _span(work, wanted)
    async with work.reading() as session:
        spanned = replace(wanted, first_day=first, last_day=last)
        pairs = await repository.page_of_overlaps(session, work.principal, work.today, spanned, request)
        [rule] = nearest(codes.worker_day_rules(), EVERYWHERE, work.today)
        found = []
        for pair in pairs.items:
            ours, theirs = [await _stays(session, one, rule) for one in (pair.own, pair.other)]
            common = rules.at_once(ours, theirs)
            if common is not None:
                found.append(Overlap(pair, common))
    return Page(found, pairs.next_page_token)


async def _stays(session: AsyncSession, day: WorkerDay, rule: WorkerDayRule) -> list[Stay]:
    begins = attendance.day_begins(day.day, rule)
    some = await repository.passed(session, day.project_id, [day.assignment_id], begins, begins + 2 * ONE_DAY)
    own = _of_the_day(some.get(day.assignment_id, []), begins + ONE_DAY, rule)
    return rules.stays([(one.direction, one.at) for one in own])


def _span(work: Work, wanted: AttendanceFilter) -> tuple[date, date]:
    """The days asked for; the last 31 when none are named."""
    last = wanted.last_day or work.today
    first = wanted.first_day or last - timedelta(days=MOST_DAYS - 1)
    if last - first >= timedelta(days=MOST_DAYS):
        raise errors.span_too_long(MOST_DAYS)
    return first, last


async def page_of_employer_days(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[EmployerDay]:
    """Workers and worker days of a project by day and employer, latest day first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_employer_days(session, work.principal, work.today, wanted, request)


async def labour_days(work: Work, project_id: UUID, first: date, last: date) -> list[EmployerDay]:
    """For another service: what each employer's people counted on each day of a project, in the order of day and id.

    InvalidArgument SPAN_TOO_LONG beyond 366 days.
    """
    work.require(permissions.LABOUR_DAYS_READ)
    if last - first >= timedelta(days=MOST_DAYS_TOLD):
        raise errors.span_too_long(MOST_DAYS_TOLD, "/day_to")
    async with work.reading() as session:
        return await repository.employer_days(session, work.principal, work.today, project_id, first, last)


async def heat_map(work: Work, project_id: UUID, day: date) -> HeatMap:
    """Visible passes of a calendar day in Asia/Shanghai by device and hour."""
    work.require(permissions.ATTENDANCE_READ)
    begins = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    async with work.reading() as session:
        cells = await repository.heat(session, work.principal, work.today, project_id, (begins, begins + ONE_DAY))
    return HeatMap(project_id, day, cells)


async def presence(work: Work, project_id: UUID) -> Presence:
    """Who is on site now. A service sees every employer, a caller those that he may see."""
    work.require(permissions.PRESENCE_READ)
    async with work.reading() as session:
        city = await repository.project_city(session, project_id)
        [rule] = nearest(codes.worker_day_rules(), city or EVERYWHERE, work.today)
        since = attendance.work_day(work.now - rule.longest_shift, rule)
        marks = await repository.last_marks(session, work.principal, work.today, project_id, since)
        assigned = await repository.assigned_by_employer(session, work.principal, work.today, project_id)
    inside = Counter(
        employer_id
        for employer_id, last_in, last_out in marks
        if attendance.is_inside(last_in, last_out, work.now, rule)
    )
    employers = tuple(
        EmployerPresence(employer_id, inside[employer_id], assigned.get(employer_id, 0))
        for employer_id in sorted({*inside, *assigned})
    )
    return Presence(project_id, work.now, employers)
