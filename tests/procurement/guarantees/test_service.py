"""What becomes of a guarantee under parallel hands."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from chassis.errors import FailedPrecondition
from chassis.identity import Role
from procurement.guarantees import service
from procurement.guarantees.service import Verb
from tests.harness import Harness
from tests.procurement.conftest import Site
from tests.procurement.guarantees.test_endpoints import recorded


async def test_a_guarantee_is_claimed_or_released_once(procurement: Harness, site: Site) -> None:
    """Ten at once, five to give it back and five to draw on it: one wins, the others are told how it stands."""
    made = await recorded(procurement, site)
    command = Verb(made, None, "供应商逾期未供货")

    async def end(number: int) -> str:
        async with procurement.work(site.contractor.as_(Role.APPROVER, Role.ACCOUNTANT)) as work:
            if number % 2:
                return (await service.release(work, command)).state
            return (await service.claim(work, command, Decimal("10.00"))).state

    outcomes = await asyncio.gather(*(end(number) for number in range(10)), return_exceptions=True)
    won = [one for one in outcomes if isinstance(one, str)]
    lost = [one for one in outcomes if isinstance(one, FailedPrecondition)]
    assert (len(won), len(lost)) == (1, 9)
    assert {one.metadata["state"] for one in lost} == {won[0]}
    verb = {"released": "guarantees.release", "claimed": "guarantees.claim"}[won[0]]
    assert await procurement.audited(made) == ["guarantees.record", verb]
