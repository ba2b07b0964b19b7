"""The check where a deal begins or grows. Labour is asked before anything is written (design rule 6), and without an
answer neither happens: docs/decisions/0020. What buyers look at stands in commands/hints.py."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from chassis.work import Work
from procurement.clients.labour import LabourDirectory
from procurement.wage_standings import errors, repository, rules
from procurement.wage_standings.rules import Deal, Judged


async def judged(work: Work, supplier_ids: Collection[UUID], labour: LabourDirectory) -> list[Judged]:
    """For other slices: how these organisations stand today, in the order of their ids, and what follows from it."""
    asked = sorted(set(supplier_ids))
    if not asked:
        return []
    sanctions = rules.in_force(repository.sanctions(), work.today)
    return [rules.judge(one, sanctions) for one in await labour.standings(asked, work.today)]


async def demand_engageable(work: Work, supplier_ids: Collection[UUID], deal: Deal, labour: LabourDirectory) -> None:
    """For every deal, before it is written or added to: nobody of these is listed for wage arrears today.

    FailedPrecondition SUPPLIER_WAGE_LISTED; Unavailable LABOUR_UNAVAILABLE, DeadlineExceeded when labour is away.
    """
    for one in await judged(work, supplier_ids, labour):
        if deal in one.refuses and one.standing.listing is not None:
            raise errors.wage_listed(one.standing.organisation_id, one.standing.listing)
