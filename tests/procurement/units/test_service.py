"""Use cases of conversions on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from fractions import Fraction

from chassis.pages import PageRequest
from procurement.units import service
from procurement.units.models import EVERY_MATERIAL
from tests.harness import Harness
from tests.procurement.catalogue import CONVERSIONS, OPERATOR, bar


async def add(harness: Harness, code: str, row: str, *, hold: asyncio.Event | None = None) -> str:
    """Import one conversion; with `hold` its transaction stays open until that is set."""
    async with harness.work(OPERATOR) as work:
        report = await service.import_conversions(work, f"{CONVERSIONS}{code},{row},sample,2018-09-01\n".encode())
        if hold is not None:
            await hold.wait()
    return report.taken[0].status if report.taken else report.refused[0].violations[0].code


async def test_two_imports_at_once_leave_one_way(procurement: Harness) -> None:
    """m3 → t and m3 → m are each fine and two ways together: whoever comes second waits, sees the first, is refused."""
    code, hold = await bar(procurement), asyncio.Event()
    first = asyncio.create_task(add(procurement, code, "m3,t,785,100", hold=hold))
    await asyncio.sleep(0.3)
    second = asyncio.create_task(add(procurement, code, "m3,m,19873,1"))
    await asyncio.wait({second}, timeout=0.3)
    assert not second.done()
    hold.set()
    assert (await first, await second) == ("created", "CONVERSION_KNOWN_OTHERWISE")


async def test_every_conversion_is_audited_and_has_a_source(procurement: Harness) -> None:
    """Also those that are the same for every material, which come with the database."""
    code = await bar(procurement)
    async with procurement.work(OPERATOR) as work:
        rows = (await service.page(work, code, PageRequest(size=500))).items
    assert all(row.source for row in rows)
    [own] = [row for row in rows if row.material_code != EVERY_MATERIAL]
    assert await procurement.audited(own.id) == ["units.created"]


async def test_the_exact_factor_and_the_rounded_quantity(procurement: Harness) -> None:
    """A third of a gram is not hidden: the factor says it."""
    code = await bar(procurement)
    async with procurement.work(OPERATOR) as work:
        found = await service.convert(work, code, Decimal("1"), "kg", "m")
    assert (found.ratio, found.quantity) == (Fraction(200, 79), Decimal("2.531646"))
