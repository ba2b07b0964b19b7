"""Use cases of early warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from labour import permissions
from labour.codes.repository import calendar
from labour.codes.rules import EVERYWHERE, nearest
from labour.warnings import events, repository, rules
from labour.warnings.models import EmployerWarning, Level
from labour.warnings.repository import WarningFilter
from labour.warnings.rules import Judgement, Measures, Reason

WATCH = "warnings.watch"
Place = tuple[UUID, UUID]
"""A project and an employer on it."""


async def watch(work: Work, _: Mapping[str, str]) -> None:
    """Job: judge every employer on every project as of today, and keep and tell what has changed.

    Run twice on a day it says the same: a day is compared with the last row before it.
    """
    await _judge(work, None)


async def recompute(work: Work, project_id: UUID) -> int:
    """Judge a project now instead of at the job's next run, e.g. after a rule has changed; answers how many employers.

    It looks at what evidence has followed so far.
    """
    work.require(permissions.WARNINGS_RECOMPUTE)
    employers = await _judge(work, project_id)
    work.audit("warnings.recompute", "project", project_id, None, {"employers": employers})
    return employers


async def _judge(work: Work, project_id: UUID | None) -> int:
    """Every employer on every project, or on one; answers how many there were."""
    connection = await work.driver()
    await repository.one_at_a_time(connection)
    month = work.today.replace(day=1)
    last, before = _month_before(month), _month_before(_month_before(month))
    stands = await repository.standing(await work.writing(), work.today, project_id)
    known = await repository.measures(connection, month, last, before, project_id)
    for measures in known:
        place = measures.project_id, measures.employer_id
        await _keep(work, place, _judged(measures, work.today), stands.pop(place, []))
    for place, rows in stands.items():  # nobody has worked there for two months: what was warned of is over
        await _keep(work, place, Judgement(Level.NONE, 0, ()), rows)
    return len(known)


async def page(work: Work, wanted: WarningFilter, request: PageRequest) -> Page[EmployerWarning]:
    """The visible warnings, the newest day first."""
    work.require(permissions.WARNINGS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


def _judged(measures: Measures, today: date) -> Judgement:
    [found] = nearest(repository.rules(), measures.city or EVERYWHERE, today)
    return rules.judge(measures, found, calendar(), today)


async def _keep(work: Work, place: Place, judged: Judgement, rows: Sequence[EmployerWarning]) -> None:
    """`rows`: the newest row of an employer on a project, and the one before it."""
    of_today = next((row for row in rows if row.day == work.today), None)
    earlier = next((row for row in rows if row.day < work.today), None)
    stands = of_today or earlier
    level, known = (Level.NONE, []) if stands is None else (stands.level, stands.reasons)
    reasons = [_kept(reason) for reason in judged.reasons]
    if (level, known) == (judged.level, reasons):
        return
    row = of_today or _new(work, place)
    if of_today is None:
        (await work.writing()).add(row)
    before = None if of_today is None else {"level": str(of_today.level)}
    row.level, row.score, row.reasons = judged.level, judged.score, reasons
    codes = [] if earlier is None else [reason["code"] for reason in earlier.reasons]
    row.raised = [code for code in judged.codes if code not in codes]
    row.lifted = [code for code in codes if code not in judged.codes]
    touch(row, work)
    work.audit("warnings.watch", "employer_warning", row.id, before, {"level": str(row.level), "score": row.score})
    if row.level != level:
        work.emit(events.changed(row, level))


def _new(work: Work, place: Place) -> EmployerWarning:
    project_id, employer_id = place
    return EmployerWarning(
        id=new_id(),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        project_id=project_id,
        employer_id=employer_id,
        day=work.today,
        level=Level.NONE,
        score=0,
        reasons=[],
        raised=[],
        lifted=[],
    )


def _kept(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "points": reason.points, "figures": dict(reason.figures)}


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
