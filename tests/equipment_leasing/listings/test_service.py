"""Use cases of listings on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition
from chassis.pages import PageRequest
from equipment_leasing.listings import service
from equipment_leasing.listings.models import Listing
from equipment_leasing.listings.repository import ListingFilter
from equipment_leasing.listings.service import DraftListing, Verb
from equipment_leasing.listings.states import State
from tests.equipment_leasing.conftest import Yard
from tests.harness import Harness


async def test_parallel_drafts_of_one_machine_make_one(yard: Yard, equipment: Harness) -> None:
    machine_id = await yard.clear_machine()
    command = DraftListing(machine_id, "nanshan", "CNY", Decimal("1.00"), None, None, None, "")

    async def draft() -> Listing:
        async with equipment.work(yard.manager) as work:
            return await service.draft(work, command)

    outcomes = await asyncio.gather(*(draft() for _ in range(8)), return_exceptions=True)
    [made] = [one for one in outcomes if isinstance(one, Listing)]
    assert {type(one) for one in outcomes if one is not made} == {AlreadyExists}
    async with equipment.work(yard.manager) as work:
        page = await service.page(work, ListingFilter(machine_id=machine_id), PageRequest())
    assert [(one.id, one.state) for one in page.items] == [(made.id, State.DRAFT)]


async def test_a_ban_is_asked_for_at_publishing_not_at_drafting(yard: Yard, equipment: Harness) -> None:
    """A draft may wait for its papers; publishing is refused and the draft stays as it was."""
    listing_id = await yard.listing(await yard.machine(), publish=False)
    before = await equipment.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with equipment.work(yard.manager) as work:
            await service.publish(work, Verb(listing_id, None))
    assert refusal.value.metadata["bans"] == "INSPECTION_MISSING,SAFETY_DEVICE_MISSING,NOT_REGISTERED"
    assert await equipment.checksum() == before
