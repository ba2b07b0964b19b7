"""REST door of listings: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import model_validator

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.faults import fault
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Amount
from equipment_leasing.bookings.rules import Window
from equipment_leasing.listings import service
from equipment_leasing.listings.models import RentBasis
from equipment_leasing.listings.repository import ListingFilter
from equipment_leasing.listings.schemas import DraftListingIn, ListingOut, ReviseListingIn
from equipment_leasing.listings.service import DraftListing, ReviseListing, Verb
from equipment_leasing.listings.states import State
from equipment_leasing.machines.schemas import Kind
from equipment_leasing.values import Day, District

router = APIRouter(prefix="/listings", tags=["listings"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class ListingFilters(Filters):
    """What to search for. `free_from` and `free_to` (inclusive) go together; `max_rent` is per `rent_basis`."""

    kind: Kind | None = None
    district: District | None = None
    state: State | None = None
    lessor_id: UUID | None = None
    machine_id: UUID | None = None
    free_from: Day | None = None
    free_to: Day | None = None
    rent_basis: RentBasis | None = None
    max_rent: Amount | None = None

    @model_validator(mode="after")
    def _whole_window(self) -> ListingFilters:
        if (self.free_from is None) != (self.free_to is None):
            raise fault(
                "WINDOW_INCOMPLETE", zh="free_from 与 free_to 须同时给出", en="free_from and free_to go together"
            )
        if self.free_from is not None and self.free_to is not None and self.free_to < self.free_from:
            raise fault("DATES_BACKWARDS", zh="free_to 早于 free_from", en="free_to is before free_from")
        return self

    def wanted(self) -> ListingFilter:
        """As the repository takes it."""
        free = None
        if self.free_from is not None and self.free_to is not None:
            free = Window(self.free_from, self.free_to)
        return ListingFilter(**self.model_dump(exclude={"free_from", "free_to"}), free=free)


@router.post(
    "",
    operation_id="draftListing",
    status_code=201,
    response_model=ListingOut,
    responses=problems(NotFound, AlreadyExists),
)
async def draft(body: DraftListingIn, edge: EdgeDep) -> Response:
    """Write a draft offer of one of the caller's machines."""
    command = DraftListing(**body.model_dump())
    return await edge.write(lambda work: service.draft(work, command), ListingOut.of, status=201)


@router.get("", operation_id="listListings", response_model=PageOut[ListingOut], responses=problems())
async def search(filters: Annotated[ListingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Search what is offered, newest first; the lessor finds its drafts here as well."""
    wanted = filters.wanted()
    return await edge.page(lambda work: service.page(work, wanted, page), ListingOut.of)


@router.get("/{listing_id}", operation_id="getListing", response_model=ListingOut, responses=problems(NotFound))
async def get(listing_id: UUID, edge: EdgeDep) -> Response:
    """One offer."""
    return await edge.read(lambda work: service.get(work, listing_id), ListingOut.of)


@router.put("/{listing_id}", operation_id="reviseListing", response_model=ListingOut, responses=VERB_ERRORS)
async def revise(listing_id: UUID, body: ReviseListingIn, edge: EdgeDep) -> Response:
    """Replace the terms of an offer; If-Match is required. Bookings keep the rent that they were made at."""
    command = ReviseListing(listing_id, edge.required_version, body.model_dump())
    return await edge.change(lambda work: service.revise(work, command), ListingOut.of)


@router.post("/{listing_id}:publish", operation_id="publishListing", response_model=ListingOut, responses=VERB_ERRORS)
async def publish(listing_id: UUID, edge: EdgeDep) -> Response:
    """Open a draft to everybody. A machine under a ban of decree 166 is refused, with all bans that apply."""
    command = Verb(listing_id, edge.expected_version)
    return await edge.write(lambda work: service.publish(work, command), ListingOut.of)


@router.post("/{listing_id}:withdraw", operation_id="withdrawListing", response_model=ListingOut, responses=VERB_ERRORS)
async def withdraw(listing_id: UUID, edge: EdgeDep) -> Response:
    """Take an offer back; bookings that stand stay."""
    command = Verb(listing_id, edge.expected_version)
    return await edge.write(lambda work: service.withdraw(work, command), ListingOut.of)
