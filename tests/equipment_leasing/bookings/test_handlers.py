"""The job that ends a hold: early, when due, twice, and after somebody was faster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import service_principal
from equipment_leasing.bookings import handlers, service
from equipment_leasing.bookings.rules import HOLD
from equipment_leasing.bookings.states import State
from tests.equipment_leasing.bookings.test_service import days, hold, read
from tests.equipment_leasing.conftest import Yard
from tests.harness import Harness


async def test_a_hold_lapses_by_its_job(yard: Yard, equipment: Harness) -> None:
    """The job stands in the hold's transaction; run early it does nothing, run when due it releases, run twice once."""
    listing_id = await yard.listing()
    booking = await hold(yard, listing_id, days(0, 5))
    async with equipment.sql() as connection:
        job = await connection.fetchrow(
            "SELECT entrypoint, execute_after - created AS pause FROM pgqueuer WHERE payload = $1",
            f'{{"booking_id":"{booking.id}"}}'.encode(),
        )
    assert job is not None
    assert job["entrypoint"] == "bookings.release-hold"
    assert abs(job["pause"] - HOLD) < timedelta(minutes=1)
    ours = service_principal("equipment-leasing")
    payload = {"booking_id": str(booking.id)}
    for advance, state in ((HOLD - timedelta(seconds=1), State.HELD), (timedelta(seconds=1), State.RELEASED)):
        equipment.clock.advance(advance)
        async with equipment.work(ours) as work:
            await handlers.release_hold(work, payload)
        assert (await read(yard, booking.id)).state == state
    async with equipment.work(ours) as work:
        await handlers.release_hold(work, payload)
    found = await read(yard, booking.id)
    assert (found.version, found.reason) == (2, "HOLD_LAPSED")
    assert await equipment.audited(booking.id) == ["bookings.hold", "bookings.release"]
    assert (await hold(yard, listing_id, days(2, 5))).state == State.HELD


async def test_a_confirmed_booking_does_not_lapse(yard: Yard, equipment: Harness) -> None:
    booking_id = await yard.booking("confirmed")
    equipment.clock.advance(HOLD * 2)
    async with equipment.work(service_principal("equipment-leasing")) as work:
        await service.lapse(work, booking_id)
    assert (await read(yard, booking_id)).state == State.CONFIRMED


async def test_people_may_not_lapse_a_hold(yard: Yard, equipment: Harness) -> None:
    booking_id = await yard.booking("held")
    before = await equipment.checksum()
    with pytest.raises(PermissionDenied):
        async with equipment.work(yard.manager) as work:
            await service.lapse(work, booking_id)
    assert await equipment.checksum() == before
