"""Are our labour days (工日) those of labour: our sums of facts beside labour's own rows, after a replay or any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.clients.labour import LabourDirectory
from project_mgmt.indicators import errors, repository, rules
from project_mgmt.indicators.rules import DAY_UNIT, Difference, IndicatorFilters, Measure, Reconciled
from project_mgmt.projects import repository as projects

MOST_DAYS = 366
USUAL_DAYS = 31


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether both say the same from a first to a last day; `days` is how many figures were compared."""

    project_id: UUID
    day_from: date
    day_to: date
    sums: Reconciled
    as_of: datetime

    @property
    def equal(self) -> bool:
        """No figure differs."""
        return not self.sums.differences

    @property
    def differences(self) -> Sequence[Difference]:
        """By day and employer."""
        return self.sums.differences


async def labour_days(
    work: Work, project_id: UUID, first: date | None, last: date | None, labour: LabourDirectory
) -> Reconciliation:
    """Compare labour days per employer and day, of the last 31 days when none are named, of 366 at most.

    A fact that is on its way between the two questions shows as a difference, and is gone when it is asked again.
    InvalidArgument SPAN_TOO_LONG; Unavailable LABOUR_UNAVAILABLE, DeadlineExceeded: nothing is said without labour.
    """
    work.require(permissions.INDICATORS_READ)
    day_to = last or max(work.today, first or work.today)
    day_from = first or day_to - timedelta(days=USUAL_DAYS - 1)
    if day_to - day_from >= timedelta(days=MOST_DAYS):
        raise errors.span_too_long(MOST_DAYS)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, project_id, work.today)
    theirs = await labour.labour_days(project.id, day_from, day_to)
    wanted = IndicatorFilters(day_from, day_to, Measure.LABOUR_DAYS)
    async with work.reading() as session:
        ours = await repository.by_day_and_detail(session, project.id, wanted, DAY_UNIT)
    sums = rules.reconcile(ours, {(one.day, str(one.employer_id)): one.worker_days for one in theirs.days})
    return Reconciliation(project.id, day_from, day_to, sums, theirs.as_of)
