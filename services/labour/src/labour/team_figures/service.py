"""Use cases of team figures: reading what the days and the evidence of a team's people come to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.attendance import rules as attendance
from labour.attendance.commands.record import general_breaks
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE, nearest
from labour.days import repository as days
from labour.team_figures import repository
from labour.team_figures.repository import Counted, Group, Standing, TeamFilter

HOUR = timedelta(hours=1)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """A team's day or month, with the hours that its people were on site, breaks taken off."""

    counted: Counted
    hours: Decimal


async def page(work: Work, wanted: TeamFilter, request: PageRequest, *, by_month: bool) -> Page[TeamFigures]:
    """The visible teams of a project by day (or month) with their figures, latest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, work.today, wanted, request, by_month=by_month)
        groups = [one.group for one in found.items]
        on_site = await _on_site(work, session, wanted, groups, by_month=by_month) if groups else {}
    return found.map(lambda one: TeamFigures(one, _hours(on_site[one.group])))


async def _on_site(
    work: Work, session: AsyncSession, wanted: TeamFilter, groups: list[Group], *, by_month: bool
) -> dict[Group, timedelta]:
    """As each worker day is explained: from the first in to the last out, less the break of the rule of that day."""
    city = await days.project_city(session, wanted.project_id) or EVERYWHERE
    [rule] = nearest(codes.worker_day_rules(), city, work.today)
    breaks = (*await days.breaks(session, wanted.project_id), *general_breaks(city, work.today))
    found: dict[Group, timedelta] = defaultdict(timedelta)
    rows = await repository.marks(session, work.principal, work.today, wanted, groups, by_month=by_month)
    for group, day, own, following in rows:
        found[group] += attendance.less_break(attendance.time_on_site(own, following, rule), day, breaks)
    return found


def _hours(on_site: timedelta) -> Decimal:
    return (Decimal(on_site // timedelta(seconds=1)) / Decimal(HOUR // timedelta(seconds=1))).quantize(HUNDREDTH)


async def standing(work: Work, project_id: UUID, month: date) -> list[Standing]:
    """How the evidence of the visible teams of a project stands in a month."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        return await repository.standing(session, work.principal, work.today, project_id, month)
