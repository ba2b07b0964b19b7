"""Use cases of quotes. Until the deadline a price is in clear only in the memory of the request that brings it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog

from chassis.clock import shanghai_day
from chassis.errors import FailedPrecondition, Violation, invalid
from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.offers import service as offers
from procurement.offers.rules import NewOffer, NewOfferLine, Origin
from procurement.quotes import errors, repository, rules
from procurement.quotes.models import Quote
from procurement.quotes.rules import Content, QuotedLine
from procurement.sealing import Seal, Seals, UnsealableError
from procurement.sourcing import service as sourcing
from procurement.sourcing.models import Sourcing
from procurement.sourcing.states import Kind

_log = structlog.get_logger(__name__)

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Submit:
    """A new version of the caller's quote."""

    sourcing_id: UUID
    content: Content


async def submit(work: Work, command: Submit, seals: Seals) -> Quote:
    """Take a quote, or a new version of it, before the deadline; answers the receipt.

    FailedPrecondition QUOTE_TOO_LATE at the deadline and after it: judged under a lock that the opening needs too, so
    that a quote is either opened with the others or refused.
    """
    found = await _admitted(work, command)
    raw = rules.to_bytes(command.content, secrets.token_hex(SALT_BYTES))
    return await _add(work, found, raw, seals)


async def rehearse(work: Work, command: Submit) -> None:
    """Refuse what `submit` would refuse now; nothing is written."""
    _in_time(work, await _admitted(work, command))


async def _admitted(work: Work, command: Submit) -> Sourcing:
    work.require(permissions.QUOTES_SUBMIT)
    found, guest = await sourcing.shared(work, command.sourcing_id)
    if guest.excluded:
        raise errors.excluded(guest.excluded)
    if found.kind is not Kind.INQUIRY:
        raise errors.not_quoted_for()
    refused = await faults(work, found, command.content.valid_until, command.content.lines)
    if refused:
        raise invalid(*refused)
    return found


def _in_time(work: Work, found: Sourcing) -> datetime:
    try:
        return sourcing.taking(work, found)
    except FailedPrecondition as refusal:
        raise errors.too_late() if refusal.reason == "DEADLINE_PASSED" else refusal from None


async def withdraw(work: Work, quote_id: UUID, seals: Seals) -> Quote:
    """Take the quote back before the deadline: the newest version now says so."""
    work.require(permissions.QUOTES_SUBMIT)
    async with work.reading() as session:
        quote = await repository.get(session, work.principal, quote_id)
    found, _ = await sourcing.shared(work, quote.sourcing_id)
    newest = await repository.newest(await work.writing(), work.principal, quote.sourcing_id)
    if quote.version != newest or quote.sealed is None:
        raise errors.superseded()
    return await _add(work, found, None, seals)


async def _add(work: Work, found: Sourcing, raw: bytes | None, seals: Seals) -> Quote:
    now = _in_time(work, found)
    session = await work.writing()
    supplier = work.principal.organisation_id
    version = await repository.newest(session, work.principal, found.id) + 1
    quote = Quote(
        sourcing_id=found.id,
        supplier_id=supplier,
        version=version,
        submitted_by=work.principal.subject,
        submitted_at=now,
    )
    if raw is not None:
        seal = await _seal(work, found.id, seals)
        quote.sealed = seal.close(raw, rules.place(found.id, supplier, version))
        quote.digest = rules.digest(raw)
    session.add(quote)
    await session.flush()
    verb = "quotes.withdraw" if raw is None else "quotes.submit"
    work.audit(verb, "quote", quote.id, None, {"sourcing_id": str(found.id), "version": version})
    return quote


async def _seal(work: Work, sourcing_id: UUID, seals: Seals) -> Seal:
    session = await work.writing()
    where = rules.key_place(sourcing_id)
    wrapped = await repository.key(session, sourcing_id)
    if wrapped is None:
        wrapped = await repository.add_key(session, sourcing_id, seals.new_key(where))
    return seals.unwrap(wrapped, where)


async def faults(work: Work, found: Sourcing, valid_until: date | None, lines: Sequence[QuotedLine]) -> list[Violation]:
    """What these lines, and a day until which they hold, are refused for in a quote for this sourcing."""
    day = shanghai_day(found.deadline)
    early = valid_until is not None and valid_until < day
    refused = [errors.expires_too_early(day.isoformat())] if early else []
    units = {line.id: (line.material_code, line.unit) for line in await sourcing.lines(work, found.id)}
    others, seen = {}, set()
    for index, line in enumerate(lines):
        if line.line_id not in units or line.line_id in seen:
            refused.append(errors.unknown_line(f"/lines/{index}/line_id"))
        elif line.material_code is not None:
            others[f"/lines/{index}/material_code"] = (line.material_code, units[line.line_id])
        seen.add(line.line_id)
    unknown = await sourcing.unknown_units(work, [(code, unit) for code, (_, unit) in others.values()])
    unfit = [p for p, (code, (asked, unit)) in others.items() if code == asked or (code, unit) in unknown]
    return refused + [errors.unfit_alternative(pointer) for pointer in unfit]


async def get(work: Work, quote_id: UUID, seals: Seals) -> tuple[Quote, Content | None, str]:
    """A version of the caller's own quote with its content (None when it withdraws) and salt."""
    work.require(permissions.QUOTES_READ)
    async with work.reading() as session:
        quote = await repository.get(session, work.principal, quote_id)
        wrapped = await repository.key(session, quote.sourcing_id)
    if quote.sealed is None or wrapped is None:
        return quote, None, ""
    return quote, *_opened(quote, seals.unwrap(wrapped, rules.key_place(quote.sourcing_id)))


async def page(work: Work, sourcing_id: UUID | None, request: PageRequest) -> Page[Quote]:
    """The caller's own versions, newest first, as receipts."""
    work.require(permissions.QUOTES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, sourcing_id, request)


def _opened(quote: Quote, seal: Seal) -> tuple[Content, str]:
    where = rules.place(quote.sourcing_id, quote.supplier_id, quote.version)
    return rules.from_bytes(seal.open(quote.sealed or b"", where))


async def open_all(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job of the deadline: turn the standing quotes into offers, in one transaction.

    Safe to run twice, and early (the deadline was moved): it does nothing then. A quote that does not open was altered
    in the database; it is audited, and the others open all the same.
    """
    found = await sourcing.due(work, UUID(payload["sourcing_id"]), Kind.INQUIRY)
    if found is None or work.clock.now() < found.deadline:
        return
    session = await work.writing()
    wrapped = await repository.key(session, found.id)
    opened: list[NewOffer] = []
    if wrapped is not None:
        seal = clients["seals"].unwrap(wrapped, rules.key_place(found.id))
        for quote in await repository.standing(session, found.id):
            try:
                content, _ = _opened(quote, seal)
            except UnsealableError:
                _log.error("quote.unreadable", quote_id=str(quote.id))
                work.audit("quotes.unreadable", "quote", quote.id, None, None)
                continue
            opened.append(_offer(quote, content))
    await offers.add(work, found, opened)
    await sourcing.open_(work, found, offers=len(opened))


def _offer(quote: Quote, content: Content) -> NewOffer:
    lines = tuple(
        NewOfferLine(line.line_id, line.material_code, line.unit_price, line.tax_percent, line.delivery_on, line.note)
        for line in content.lines
    )
    return NewOffer(
        quote.supplier_id, Origin.QUOTE, quote.id, content.freight, content.valid_until, content.note, lines
    )
