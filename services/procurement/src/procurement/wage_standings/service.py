"""The check where a deal begins. Labour is asked before anything is written (design rule 6), and when it does not
answer nothing begins: docs/decisions/0020. What buyers look at stands in commands/hints.py."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from uuid import UUID

from chassis.work import Work
from procurement.clients.labour import LabourDirectory
from procurement.wage_standings import errors, repository, rules
from procurement.wage_standings.rules import Deal, Judged

AT_ONCE = 8
"""Questions on their way to labour together."""


async def judged(work: Work, supplier_ids: Collection[UUID], labour: LabourDirectory) -> list[Judged]:
    """For other slices: how these organisations stand today, in the order of their ids, and what follows from it."""
    sanctions = rules.in_force(repository.sanctions(), work.today)
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(supplier_id: UUID) -> Judged:
        async with turn:
            return rules.judge(await labour.standing(supplier_id, work.today), sanctions)

    return list(await asyncio.gather(*(ask(one) for one in sorted(set(supplier_ids)))))


async def demand_engageable(work: Work, supplier_ids: Collection[UUID], deal: Deal, labour: LabourDirectory) -> None:
    """For awards, agreements and orders, before they write: nobody of these is listed for wage arrears today.

    FailedPrecondition SUPPLIER_WAGE_LISTED; Unavailable LABOUR_UNAVAILABLE, DeadlineExceeded when labour is away.
    """
    for one in await judged(work, supplier_ids, labour):
        if deal in one.refuses and one.standing.listing is not None:
            raise errors.wage_listed(one.standing.organisation_id, one.standing.listing)
