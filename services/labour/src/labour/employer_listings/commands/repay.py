"""Repayments (改正): a listed employer tells that the wages are paid, and pledges; the authority judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from chassis import audit
from chassis.files import service as files
from chassis.files.models import File
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.employer_listings import errors, repository, rules, states
from labour.employer_listings.models import EmployerListing, Repayment
from labour.employer_listings.service import Verb
from labour.employer_listings.states import RepaymentAction

FIELDS = ("listing_id", "state", "repaid_on", "amount", "workers", "answer", "early_exit_from")


class Paper(StrEnum):
    """What hangs on a repayment."""

    EVIDENCE = "evidence"
    PLEDGE = "pledge"


@dataclass(frozen=True, slots=True)
class TellRepayment:
    """What was paid to how many workers by which day, with the proof and the pledge (the caller's uploads)."""

    listing_id: UUID
    repaid_on: date
    amount: Decimal
    workers: int
    note: str
    evidence_file_id: UUID
    pledge_file_id: UUID | None


async def tell(work: Work, command: TellRepayment) -> Repayment:
    """The listed employer tells its repayment; the authority that listed it may read the papers.

    PermissionDenied NOT_THE_LISTED_EMPLOYER; InvalidArgument IN_FUTURE, PLEDGE_MISSING, FILE_UNKNOWN; AlreadyExists
    REPAYMENT_TOLD; FailedPrecondition when the listing is over.
    """
    work.require(permissions.REPAYMENTS_TELL)
    law = rules.in_force(repository.rules(), work.today)
    if command.repaid_on > work.today:
        raise errors.in_future("/repaid_on")
    if law.pledge and command.pledge_file_id is None:
        raise errors.pledge_missing()
    session = await work.writing()
    listing = await repository.get(session, work.principal, work.today, command.listing_id, lock=True)
    if listing.employer_id != work.principal.organisation_id:
        raise errors.not_the_employer()
    _demand_listed(listing)
    papers = {"/evidence_file_id": command.evidence_file_id, "/pledge_file_id": command.pledge_file_id}
    given = {pointer: file_id for pointer, file_id in papers.items() if file_id is not None}
    await files.attach(work, list(given.values()), share_with=[listing.listed_by], pointers=list(given))
    row = Repayment(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        listing_id=listing.id,
        employer_id=listing.employer_id,
        authority_id=listing.listed_by,
        state=states.REPAYMENT.initial,
        repaid_on=command.repaid_on,
        amount=command.amount,
        workers=command.workers,
        note=command.note,
        evidence_file_id=command.evidence_file_id,
        pledge_file_id=command.pledge_file_id,
    )
    await repository.save(session, row)
    work.audit("employer-repayments.tell", "employer_repayment", row.id, None, audit.fields(row, *FIELDS))
    return row


async def accept(work: Work, command: Verb) -> Repayment:
    """The authority has seen that the wages are paid: from which day on an early exit is possible is told with it."""
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    row, listing = await _locked(work, command)
    before = audit.fields(row, *FIELDS)
    row.state = states.REPAYMENT.apply(row.state, RepaymentAction.ACCEPT)
    _demand_listed(listing)
    if not listing.no_early_exit:
        law = rules.in_force(repository.rules(), work.today)
        row.early_exit_from = rules.early_exit_from(row.repaid_on, listing.listed_from, law)
    return _answered(work, row, command, RepaymentAction.ACCEPT, before)


async def decline(work: Work, command: Verb) -> Repayment:
    """The authority does not take it for repaid and says why; the employer may tell again."""
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    row, _ = await _locked(work, command)
    before = audit.fields(row, *FIELDS)
    row.state = states.REPAYMENT.apply(row.state, RepaymentAction.DECLINE)
    return _answered(work, row, command, RepaymentAction.DECLINE, before)


async def page(work: Work, listing_id: UUID, request: PageRequest) -> Page[Repayment]:
    """What was told of a listing, newest first: for its employer and the authority that listed it."""
    work.require(permissions.REPAYMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, listing_id)
        return await repository.page_of_repayments(session, work.principal, listing_id, request)


async def paper(work: Work, repayment_id: UUID, which: Paper) -> File:
    """The proof or the pledge, for the employer and the authority that listed it. NotFound PAPER_NOT_FOUND."""
    work.require(permissions.REPAYMENTS_READ)
    async with work.reading() as session:
        row = await repository.repayment(session, work.principal, repayment_id)
    file_id = row.evidence_file_id if which is Paper.EVIDENCE else row.pledge_file_id
    if file_id is None:
        raise errors.paper_not_found(repayment_id)
    return await files.content(work, permissions.REPAYMENTS_READ, file_id)


async def _locked(work: Work, command: Verb) -> tuple[Repayment, EmployerListing]:
    """The listing first, as everybody locks them."""
    session = await work.writing()
    seen = await repository.repayment(session, work.principal, command.id)
    listing = await repository.get(session, work.principal, work.today, seen.listing_id, lock=True)
    row = await repository.repayment(session, work.principal, command.id, lock=True)
    check_version(row, command.expected_version)
    return row, listing


def _demand_listed(listing: EmployerListing) -> None:
    """INVALID_STATE once the listing is over; what is told changes nothing any more."""
    states.EMPLOYER_LISTING.apply(listing.state, states.Action.EXIT_EARLY)


def _answered(work: Work, row: Repayment, command: Verb, action: RepaymentAction, before: audit.Fields) -> Repayment:
    row.answer = command.reason
    touch(row, work)
    work.audit(f"employer-repayments.{action}", "employer_repayment", row.id, before, audit.fields(row, *FIELDS))
    return row
