"""Use cases of sourcing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.requisitions import service as requisitions
from procurement.requisitions.rules import Need
from procurement.sourcing import errors, events, repository, states
from procurement.sourcing.models import Guest, Question, Sourcing, SourcingLine
from procurement.sourcing.repository import SourcingFilter
from procurement.sourcing.states import Action, Kind, State

AT_THE_DEADLINE = {Kind.INQUIRY: "quotes.open", Kind.AUCTION: "auctions.close"}
"""The job that ends the taking of offers, by kind."""
MOST_GUESTS = 500


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a sourcing, the version that the caller saw, and why (empty when no reason is needed)."""

    sourcing_id: UUID
    expected_version: int | None
    reason: str = ""


def needs(lines: Iterable[SourcingLine]) -> list[Need]:
    """What the approved needs behind lines are still sourced for."""
    parts = ((line.unit, part) for line in lines for part in line.parts)
    return [
        Need(part.requisition_line_id, part.quantity - part.awarded, unit)
        for unit, part in parts
        if part.requisition_line_id is not None and part.quantity > part.awarded
    ]


async def _give_back(work: Work, sourcing: Sourcing) -> None:
    """What was not awarded is left to buy again."""
    await requisitions.give_back_sourcing(work, needs(sourcing.lines))


async def get(work: Work, sourcing_id: UUID) -> Sourcing:
    """One sourcing with its lines and guests."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, sourcing_id)


async def page(work: Work, wanted: SourcingFilter, request: PageRequest) -> Page[Sourcing]:
    """The caller's sourcings, newest first."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def publish(work: Work, command: Verb) -> Sourcing:
    """Show it to its guests; the job of the deadline stands in the same transaction."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.PUBLISH)
    if sourcing.deadline <= work.now:
        raise errors.deadline_passed()
    sourcing.published_at = work.now
    end(work, sourcing, Action.PUBLISH)
    work.emit(events.published(sourcing))
    await work.enqueue(AT_THE_DEADLINE[sourcing.kind], {"sourcing_id": str(sourcing.id)}, due=sourcing.deadline)
    return sourcing


async def extend(work: Work, command: Verb, deadline: datetime) -> Sourcing:
    """Move the deadline back, before it has come. The job of the old one finds that it is too early."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.EXTEND)
    if sourcing.kind is Kind.AUCTION:
        raise errors.ends_by_itself()
    if sourcing.deadline <= work.clock.now():  # after the lock: waiting for it is no excuse
        raise errors.deadline_passed()
    if deadline <= sourcing.deadline:
        raise errors.deadline_not_later()
    before = audit.fields(sourcing, "deadline")
    sourcing.deadline = deadline
    end(work, sourcing, Action.EXTEND, before, audit.fields(sourcing, "deadline"))
    work.emit(events.published(sourcing))
    await work.enqueue(AT_THE_DEADLINE[sourcing.kind], {"sourcing_id": str(sourcing.id)}, due=deadline)
    return sourcing


async def invite(work: Work, command: Verb, supplier_ids: Sequence[UUID]) -> Sourcing:
    """Ask more suppliers, before the deadline; all who are invited are told once more, nobody of another."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.INVITE)
    if sourcing.deadline <= work.clock.now():
        raise errors.deadline_passed()
    refuse_own(work, supplier_ids)
    known = {guest.supplier_id for guest in sourcing.guests}
    again = [index for index, one in enumerate(supplier_ids) if one in known]
    if again:
        raise errors.already_invited(again)
    if len(known) + len(supplier_ids) > MOST_GUESTS:
        raise errors.too_many_guests(MOST_GUESTS)
    sourcing.guests.extend(Guest(sourcing_id=sourcing.id, supplier_id=one) for one in sorted(supplier_ids))
    end(work, sourcing, Action.INVITE, {}, {"supplier_ids": [str(one) for one in sorted(supplier_ids)]})
    work.emit(events.published(sourcing))
    return sourcing


def refuse_own(work: Work, supplier_ids: Iterable[UUID]) -> None:
    """An organisation cannot ask itself: SUPPLIER_IS_BUYER."""
    for index, supplier in enumerate(supplier_ids):
        if supplier == work.principal.organisation_id:
            raise errors.own_guest(index)


async def exclude(work: Work, command: Verb, supplier_id: UUID) -> Sourcing:
    """Whatever this supplier offers, or has offered, no longer counts. Nothing is told of whether it has."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.EXCLUDE)
    guest = next((one for one in sourcing.guests if one.supplier_id == supplier_id), None)
    if guest is None:
        raise errors.supplier_not_invited(supplier_id)
    guest.excluded = command.reason
    end(work, sourcing, Action.EXCLUDE, {}, {"supplier_id": str(supplier_id), "reason": command.reason})
    return sourcing


async def cancel(work: Work, command: Verb) -> Sourcing:
    """Call it off, as long as nothing of it is awarded."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.CANCEL)
    if any(line.awarded for line in sourcing.lines):
        raise errors.already_awarded()
    sourcing.reason = command.reason
    end(work, sourcing, Action.CANCEL)
    await _give_back(work, sourcing)
    work.emit(events.ended(sourcing))
    return sourcing


async def conclude(work: Work, command: Verb) -> Sourcing:
    """Say that nothing more will be awarded: from now on every supplier is told its own outcome."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, command, Action.CONCLUDE)
    if not any(line.awarded for line in sourcing.lines):
        raise errors.nothing_awarded()
    sourcing.reason = command.reason
    end(work, sourcing, Action.CONCLUDE)
    await _give_back(work, sourcing)
    work.emit(events.ended(sourcing))
    return sourcing


async def ask(work: Work, sourcing_id: UUID, text: str) -> Question:
    """A guest asks, before the deadline."""
    work.require(permissions.SOURCING_ASK)
    session = await work.writing()
    sourcing = await repository.head(session, work.principal, sourcing_id, shared=True)
    if await repository.own_guest(session, work.principal, sourcing_id) is None:
        raise errors.sourcing_not_found(sourcing_id)
    taking(work, sourcing)
    question = Question(
        sourcing_id=sourcing_id,
        supplier_id=work.principal.organisation_id,
        text=text,
        created_at=work.now,
        updated_at=work.now,
    )
    session.add(question)
    work.audit("sourcing.ask", "question", question.id, None, {"text": text})
    return question


async def answer(work: Work, sourcing_id: UUID, question_id: UUID, text: str) -> Question:
    """The buyer answers a question, to all guests."""
    work.require(permissions.SOURCING_RUN)
    sourcing = await locked_for(work, Verb(sourcing_id, None), Action.ANSWER)
    question = await repository.question(await work.writing(), sourcing, question_id)
    before = audit.fields(question, "answer")
    question.answer, question.answered_at = text, work.now
    touch(question, work)
    work.audit("sourcing.answer", "question", question.id, before, audit.fields(question, "answer"))
    return question


async def questions(work: Work, sourcing_id: UUID, request: PageRequest) -> Page[Question]:
    """Questions in the order in which they were asked."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        return await repository.questions(session, work.principal, sourcing_id, request)


async def locked_for(work: Work, command: Verb, action: Action, *, whole: bool = True) -> Sourcing:
    """The buyer's own sourcing, locked, of the version that the caller saw, in a state that allows the action."""
    session = await work.writing()
    sourcing = await repository.get_for_update(session, work.principal, command.sourcing_id, whole=whole)
    check_version(sourcing, command.expected_version)
    states.SOURCING.apply(sourcing.state, action)
    if action in (Action.CANCEL, Action.CONCLUDE) and any(line.held for line in sourcing.lines):
        raise errors.award_waits()
    return sourcing


def end(
    work: Work,
    sourcing: Sourcing,
    action: Action,
    before: audit.Fields | None = None,
    after: audit.Fields | None = None,
) -> None:
    """Do the action, and audit it with these fields before and after."""
    was = audit.fields(sourcing, "state") | (before or {})
    sourcing.state = states.SOURCING.apply(sourcing.state, action)
    touch(sourcing, work)
    now = audit.fields(sourcing, "state", "reason") | (after or {})
    work.audit(f"sourcing.{action}", "sourcing", sourcing.id, was, now)


def taking(work: Work, sourcing: Sourcing) -> datetime:
    """For whoever takes offers: the instant, when it is before the deadline of a published sourcing.

    Asked after the row is locked, so that nobody gains time by waiting for the lock. An offer exactly at the deadline
    is late: FailedPrecondition DEADLINE_PASSED.
    """
    now = work.clock.now()
    if sourcing.state in (State.OPENED, State.AWARDED, State.FAILED) or now >= sourcing.deadline:
        raise errors.deadline_passed()
    states.SOURCING.apply(sourcing.state, Action.ANSWER)
    return now


async def seen(work: Work, sourcing_id: UUID) -> Sourcing:
    """For questions of other slices: the sourcing without lines, as the caller may see it."""
    async with work.reading() as session:
        return await repository.head(session, work.principal, sourcing_id)


async def bought(work: Work, sourcing_id: UUID) -> Sourcing:
    """The same for what only the buyer may see: to a guest it is not there."""
    found = await seen(work, sourcing_id)
    if found.buyer_id != work.principal.organisation_id:
        raise errors.sourcing_not_found(sourcing_id)
    return found


async def shared(work: Work, sourcing_id: UUID) -> tuple[Sourcing, Guest]:
    """For quotes: a guest's sourcing, locked against its opening, and the invitation."""
    session = await work.writing()
    sourcing = await repository.head(session, work.principal, sourcing_id, shared=True)
    guest = await repository.own_guest(session, work.principal, sourcing_id)
    if guest is None:
        raise errors.sourcing_not_found(sourcing_id)
    return sourcing, guest


async def lines(work: Work, sourcing_id: UUID) -> Sequence[SourcingLine]:
    """For quotes and auctions: the lines of what the caller may see."""
    async with work.reading() as session:
        return (await repository.get(session, work.principal, sourcing_id)).lines


async def become_auction(work: Work, command: Verb) -> Sourcing:
    """For auctions: the draft's offers will be live bids."""
    sourcing = await locked_for(work, command, Action.PUBLISH)
    before = audit.fields(sourcing, "kind")
    sourcing.kind = Kind.AUCTION
    touch(sourcing, work)
    work.audit("sourcing.become-auction", "sourcing", sourcing.id, before, audit.fields(sourcing, "kind"))
    return sourcing


async def due(work: Work, sourcing_id: UUID, kind: Kind) -> Sourcing | None:
    """For the job of the deadline: the sourcing, locked, when it is published and of this kind; None otherwise."""
    found = await repository.due(await work.writing(), sourcing_id)
    return found if found is not None and found.state is State.PUBLISHED and found.kind is kind else None


async def open_(work: Work, sourcing: Sourcing, *, offers: int) -> None:
    """For the job of the deadline: offers are on the table, or there are none and it has failed (流标)."""
    sourcing.opened_at = work.clock.now() if offers else None
    end(work, sourcing, Action.OPEN if offers else Action.FAIL, {}, {"offers": offers})
    work.emit(events.opened(sourcing) if offers else events.ended(sourcing))
    if not offers:
        await _give_back(work, sourcing)


async def awarding(work: Work, command: Verb) -> Sourcing:
    """For awards: the buyer's opened sourcing, locked: two who award at once come one after the other."""
    return await locked_for(work, command, Action.AWARD, whole=False)


async def parts_left(work: Work, found: Sourcing, line_ids: Sequence[UUID]) -> Sequence[asyncpg.Record]:
    """For awards: what is left to award on lines of the locked sourcing, the most urgent need first."""
    return await repository.parts_left(await work.driver(), found, line_ids)


async def hold(work: Work, given: Mapping[UUID, Decimal], *, let_go: bool = False) -> None:
    """For awards: keep quantities of lines of the locked sourcing for one that waits for approval, or let them go."""
    await repository.hold(await work.driver(), {line: -held if let_go else held for line, held in given.items()})


async def award(work: Work, found: Sourcing, given: Mapping[UUID, Decimal], parts: Mapping[UUID, Decimal]) -> None:
    """For awards: book quantities per line and part of the locked sourcing; with the last of it, it is concluded."""
    left = await repository.award(await work.driver(), found, given, parts)
    end(work, found, Action.AWARD if left else Action.CONCLUDE)
    if not left:
        work.emit(events.ended(found))


async def unknown_units(work: Work, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """For quotes: which of these (material code, unit) pairs the catalogue does not have."""
    async with work.reading() as session:
        return await repository.unknown_units(session, wanted)
