"""Use cases of listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from equipment_leasing import permissions
from equipment_leasing.listings import repository, states
from equipment_leasing.listings.models import Listing
from equipment_leasing.listings.repository import ListingFilter
from equipment_leasing.listings.states import Action
from equipment_leasing.machines import repository as machines
from equipment_leasing.machines.service import refuse_banned

TERMS = ("district", "monthly_rent", "daily_rent", "shift_rent", "mobilisation_fee", "remark")


@dataclass(frozen=True, slots=True)
class DraftListing:
    """An offer of one machine; amounts in `currency`, None for what is not offered."""

    machine_id: UUID
    district: str
    currency: str
    monthly_rent: Decimal | None
    daily_rent: Decimal | None
    shift_rent: Decimal | None
    mobilisation_fee: Decimal | None
    remark: str


@dataclass(frozen=True, slots=True)
class ReviseListing:
    """New terms of an offer, by field name."""

    listing_id: UUID
    expected_version: int | None
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a listing and the version that the caller saw."""

    listing_id: UUID
    expected_version: int | None


async def draft(work: Work, command: DraftListing) -> Listing:
    """Write a draft for a machine of the caller's; a banned one may be drafted, not published."""
    work.require(permissions.LISTINGS_OFFER)
    session = await work.writing()
    machine = await machines.own_for_update(session, work.principal, command.machine_id)
    listing = Listing(
        lessor_id=machine.lessor_id,
        machine_id=machine.id,
        machine=machine,
        kind=machine.kind,
        state=states.LISTING.initial,
        currency=command.currency,
        created_at=work.now,
        updated_at=work.now,
        **{name: getattr(command, name) for name in TERMS},
    )
    await repository.save(session, listing)
    work.audit("listings.draft", "listing", listing.id, None, audit.fields(listing, "machine_id", "state", *TERMS))
    return listing


async def get(work: Work, listing_id: UUID) -> Listing:
    """One listing with its machine."""
    work.require(permissions.LISTINGS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, listing_id)


async def page(work: Work, wanted: ListingFilter, request: PageRequest) -> Page[Listing]:
    """Search listings, newest first."""
    work.require(permissions.LISTINGS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def revise(work: Work, command: ReviseListing) -> Listing:
    """Replace the terms of a draft or a published listing; bookings keep the rent that they were made at."""
    work.require(permissions.LISTINGS_OFFER)
    session = await work.writing()
    listing = await repository.own_for_update(session, work.principal, command.listing_id)
    check_version(listing, command.expected_version)
    listing.state = states.LISTING.apply(listing.state, Action.REVISE)
    before = audit.fields(listing, *TERMS)
    for name in TERMS:
        setattr(listing, name, command.terms[name])
    touch(listing, work)
    await repository.save(session, listing)
    work.audit("listings.revise", "listing", listing.id, before, audit.fields(listing, *TERMS))
    return listing


async def publish(work: Work, command: Verb) -> Listing:
    """Open a draft to everybody; FailedPrecondition MACHINE_BANNED names every ban that applies today."""
    return await _apply(work, command, Action.PUBLISH)


async def withdraw(work: Work, command: Verb) -> Listing:
    """Take an offer back; bookings that stand stay."""
    return await _apply(work, command, Action.WITHDRAW)


async def _apply(work: Work, command: Verb, action: Action) -> Listing:
    work.require(permissions.LISTINGS_OFFER)
    session = await work.writing()
    listing = await repository.own_for_update(session, work.principal, command.listing_id)
    check_version(listing, command.expected_version)
    before = audit.fields(listing, "state")
    listing.state = states.LISTING.apply(listing.state, action)
    if action is Action.PUBLISH:
        # The machine is locked, so that its file cannot lose a paper while it is being published.
        machine = await machines.lock(session, listing.machine_id)
        refuse_banned(machine, work.today)
    touch(listing, work)
    await repository.save(session, listing)
    work.audit(f"listings.{action}", "listing", listing.id, before, audit.fields(listing, "state"))
    return listing
