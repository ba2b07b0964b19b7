"""Use cases of own codes on a real PostgreSQL."""

from __future__ import annotations

import asyncio

from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from procurement.buyer_codes import service
from procurement.buyer_codes.repository import BuyerCodeFilter
from procurement.buyer_codes.rules import OwnCode
from tests.harness import Harness, organisation
from tests.procurement.catalogue import bar


async def test_two_batches_at_once_leave_one_row(procurement: Harness) -> None:
    """Whoever comes second finds the row of the first."""
    buyer, code = organisation(Kind.CONTRACTOR).as_(Role.BUYER), await bar(procurement)

    async def map_it(name: str) -> str:
        async with procurement.work(buyer) as work:
            report = await service.upsert(work, [OwnCode(0, "A", code, name)])
        return report.taken[0].status

    done = await asyncio.gather(*(map_it(str(number)) for number in range(5)))
    async with procurement.work(buyer) as work:
        [row] = (await service.page(work, BuyerCodeFilter(own_code="A"), PageRequest())).items
    assert done.count("unchanged") == 0
    assert row.version == 5


async def test_a_batch_without_a_good_row_leaves_no_trace(procurement: Harness) -> None:
    buyer = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    before = await procurement.checksum()
    async with procurement.work(buyer) as work:
        report = await service.upsert(work, [OwnCode(0, "A", "00000000", "")])
    assert (report.taken, len(report.refused)) == ((), 1)
    assert await procurement.checksum() == before
