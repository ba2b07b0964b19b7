"""Use cases of bookings on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from chassis.errors import FailedPrecondition, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from equipment_leasing.bookings import service
from equipment_leasing.bookings.models import Booking
from equipment_leasing.bookings.repository import BookingFilter
from equipment_leasing.bookings.rules import HOLD, Window
from equipment_leasing.bookings.service import HandOver, HoldMachine, Return, Verb
from equipment_leasing.bookings.states import State
from equipment_leasing.clients.labour import Refusal
from equipment_leasing.clients.projects import Party
from equipment_leasing.listings.models import RentBasis
from tests.equipment_leasing.conftest import TODAY, Yard
from tests.harness import Harness, organisation


def days(first: int, last: int) -> Window:
    """A window counted from today."""
    return Window(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


async def hold(yard: Yard, listing_id: UUID, window: Window, who: Principal | None = None) -> Booking:
    command = HoldMachine(listing_id, yard.project_id, window, RentBasis.MONTH)
    async with yard.harness.work(who or yard.buyer) as work:
        return await service.hold(work, command, yard.projects)


async def read(yard: Yard, booking_id: UUID) -> Booking:
    async with yard.harness.work(yard.manager) as work:
        return await service.get(work, booking_id)


async def refusal(yard: Yard, listing_id: UUID, window: Window, who: Principal | None = None) -> FailedPrecondition:
    """Why a hold is refused; it changes nothing."""
    before = await yard.harness.checksum()
    with pytest.raises(FailedPrecondition) as refused:
        await hold(yard, listing_id, window, who)
    assert await yard.harness.checksum() == before
    return refused.value


async def test_twenty_parallel_holds_make_one_booking(yard: Yard, equipment: Harness) -> None:
    """Different contractors, different overlapping days, one machine: exactly one gets it."""
    listing_id = await yard.listing()
    buyers = []
    for _ in range(20):
        contractor = organisation(Kind.CONTRACTOR)
        yard.projects.parties[yard.project_id, contractor.id] = Party(frozenset({"general_contractor"}), "active")
        buyers.append(contractor.as_(Role.BUYER))
    outcomes = await asyncio.gather(
        *(hold(yard, listing_id, days(number % 5, 5 + number), who) for number, who in enumerate(buyers)),
        return_exceptions=True,
    )
    won = [one for one in outcomes if isinstance(one, Booking)]
    lost = [one for one in outcomes if not isinstance(one, Booking)]
    assert len(won) == 1
    assert {getattr(one, "reason", repr(one)) for one in lost} == {"MACHINE_NOT_FREE"}
    async with equipment.sql() as connection:
        count = await connection.fetchval("SELECT count(*) FROM bookings WHERE listing_id = $1", listing_id)
    assert count == 1


async def test_the_database_itself_refuses_an_overlap(yard: Yard, equipment: Harness) -> None:
    """The last word is the constraint's: a row written past the service is refused; a released one takes nothing."""
    booking_id = await yard.booking("held", first=0, last=5)
    copy = """
        INSERT INTO bookings SELECT (jsonb_populate_record(b, jsonb_build_object(
            'id', $2::text, 'first_day', $3::text, 'last_day', $4::text, 'state', $5::text))).*
        FROM bookings b WHERE id = $1
    """
    async with equipment.sql() as connection:
        for state in ("held", "confirmed"):
            with pytest.raises(asyncpg.ExclusionViolationError, match="bookings_no_overlap"):
                await connection.execute(copy, booking_id, str(new_id()), "2026-11-28", "2026-12-01", state)
        await connection.execute(copy, booking_id, str(new_id()), "2026-11-28", "2026-12-01", "released")
        await connection.execute(copy, booking_id, str(new_id()), "2026-11-29", "2026-12-01", "held")


async def test_the_constraint_is_told_as_machine_not_free(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the friendlier question is not asked, the constraint's refusal is the same to the caller."""
    listing_id = await yard.listing()
    await hold(yard, listing_id, days(0, 5))

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr("equipment_leasing.bookings.repository.conflict", nothing)
    refused = await refusal(yard, listing_id, days(5, 6))
    assert refused.reason == "MACHINE_NOT_FREE"


async def test_the_refusal_names_the_days_and_not_the_other_lessee(yard: Yard) -> None:
    listing_id = await yard.listing()
    rival = organisation(Kind.CONTRACTOR)
    yard.projects.parties[yard.project_id, rival.id] = Party(frozenset({"specialist_subcontractor"}), "active")
    await hold(yard, listing_id, days(2, 4), rival.as_(Role.PROJECT_MANAGER))
    refused = await refusal(yard, listing_id, days(4, 9))
    assert refused.reason == "MACHINE_NOT_FREE"
    assert refused.metadata == {"taken_first_day": "2026-11-25", "taken_last_day": "2026-11-27"}
    assert str(rival.id) not in repr(refused)
    assert (await hold(yard, listing_id, days(5, 9))).first_day == date(2026, 11, 28)


async def test_whose_project_it_is_not_may_not_hold(yard: Yard) -> None:
    """project-mgmt says no roles, another state, or that there is no such project."""
    listing_id = await yard.listing()
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    assert (await refusal(yard, listing_id, days(0, 1), stranger)).reason == "LESSEE_NOT_A_PARTY"
    yard.projects.parties[yard.project_id, yard.contractor.id] = Party(frozenset({"owner"}), "completed")
    refused = await refusal(yard, listing_id, days(0, 1))
    assert (refused.reason, refused.metadata["project_state"]) == ("PROJECT_NOT_OPEN", "completed")
    yard.projects.projects.discard(yard.project_id)
    with pytest.raises(NotFound) as missing:
        await hold(yard, listing_id, days(0, 1))
    assert missing.value.reason == "PROJECT_NOT_FOUND"


async def test_party_is_asked_for_the_first_day(yard: Yard) -> None:
    """A contractor that joins next month may hold for next month."""
    listing_id = await yard.listing()
    await hold(yard, listing_id, days(30, 40))
    assert yard.projects.asked[-1] == (yard.project_id, yard.contractor.id, TODAY + timedelta(days=30))
    await hold(yard, listing_id, days(-3, 5))
    assert yard.projects.asked[-1][2] == TODAY


async def test_only_what_is_offered_can_be_held(yard: Yard) -> None:
    machine_id = await yard.clear_machine()
    listing_id = await yard.listing(machine_id, monthly_rent=None)
    assert (await refusal(yard, listing_id, days(0, 1))).reason == "RENT_NOT_OFFERED"
    await yard.post(yard.manager, f"/listings/{listing_id}:withdraw")
    with pytest.raises(NotFound):
        await hold(yard, listing_id, days(0, 1))


async def test_a_machine_that_has_been_banned_since_is_not_held(yard: Yard) -> None:
    machine_id = await yard.clear_machine()
    listing_id = await yard.listing(machine_id)
    broken = {"checked_on": "2026-11-22", "devices": {"moment_limiter": "broken"}}
    await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", broken)
    refused = await refusal(yard, listing_id, days(0, 1))
    assert (refused.reason, refused.metadata["bans"]) == ("MACHINE_BANNED", "SAFETY_DEVICE_BROKEN")


async def test_a_hold_that_is_over_cannot_be_confirmed(yard: Yard, equipment: Harness) -> None:
    """Even while its job has not run yet."""
    booking_id = await yard.booking("held")
    equipment.clock.advance(HOLD)
    before = await equipment.checksum()
    with pytest.raises(FailedPrecondition) as refused:
        async with equipment.work(yard.manager) as work:
            await service.confirm(work, Verb(booking_id, None))
    assert refused.value.reason == "HOLD_LAPSED"
    assert await equipment.checksum() == before


async def hand_over(yard: Yard, booking_id: UUID, at: datetime | None = None, worker: UUID | None = None) -> Booking:
    async with yard.harness.work(yard.manager) as work:
        return await service.hand_over(
            work, HandOver(booking_id, None, worker or new_id(), at), yard.projects, yard.labour
        )


async def give_back(yard: Yard, booking_id: UUID, at: datetime | None = None) -> service.Returned:
    async with yard.harness.work(yard.manager) as work:
        return await service.give_back(work, Return(booking_id, None, at))


async def test_hand_over_asks_labour_and_project_mgmt(yard: Yard, equipment: Harness) -> None:
    booking_id = await yard.booking("confirmed")
    worker = new_id()
    booking = await hand_over(yard, booking_id, worker=worker)
    assert (booking.state, booking.operator_certificate) == (State.HANDED_OVER, "粤A042019000001")
    assert booking.handed_over_at == equipment.clock.now()
    assert yard.labour.asked[-1] == (yard.project_id, worker, "建筑起重机械司机", TODAY)
    assert yard.projects.asked[-1] == (yard.project_id, yard.contractor.id, TODAY)
    assert await equipment.audited(booking_id) == ["bookings.hold", "bookings.confirm", "bookings.hand-over"]


async def test_an_operator_without_certificate_is_refused_with_labours_reasons(yard: Yard, equipment: Harness) -> None:
    booking_id = await yard.booking("confirmed")
    worker = new_id()
    yard.labour.refused[worker] = (Refusal("CERTIFICATE_EXPIRED", "证书已到期", "the certificate expired"),)
    before = await equipment.checksum()
    with pytest.raises(FailedPrecondition) as refused:
        await hand_over(yard, booking_id, worker=worker)
    assert refused.value.reason == "OPERATOR_REFUSED"
    [fault] = refused.value.violations
    assert (fault.pointer, fault.code, fault.zh) == ("/operator_worker_id", "CERTIFICATE_EXPIRED", "证书已到期")
    assert await equipment.checksum() == before
    await hand_over(yard, booking_id)


async def test_who_needs_an_operator(yard: Yard, equipment: Harness) -> None:
    """A crane does; an excavator's driver needs no special trade, so labour is not asked."""
    crane = await yard.booking("confirmed")
    machine_id = await yard.machine(kind="excavator", model="EX200")
    digger = await yard.booking("confirmed", await yard.listing(machine_id))
    before = await equipment.checksum()
    with pytest.raises(FailedPrecondition) as refused:
        async with equipment.work(yard.manager) as work:
            await service.hand_over(work, HandOver(crane, None, None), yard.projects, yard.labour)
    assert refused.value.reason == "OPERATOR_NEEDED"
    assert await equipment.checksum() == before
    asked = len(yard.labour.asked)
    async with equipment.work(yard.manager) as work:
        await service.hand_over(work, HandOver(digger, None, None), yard.projects, yard.labour)
    assert len(yard.labour.asked) == asked


async def test_hand_over_needs_an_active_project_a_clear_machine_and_its_day(yard: Yard, equipment: Harness) -> None:
    machine_id = await yard.clear_machine()
    booking_id = await yard.booking("confirmed", await yard.listing(machine_id), first=1, last=9)

    async def reason() -> str:
        before = await equipment.checksum()
        with pytest.raises(FailedPrecondition) as refused:
            await hand_over(yard, booking_id)
        assert await equipment.checksum() == before
        return refused.value.reason

    assert await reason() == "OUTSIDE_WINDOW"
    equipment.clock.advance(timedelta(days=1))
    broken = {"checked_on": "2026-11-24", "devices": {"slewing_limit": "missing"}}
    await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", broken)
    assert await reason() == "MACHINE_BANNED"
    mended = {"checked_on": "2026-11-24", "devices": {"slewing_limit": "working"}}
    await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", mended)
    party = yard.projects.parties[yard.project_id, yard.contractor.id]
    yard.projects.parties[yard.project_id, yard.contractor.id] = Party(party.roles, "suspended")
    assert await reason() == "PROJECT_NOT_OPEN"
    yard.projects.parties[yard.project_id, yard.contractor.id] = Party(frozenset(), "active")
    assert await reason() == "LESSEE_NOT_A_PARTY"
    yard.projects.parties[yard.project_id, yard.contractor.id] = party
    await hand_over(yard, booking_id)


async def test_an_early_return_frees_the_days_behind_it(yard: Yard, equipment: Harness) -> None:
    listing_id = await yard.listing()
    booking_id = await yard.booking("handed_over", listing_id, first=0, last=30)
    equipment.clock.advance(timedelta(days=3))
    returned = await give_back(yard, booking_id)
    booking = returned.booking
    assert (booking.state, booking.first_day, booking.last_day) == (State.RETURNED, TODAY, TODAY + timedelta(days=3))
    assert booking.agreed_last_day == TODAY + timedelta(days=30)
    assert returned.pushed == []
    assert (await hold(yard, listing_id, days(4, 30))).state == State.HELD
    assert (await refusal(yard, listing_id, days(3, 3))).reason == "MACHINE_NOT_FREE"


async def test_a_late_return_pushes_the_next_bookings_and_says_so(yard: Yard, equipment: Harness) -> None:
    """Double bookings come from late returns: the next one begins later, a swallowed one ends, a later one stays."""
    listing_id = await yard.listing()
    late = await yard.booking("handed_over", listing_id, first=0, last=2)
    swallowed = await yard.booking("confirmed", listing_id, first=3, last=4)
    begun = await yard.booking("confirmed", listing_id, first=5, last=20)
    later = await yard.booking("confirmed", listing_id, first=21, last=25)
    equipment.clock.advance(timedelta(days=8))
    with pytest.raises(FailedPrecondition) as refused:
        await hand_over(yard, begun)
    assert refused.value.reason == "MACHINE_NOT_RETURNED"
    returned = await give_back(yard, late)
    assert returned.booking.last_day == TODAY + timedelta(days=8)
    assert [one.id for one in returned.pushed] == [swallowed, begun]
    found = {booking_id: await read(yard, booking_id) for booking_id in (swallowed, begun, later)}
    assert (found[swallowed].state, found[swallowed].reason) == (State.CANCELLED, "MACHINE_RETURNED_LATE")
    assert found[begun].window == days(9, 20)
    assert found[begun].agreed_first_day == TODAY + timedelta(days=5)
    assert found[later].window == days(21, 25)
    assert await equipment.audited(begun) == ["bookings.hold", "bookings.confirm", "bookings.push"]
    equipment.clock.advance(timedelta(days=1))
    assert (await hand_over(yard, begun)).state == State.HANDED_OVER


async def test_an_overdue_machine_is_not_free_today(yard: Yard, equipment: Harness) -> None:
    """Its booking is over, but it is not back: nobody gets it for today; for tomorrow it may be held."""
    listing_id = await yard.listing()
    await yard.booking("handed_over", listing_id, first=0, last=2)
    equipment.clock.advance(timedelta(days=5))
    refused = await refusal(yard, listing_id, days(5, 9))
    assert refused.reason == "MACHINE_NOT_FREE"
    assert refused.metadata["taken_last_day"] == (TODAY + timedelta(days=5)).isoformat()
    assert (await hold(yard, listing_id, days(6, 9))).state == State.HELD


async def test_times_that_cannot_be(yard: Yard, equipment: Harness) -> None:
    """Neither hand-over nor return lie in the future; a return is not before the hand-over."""
    booking_id = await yard.booking("confirmed")
    now = equipment.clock.now()
    for act in (hand_over, give_back):
        with pytest.raises(Exception, match="INVALID_ARGUMENT"):
            await act(yard, booking_id, now + timedelta(seconds=1))
    await hand_over(yard, booking_id, now)
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        await give_back(yard, booking_id, now - timedelta(seconds=1))


async def test_cancelling_and_releasing(yard: Yard, equipment: Harness) -> None:
    """The lessee releases a hold; either side cancels what is confirmed; a stranger sees nothing."""
    held, confirmed = await yard.booking("held"), await yard.booking("confirmed")
    other = await yard.booking("confirmed")
    before = await equipment.checksum()
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    for who, error in ((stranger, NotFound), (yard.manager, PermissionDenied)):
        with pytest.raises(error):
            async with equipment.work(who) as work:
                await service.release(work, Verb(held, None, "x"))
    with pytest.raises(FailedPrecondition):
        async with equipment.work(yard.manager) as work:
            await service.cancel(work, Verb(held, None, "x"))
    assert await equipment.checksum() == before
    async with equipment.work(yard.buyer) as work:
        await service.release(work, Verb(held, None, "not needed"))
        await service.cancel(work, Verb(confirmed, None, "not needed"))
    async with equipment.work(yard.manager) as work:
        await service.cancel(work, Verb(other, None, "machine burnt"))
    assert [(await read(yard, one)).state for one in (held, confirmed, other)] == [
        State.RELEASED,
        State.CANCELLED,
        State.CANCELLED,
    ]


async def test_lessor_and_lessee_see_a_booking_and_nobody_else(yard: Yard, equipment: Harness) -> None:
    booking_id = await yard.booking("handed_over")
    seeing = {
        yard.manager: True,
        yard.buyer: True,
        organisation(Kind.AUTHORITY).as_(Role.VIEWER): True,
        yard.owner.as_(Role.PROJECT_MANAGER): False,
        organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER): False,
    }
    for who, sees in seeing.items():
        async with equipment.work(who) as work:
            listed = await service.page(work, BookingFilter(project_id=yard.project_id), PageRequest())
            assert [one.id for one in listed.items] == ([booking_id] if sees else [])
            if not sees:
                with pytest.raises(NotFound):
                    await service.get(work, booking_id)
