"""Use cases of listed employers. What a listed employer tells of his repayment stands in commands/repay.py.

A listing is the authority's act. It is published within the platform with name, code, decisions and days, nothing of a
person; it ends by the clock, by an early exit, or because the decision is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.employer_listings import errors, events, repository, rules, states
from labour.employer_listings.models import EmployerListing, ListingDecision
from labour.employer_listings.repository import ListingFilter
from labour.employer_listings.rules import ListingRules
from labour.employer_listings.states import Action, RepaymentAction, RepaymentState, State

__all__ = [
    "END_JOB",
    "Decision",
    "ListingFilter",
    "NewListing",
    "Verb",
    "add_decision",
    "end",
    "exit_early",
    "get",
    "lift",
    "list_employer",
    "listing_rules",
    "page",
    "refusing",
]

END_JOB = "employer-listings.end"
AUDITED = ("state", "listed_from", "ends_on", "no_early_exit", "over_on", "over_because")
SUBCONTRACT = "subcontract"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an authority has decided: a reason that the rules know, in its words, the document and its day."""

    reason: str
    description: str
    source_document: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class NewListing:
    """Whom an authority lists: by the organisation's id or by its unified social credit code."""

    employer_id: UUID | None
    uscc: str | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a listing or repayment, the version that the caller saw, and why."""

    id: UUID
    expected_version: int | None
    reason: str = ""


async def list_employer(work: Work, new: NewListing) -> EmployerListing:
    """Put an employer on the list; it counts from the day of the decision for as long as the rules of that day say.

    InvalidArgument EMPLOYER_UNKNOWN, REASON_UNKNOWN, IN_FUTURE, TERM_OVER; AlreadyExists EMPLOYER_LISTED.
    """
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    last = _last_day(work, new.decision)
    session = await work.writing()
    employer = await repository.organisation(session, new.employer_id, new.uscc)
    if employer is None:
        raise errors.employer_unknown("/employer_id" if new.employer_id is not None else "/uscc")
    row = EmployerListing(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        employer_id=employer.organisation_id,
        uscc=employer.uscc,
        name=employer.name,
        listed_by=work.principal.organisation_id,
        state=states.EMPLOYER_LISTING.initial,
        listed_from=new.decision.decided_on,
        ends_on=last,
        no_early_exit=False,
        decisions=[],
    )
    await repository.save(session, row)
    await _rest_on(work, row, new.decision, last)
    work.audit("employer-listings.list", "employer_listing", row.id, None, audited(row))
    work.emit(events.listed(row))
    await work.enqueue(END_JOB, {"listing_id": str(row.id)}, due=day_begins(last + timedelta(days=1)))
    return row


async def get(work: Work, listing_id: UUID) -> EmployerListing:
    """One listing that the caller may see."""
    work.require(permissions.EMPLOYER_LISTINGS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, listing_id)


async def page(work: Work, wanted: ListingFilter, request: PageRequest) -> Page[EmployerListing]:
    """The listings that the caller may see, newest first."""
    work.require(permissions.EMPLOYER_LISTINGS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def listing_rules(work: Work, request: PageRequest) -> Page[ListingRules]:
    """What the law says of the list, with sources; the few rules fit on any page."""
    work.require(permissions.EMPLOYER_LISTINGS_READ)
    return Page(repository.rules() if not request.token else (), "")


async def add_decision(work: Work, command: Verb, decision: Decision) -> EmployerListing:
    """A further decision on a listed employer: its term extends the listing if the rules say so, and what he has told
    as repaid is void, because he owes again."""
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    last = _last_day(work, decision)
    row, before = await _locked(work, command, Action.ADD_DECISION)
    law = rules.in_force(repository.rules(), decision.decided_on)
    await _rest_on(work, row, decision, last)
    row.listed_from = min(row.listed_from, decision.decided_on)
    row.ends_on = max(row.ends_on, last) if law.extends else row.ends_on
    row.no_early_exit = row.no_early_exit or law.bars_early_exit
    await _void_repayment(work, row)
    _changed(work, row, Action.ADD_DECISION, before)
    work.emit(events.listed(row))
    return row


async def exit_early(work: Work, command: Verb) -> EmployerListing:
    """The authority lets an employer leave early: he has repaid, pledged, and the months since then are over.

    PermissionDenied NOT_YOUR_LISTING; FailedPrecondition EARLY_EXIT_BARRED, REPAYMENT_NOT_ACCEPTED,
    EARLY_EXIT_TOO_SOON.
    """
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    row, before = await _own(work, command, Action.EXIT_EARLY)
    if row.no_early_exit:
        raise errors.exit_barred()
    repaid = await repository.open_repayment(await work.writing(), row.id)
    if repaid is None or repaid.state is not RepaymentState.ACCEPTED or repaid.early_exit_from is None:
        raise errors.no_repayment()
    if work.today < repaid.early_exit_from:
        raise errors.too_soon(repaid.early_exit_from)
    return _over(work, row, Action.EXIT_EARLY, before, work.today, command.reason)


async def lift(work: Work, command: Verb) -> EmployerListing:
    """The authority takes its decision back, whatever the day; from today on the listing does not count.

    PermissionDenied NOT_YOUR_LISTING.
    """
    work.require(permissions.EMPLOYER_LISTINGS_KEEP)
    row, before = await _own(work, command, Action.LIFT)
    return _over(work, row, Action.LIFT, before, work.today, command.reason)


async def end(work: Work, payload: Mapping[str, str]) -> None:
    """Job, on the day after the last: the listing ends. Does nothing twice, and waits on when it was extended."""
    work.require(permissions.EMPLOYER_LISTINGS_CLOCK)
    row = await repository.locked(await work.writing(), UUID(payload["listing_id"]))
    if row is None or row.state is not State.LISTED:
        return
    over_on = row.ends_on + timedelta(days=1)
    if work.today < over_on:
        await work.enqueue(END_JOB, dict(payload), due=day_begins(over_on))
        return
    _over(work, row, Action.END, audited(row), over_on, "")


async def refusing(work: Work, employer_id: UUID, what: str) -> EmployerListing | None:
    """For other slices: the listing of an employer that counts today, if the rules of today refuse him `what`."""
    if what not in rules.in_force(repository.rules(), work.today).refuses:
        return None
    async with work.reading() as session:
        return await repository.counting(session, employer_id, work.today)


def audited(row: EmployerListing) -> audit.Fields:
    """What the audit keeps of a listing."""
    return audit.fields(row, *AUDITED) | {"decisions": [one.source_document for one in row.decisions]}


def _last_day(work: Work, decision: Decision) -> date:
    if decision.decided_on > work.today:
        raise errors.in_future("/decision/decided_on")
    law = rules.in_force(repository.rules(), decision.decided_on)
    if decision.reason not in law.reasons:
        raise errors.reason_unknown(decision.reason, law.reasons)
    last = rules.last_day(decision.decided_on, law)
    if last < work.today:
        raise errors.term_over(last)
    return last


async def _rest_on(work: Work, row: EmployerListing, decision: Decision, last: date) -> None:
    made = ListingDecision(
        id=new_id(),
        listing_id=row.id,
        position=len(row.decisions) + 1,
        reason=decision.reason,
        description=decision.description,
        source_document=decision.source_document,
        decided_on=decision.decided_on,
        last_day=last,
        decided_by=work.principal.organisation_id,
    )
    row.decisions.append(made)
    await repository.save(await work.writing(), made)


async def _void_repayment(work: Work, row: EmployerListing) -> None:
    repaid = await repository.open_repayment(await work.writing(), row.id)
    if repaid is None:
        return
    before = audit.fields(repaid, "state")
    repaid.state = states.REPAYMENT.apply(repaid.state, RepaymentAction.VOID)
    touch(repaid, work)
    work.audit("employer-repayments.void", "employer_repayment", repaid.id, before, audit.fields(repaid, "state"))


async def _locked(work: Work, command: Verb, action: Action) -> tuple[EmployerListing, audit.Fields]:
    session = await work.writing()
    row = await repository.get(session, work.principal, work.today, command.id, lock=True)
    check_version(row, command.expected_version)
    states.EMPLOYER_LISTING.apply(row.state, action)
    return row, audited(row)


async def _own(work: Work, command: Verb, action: Action) -> tuple[EmployerListing, audit.Fields]:
    """Who has listed an employer answers for it (谁认定、谁负责), so nobody else lets him go."""
    row, before = await _locked(work, command, action)
    if row.listed_by != work.principal.organisation_id:
        raise errors.not_your_listing()
    return row, before


def _changed(work: Work, row: EmployerListing, action: Action, before: audit.Fields) -> None:
    row.state = states.EMPLOYER_LISTING.apply(row.state, action)
    touch(row, work)
    verb = f"employer-listings.{action.value.replace('_', '-')}"
    work.audit(verb, "employer_listing", row.id, before, audited(row))


def _over(
    work: Work, row: EmployerListing, action: Action, before: audit.Fields, over_on: date, why: str
) -> EmployerListing:
    row.over_on, row.over_because = over_on, why
    _changed(work, row, action, before)
    work.emit(events.lifted(row, over_on))
    return row
