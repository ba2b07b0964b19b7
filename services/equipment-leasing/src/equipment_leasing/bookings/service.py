"""Use cases of bookings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.clock import shanghai_day
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from equipment_leasing import permissions
from equipment_leasing.bookings import errors, repository, rules, states
from equipment_leasing.bookings.models import Booking
from equipment_leasing.bookings.repository import BookingFilter
from equipment_leasing.bookings.rules import Window
from equipment_leasing.bookings.states import Action, State
from equipment_leasing.clients.labour import LabourDirectory
from equipment_leasing.clients.projects import ProjectDirectory
from equipment_leasing.hours.service import recount_since
from equipment_leasing.listings import repository as listings
from equipment_leasing.listings.models import Listing, RentBasis
from equipment_leasing.listings.states import State as ListingState
from equipment_leasing.machines import repository as machines
from equipment_leasing.machines.models import Machine
from equipment_leasing.machines.rulebook import rulebook
from equipment_leasing.machines.rules import Reason
from equipment_leasing.machines.service import bans_of, refuse_banned

RELEASE_JOB = "bookings.release-hold"
HOLDING = ("planned", "active", "suspended")
"""States of a project for which a machine may be held; a machine is handed over to an active one only."""

_AUDITED = ("state", "first_day", "last_day", "reason", "handed_over_at", "operator_worker_id", "returned_at")


@dataclass(frozen=True, slots=True)
class HoldMachine:
    """Ask for a listed machine on some days (inclusive) for a project of the caller's."""

    listing_id: UUID
    project_id: UUID
    window: Window
    rent_basis: RentBasis


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a booking, the version that the caller saw, and why (empty when no reason is needed)."""

    booking_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The machine goes to the project; `at` None means now. The operator is needed where its kind demands a trade."""

    booking_id: UUID
    expected_version: int | None
    operator_worker_id: UUID | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """The machine came back; `at` None means now."""

    booking_id: UUID
    expected_version: int | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A closed booking and those behind it that a late return pushed."""

    booking: Booking
    pushed: Sequence[Booking]

    @property
    def version(self) -> int:
        """Of the closed booking, for the ETag."""
        return self.booking.version


@dataclass(frozen=True, slots=True)
class OnSite:
    """A machine that stands on a project, and the bans that apply to it today."""

    booking: Booking
    machine: Machine
    bans: tuple[Reason, ...]


async def hold(work: Work, command: HoldMachine, projects: ProjectDirectory) -> Booking:
    """Keep a machine for the caller until the lessor confirms, at most `rules.HOLD`.

    FailedPrecondition MACHINE_NOT_FREE (with the days that are taken, not by whom), MACHINE_BANNED, LISTING_NOT_OPEN,
    LESSEE_NOT_A_PARTY, PROJECT_NOT_OPEN, RENT_NOT_OFFERED.
    """
    work.require(permissions.BOOKINGS_HOLD)
    rules.check_window(command.window, work.today)
    async with work.reading() as session:
        listing = await listings.get(session, work.principal, command.listing_id)
        _demand_open(listing, command.rent_basis, work.principal.organisation_id)
        taken = await repository.conflict(session, listing.machine_id, command.window, work.today)
    if taken is not None:
        raise errors.machine_not_free(taken)
    day = max(command.window.first, work.today)
    await _demand_party(projects, command.project_id, work.principal.organisation_id, day, HOLDING)
    session = await work.writing()
    # Holds of one machine queue here, so that the second is told which days are taken.
    machine = await machines.lock(session, listing.machine_id)
    listing = await listings.get(session, work.principal, command.listing_id)
    rent = _demand_open(listing, command.rent_basis, work.principal.organisation_id)
    refuse_banned(machine, work.today)
    taken = await repository.conflict(session, machine.id, command.window, work.today)
    if taken is not None:
        raise errors.machine_not_free(taken)
    booking = _held(work, command, listing, rent)
    await repository.save(session, booking)
    await work.enqueue(RELEASE_JOB, {"booking_id": str(booking.id)}, due=booking.hold_expires_at)
    fields = audit.fields(booking, "machine_id", "project_id", "state", "first_day", "last_day", "rent", "rent_basis")
    work.audit("bookings.hold", "booking", booking.id, None, fields)
    return booking


async def get(work: Work, booking_id: UUID) -> Booking:
    """One booking."""
    work.require(permissions.BOOKINGS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, booking_id)


async def page(work: Work, wanted: BookingFilter, request: PageRequest) -> Page[Booking]:
    """The caller's bookings, newest first."""
    work.require(permissions.BOOKINGS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def confirm(work: Work, command: Verb) -> Booking:
    """The lessor takes a hold; FailedPrecondition HOLD_LAPSED, MACHINE_BANNED."""
    work.require(permissions.BOOKINGS_CONFIRM)
    booking = await _locked(work, command.booking_id, command.expected_version, Action.CONFIRM, lessor=True)
    states.BOOKING.apply(booking.state, Action.CONFIRM)
    if booking.hold_expires_at <= work.now:
        raise errors.hold_lapsed(booking.hold_expires_at)
    machine = await machines.lock(await work.writing(), booking.machine_id)
    refuse_banned(machine, work.today)
    return await _apply(work, booking, Action.CONFIRM)


async def release(work: Work, command: Verb) -> Booking:
    """The lessee gives a hold up."""
    work.require(permissions.BOOKINGS_HOLD)
    booking = await _locked(work, command.booking_id, command.expected_version, Action.RELEASE, lessor=False)
    return await _apply(work, booking, Action.RELEASE, reason=command.reason)


async def cancel(work: Work, command: Verb) -> Booking:
    """Either side calls a confirmed booking off before the hand-over, and says why."""
    work.require(permissions.BOOKINGS_CANCEL)
    booking = await _locked(work, command.booking_id, command.expected_version, Action.CANCEL, lessor=None)
    return await _apply(work, booking, Action.CANCEL, reason=command.reason)


async def lapse(work: Work, booking_id: UUID) -> None:
    """End a hold whose time is over; does nothing when it was confirmed, released or lapsed meanwhile."""
    work.require(permissions.BOOKINGS_LAPSE)
    session = await work.writing()
    booking = await repository.get_for_update(session, work.principal, booking_id)
    if booking.state is State.HELD and booking.hold_expires_at <= work.now:
        await _apply(work, booking, Action.RELEASE, reason="HOLD_LAPSED")


async def hand_over(work: Work, command: HandOver, projects: ProjectDirectory, labour: LabourDirectory) -> Booking:
    """The machine goes to the project.

    It must be clear of bans that day and back from the booking before; the project must be active with the lessee as a
    party; labour must say that the operator may operate it (FailedPrecondition OPERATOR_REFUSED with its reasons).
    """
    work.require(permissions.BOOKINGS_HAND_OVER)
    at = command.at or work.now
    if at > work.now:
        raise errors.in_the_future("at")
    day = shanghai_day(at)
    async with work.reading() as session:
        booking = await repository.get(session, work.principal, command.booking_id)
        _demand_side(work, booking, Action.HAND_OVER, lessor=True)
        check_version(booking, command.expected_version)
        states.BOOKING.apply(booking.state, Action.HAND_OVER)
        machine = await machines.get(session, work.principal, work.today, booking.machine_id)
        _demand_ready(booking, machine, day, await repository.standing(session, machine.id))
    await _demand_party(projects, booking.project_id, booking.lessee_id, day, ("active",))
    certificate = await _verified(labour, booking.project_id, machine.kind, command.operator_worker_id, day)
    session = await work.writing()
    # What was asked must be what is handed over: a push or a cancellation in between changes the version.
    booking = await _locked(work, booking.id, booking.version, Action.HAND_OVER, lessor=True)
    machine = await machines.lock(session, booking.machine_id)
    _demand_ready(booking, machine, day, await repository.standing(session, machine.id))
    booking.handed_over_at = at
    booking.operator_worker_id = command.operator_worker_id
    booking.operator_certificate = certificate
    await _apply(work, booking, Action.HAND_OVER)
    await recount_since(work, booking.lessor_id, booking.machine_id, at)
    return booking


async def give_back(work: Work, command: Return) -> Returned:
    """The machine came back. The booking ends that day, early or late.

    A late return takes the days from the bookings behind it: they begin the day after (`pushed`), or end when no day of
    theirs is left.
    """
    work.require(permissions.BOOKINGS_HAND_OVER)
    at = command.at or work.now
    if at > work.now:
        raise errors.in_the_future("at")
    booking = await _locked(work, command.booking_id, command.expected_version, Action.RETURN, lessor=True)
    states.BOOKING.apply(booking.state, Action.RETURN)
    if booking.handed_over_at is not None and at < booking.handed_over_at:
        raise errors.before_hand_over(booking.handed_over_at)
    session = await work.writing()
    await machines.lock(session, booking.machine_id)
    day = shanghai_day(at)
    pushed = await _push(work, booking.machine_id, day)
    booking.returned_at = at
    booking.last_day = day
    await _apply(work, booking, Action.RETURN)
    await recount_since(work, booking.lessor_id, booking.machine_id, at)
    return Returned(booking, pushed)


async def machines_on_site(work: Work, project_id: UUID) -> list[OnSite]:
    """For another service: what stands on a project now, and whether it is clear of bans today."""
    work.require(permissions.MACHINES_ON_SITE)
    async with work.reading() as session:
        rows = await repository.on_site(session, project_id)
    return [OnSite(booking, machine, bans_of(machine, work.today)) for booking, machine in rows]


def _held(work: Work, command: HoldMachine, listing: Listing, rent: Decimal) -> Booking:
    """The rent is that of the listing now; a later revision does not change the booking."""
    return Booking(
        lessor_id=listing.lessor_id,
        lessee_id=work.principal.organisation_id,
        listing_id=listing.id,
        machine_id=listing.machine_id,
        project_id=command.project_id,
        state=states.BOOKING.initial,
        first_day=command.window.first,
        last_day=command.window.last,
        agreed_first_day=command.window.first,
        agreed_last_day=command.window.last,
        rent_basis=command.rent_basis,
        rent=rent,
        currency=listing.currency,
        hold_expires_at=work.now + rules.HOLD,
        created_at=work.now,
        updated_at=work.now,
    )


async def _push(work: Work, machine_id: UUID, returned_on: date) -> list[Booking]:
    session = await work.writing()
    waiting = {booking.id: booking for booking in await repository.waiting(session, machine_id, returned_on)}
    pushed = []
    for push in rules.pushes(returned_on, [(booking.id, booking.window) for booking in waiting.values()]):
        booking = waiting[push.booking_id]
        if push.window is None:
            ending = Action.RELEASE if booking.state is State.HELD else Action.CANCEL
            await _apply(work, booking, ending, reason="MACHINE_RETURNED_LATE")
        else:
            before = audit.fields(booking, *_AUDITED)
            booking.first_day = push.window.first
            touch(booking, work)
            await repository.save(session, booking)
            work.audit("bookings.push", "booking", booking.id, before, audit.fields(booking, *_AUDITED))
        pushed.append(booking)
    return pushed


async def _locked(
    work: Work, booking_id: UUID, expected_version: int | None, action: Action, *, lessor: bool | None
) -> Booking:
    session = await work.writing()
    booking = await repository.get_for_update(session, work.principal, booking_id)
    _demand_side(work, booking, action, lessor=lessor)
    check_version(booking, expected_version)
    return booking


async def _apply(work: Work, booking: Booking, action: Action, *, reason: str = "") -> Booking:
    before = audit.fields(booking, *_AUDITED)
    booking.state = states.BOOKING.apply(booking.state, action)
    booking.reason = reason or booking.reason
    touch(booking, work)
    await repository.save(await work.writing(), booking)
    work.audit(f"bookings.{action}", "booking", booking.id, before, audit.fields(booking, *_AUDITED))
    return booking


def _demand_side(work: Work, booking: Booking, action: Action, *, lessor: bool | None) -> None:
    sides = {True: [booking.lessor_id], False: [booking.lessee_id], None: [booking.lessor_id, booking.lessee_id]}
    if work.principal.organisation_id not in sides[lessor]:
        raise errors.not_yours(action)


def _demand_open(listing: Listing, basis: RentBasis, lessee_id: UUID) -> Decimal:
    if listing.lessor_id == lessee_id:
        raise errors.own_machine()
    if listing.state is not ListingState.LISTED:
        raise errors.listing_not_open(listing.state)
    rent = listing.rent(basis)
    if rent is None:
        raise errors.rent_not_offered(basis)
    return rent


def _demand_ready(booking: Booking, machine: Machine, day: date, standing: Booking | None) -> None:
    if not booking.window.holds(day):
        raise errors.outside_window(booking.window)
    if standing is not None:
        raise errors.machine_not_returned(standing.window)
    refuse_banned(machine, day)


async def _demand_party(
    projects: ProjectDirectory, project_id: UUID, lessee_id: UUID, day: date, allowed: Sequence[str]
) -> None:
    party = await projects.party(project_id, lessee_id, day)
    if not party.roles:
        raise errors.lessee_not_a_party(project_id)
    if party.project_state not in allowed:
        raise errors.project_not_open(party.project_state, allowed)


async def _verified(labour: LabourDirectory, project_id: UUID, kind: str, worker_id: UUID | None, day: date) -> str:
    """The number of the operator's certificate; empty for kinds whose operator needs none."""
    trade = rulebook().kinds[kind].operator_trade
    if trade is None:
        return ""
    if worker_id is None:
        raise errors.operator_needed(trade)
    verdict = await labour.verify_operator(project_id, worker_id, trade, day)
    if not verdict.allowed:
        raise errors.operator_refused(verdict.refusals)
    return verdict.certificate_number
