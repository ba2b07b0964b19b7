"""Statistics of a month are made once, when it is over, and never again.

Fixed cells (month × city × material) that are frozen cannot be subtracted from each other: no answer comes twice with
one deal more in it, and no filter cuts a cell in two. An order that is called off later stays in its frozen cell.
"""

from __future__ import annotations

from datetime import datetime, time

from chassis import jobs
from chassis.clock import SHANGHAI
from chassis.work import Work
from procurement import permissions
from procurement.prices import repository, rules
from procurement.units import service as units


async def freeze_months(work: Work, _: jobs.Payload) -> None:
    """Make the statistics of every month that is over and has none; safe to run twice."""
    work.require(permissions.PRICES_FREEZE)
    connection = await work.driver()
    this_month = datetime.combine(rules.first_of(work.today), time(), SHANGHAI)
    for month in await repository.open_months(connection, this_month):
        if not await repository.claim_month(connection, month, work.now):
            continue
        since, until = (datetime.combine(day, time(), SHANGHAI) for day in (month, rules.next_month(month)))
        cells = []
        async for code, region, deals in repository.deals(connection, since, until):
            if not rules.is_anonymous(deals):
                continue
            factors = (await units.factors(work, [code]))[code]
            cell = rules.cell(deals, factors, month)
            if cell is not None:
                cells.append((code, region, cell))
        await repository.insert_cells(connection, month, cells)
