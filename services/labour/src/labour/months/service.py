"""Use cases of months: payroll closes one when it is approved, and opens it again when it is taken back."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.attendance import events, rules
from labour.attendance.commands.record import terms
from labour.codes.rules import EVERYWHERE
from labour.days import repository as days
from labour.months import repository
from labour.months.models import LockedMonth


async def lock_month(work: Work, project_id: UUID, employer_id: UUID, month: date) -> bool:
    """Close a month (any day of it) of an employer's worker days on a project; False when it was closed.

    In the caller's write transaction, under the caller's permission. From its commit on repairs of the month are
    refused, and a late swipe is kept and listed (`counted` false) but changes nothing of it.
    """
    driver, first = await work.driver(), month.replace(day=1)
    await repository.hold(driver, project_id, employer_id)
    locked = await repository.lock(driver, project_id, employer_id, first, work.now)
    if locked:
        after = {"project_id": str(project_id), "employer_id": str(employer_id), "month": first.isoformat()}
        work.audit("months.lock", "locked_month", _id(project_id, employer_id, first), None, after)
    return locked


async def unlock_month(work: Work, project_id: UUID, employer_id: UUID, month: date) -> bool:
    """Open a month again, and count what came meanwhile; False when it was open. Emits the change as one fact."""
    driver, first = await work.driver(), month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    await repository.hold(driver, project_id, employer_id)
    if not await repository.unlock(driver, project_id, employer_id, first):
        return False
    city = await days.project_city(await work.writing(), project_id)
    rule, books = await terms(work, project_id, city or EVERYWHERE, since=first - timedelta(days=1))
    span = rules.day_begins(first, rule), rules.day_begins(last + timedelta(days=1), rule)
    late, deltas = await repository.recount(driver, project_id, employer_id, span, last, rule, books)
    if late or deltas:
        work.emit(events.recorded(new_id(), project_id, None, deltas, 0))
    before = {"project_id": str(project_id), "employer_id": str(employer_id), "month": first.isoformat()}
    work.audit("months.unlock", "locked_month", _id(project_id, employer_id, first), before, {"late_swipes": late})
    return True


def _id(project_id: UUID, employer_id: UUID, first: date) -> UUID:
    # A locked month is known by three things; the audit names one id.
    return uuid5(NAMESPACE_OID, f"{project_id}/{employer_id}/{first}")


async def page(work: Work, project_id: UUID, request: PageRequest) -> Page[LockedMonth]:
    """The locked months of a project that the caller may see, latest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, project_id, request)
