"""REST door of listed employers: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.files.endpoints import FileStoreDep
from chassis.http.edge import Download, EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download
from labour.employer_listings import service
from labour.employer_listings.commands import repay
from labour.employer_listings.commands.repay import Paper
from labour.employer_listings.schemas import (
    AddDecisionIn,
    EmployerListingIn,
    EmployerListingOut,
    ListingReasonIn,
    ListingRulesOut,
    RepaymentIn,
    RepaymentOut,
    Uscc,
)
from labour.employer_listings.service import ListingFilter, Verb
from labour.employer_listings.states import State

router = APIRouter(tags=["employer-listings"])

VERB_ERRORS = problems(NotFound, AlreadyExists, FailedPrecondition, Aborted)
OUT, REPAID = EmployerListingOut.model_validate, RepaymentOut.model_validate
LISTING, REPAYMENT = "/employer-listings/{listing_id}", "/employer-repayments/{repayment_id}"


class ListingFilters(Filters):
    """Which listings to list."""

    employer_id: UUID | None = None
    uscc: Uscc | None = None
    state: State | None = None


@router.get(
    "/employer-listing-rules",
    operation_id="listEmployerListingRules",
    response_model=PageOut[ListingRulesOut],
    responses=problems(),
)
async def list_rules(page: PageDep, edge: EdgeDep) -> Response:
    """For how long an employer is listed, why, and when he may leave early, with sources."""
    return await edge.page(lambda work: service.listing_rules(work, page), ListingRulesOut.of)


@router.post(
    "/employer-listings",
    operation_id="listEmployer",
    status_code=201,
    response_model=EmployerListingOut,
    responses=problems(AlreadyExists),
)
async def list_employer(body: EmployerListingIn, edge: EdgeDep) -> Response:
    """An authority puts an employer that owes wages on the list (失信联合惩戒名单)."""
    new = body.plain()
    return await edge.write(lambda work: service.list_employer(work, new), OUT, status=201)


@router.get(
    "/employer-listings",
    operation_id="listListedEmployers",
    response_model=PageOut[EmployerListingOut],
    responses=problems(),
)
async def list_listings(filters: Annotated[ListingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Who is on the list today, published to every member; an employer sees his own, the authority all that is over."""
    wanted = ListingFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), OUT)


@router.get(LISTING, operation_id="getEmployerListing", response_model=EmployerListingOut, responses=problems(NotFound))
async def get(listing_id: UUID, edge: EdgeDep) -> Response:
    """One listing."""
    return await edge.read(lambda work: service.get(work, listing_id), OUT)


@router.post(
    f"{LISTING}:add-decision",
    operation_id="addListingDecision",
    response_model=EmployerListingOut,
    responses=VERB_ERRORS,
)
async def add_decision(listing_id: UUID, body: AddDecisionIn, edge: EdgeDep) -> Response:
    """A further decision: the listing counts as long as it, what was told as repaid is void."""
    command, decision = Verb(listing_id, edge.expected_version), body.decision.plain()
    return await edge.write(lambda work: service.add_decision(work, command, decision), OUT)


@router.post(
    f"{LISTING}:exit-early", operation_id="exitListingEarly", response_model=EmployerListingOut, responses=VERB_ERRORS
)
async def exit_early(listing_id: UUID, body: ListingReasonIn, edge: EdgeDep) -> Response:
    """Let an employer leave early, once the months since his accepted repayment are over."""
    command = Verb(listing_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.exit_early(work, command), OUT)


@router.post(
    f"{LISTING}:lift", operation_id="liftEmployerListing", response_model=EmployerListingOut, responses=VERB_ERRORS
)
async def lift(listing_id: UUID, body: ListingReasonIn, edge: EdgeDep) -> Response:
    """Take the decision back: the listing is over today."""
    command = Verb(listing_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.lift(work, command), OUT)


@router.post(
    f"{LISTING}/repayments",
    operation_id="tellRepayment",
    status_code=201,
    response_model=RepaymentOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def tell(listing_id: UUID, body: RepaymentIn, edge: EdgeDep) -> Response:
    """The listed employer tells that the wages are paid, with proof and pledge."""
    command = body.plain(listing_id)
    return await edge.write(lambda work: repay.tell(work, command), REPAID, status=201)


@router.get(
    f"{LISTING}/repayments",
    operation_id="listRepayments",
    response_model=PageOut[RepaymentOut],
    responses=problems(NotFound),
)
async def list_repayments(listing_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """What was told of a listing: its employer and the authority see it, nobody else."""
    return await edge.page(lambda work: repay.page(work, listing_id, page), REPAID)


@router.post(f"{REPAYMENT}:accept", operation_id="acceptRepayment", response_model=RepaymentOut, responses=VERB_ERRORS)
async def accept(repayment_id: UUID, body: ListingReasonIn, edge: EdgeDep) -> Response:
    """The authority takes it for repaid; the answer says from when an early exit is possible."""
    command = Verb(repayment_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: repay.accept(work, command), REPAID)


@router.post(
    f"{REPAYMENT}:decline", operation_id="declineRepayment", response_model=RepaymentOut, responses=VERB_ERRORS
)
async def decline(repayment_id: UUID, body: ListingReasonIn, edge: EdgeDep) -> Response:
    """The authority does not take it for repaid, and says why."""
    command = Verb(repayment_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: repay.decline(work, command), REPAID)


@router.get(
    REPAYMENT + "/{paper}",
    operation_id="getRepaymentPaper",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition)
    | download({"application/pdf": "(bytes)", "image/jpeg": "(bytes)", "image/png": "(bytes)"}),
)
async def paper(repayment_id: UUID, paper: Paper, edge: EdgeDep, store: FileStoreDep) -> Response:
    """The proof or the pledge of a repayment."""
    return await edge.download(
        lambda work: repay.paper(work, repayment_id, paper),
        lambda file: Download(store.path(file.sha256), file.media_type, file.name),
    )
