"""Use cases of agreements.

Approval stands in commands/approval.py, calling off in commands/call_off.py, what caps hold in commands/caps.py;
supplemental agreements are in `supplements`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.clock import SHANGHAI
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.agreements import errors, events, repository, states
from procurement.agreements.commands.caps import Level, caps_of, level_of
from procurement.agreements.models import Agreement, AgreementItem, CallOff, Entitlement
from procurement.agreements.repository import AgreementFilter
from procurement.agreements.rules import Formula
from procurement.agreements.states import Action, Kind, State
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.orders import repository as order_rows

EXPIRE = "agreements.expire"
_AUDITED = ("number", "name", "kind", "state", "valid_from", "valid_to", "soft_cap", "hard_cap", "reason")


@dataclass(frozen=True, slots=True)
class Item:
    """A material, its price or formula, and its caps by quantity."""

    material_code: str
    unit: str
    formula: Formula
    tax_percent: Decimal | None
    tolerance_percent: Decimal
    soft_cap: Decimal | None
    hard_cap: Decimal | None


@dataclass(frozen=True, slots=True)
class Entitled:
    """An organisation (or its whole group) that may call off, for one project or all of its own; caps by amount."""

    organisation_id: UUID
    project_id: UUID | None
    soft_cap: Decimal | None
    hard_cap: Decimal | None
    whole_group: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """All that an agreement says and that may change while it is a draft."""

    name: str
    kind: Kind
    valid_from: date
    valid_to: date
    soft_cap: Decimal | None
    hard_cap: Decimal | None
    note: str
    items: tuple[Item, ...]
    entitlements: tuple[Entitled, ...]


@dataclass(frozen=True, slots=True)
class CreateAgreement:
    """A new draft; a number is made when None."""

    number: str | None
    supplier_id: UUID
    currency: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on an agreement, the version that the caller saw, and why (empty when no reason is needed)."""

    agreement_id: UUID
    expected_version: int | None
    reason: str = ""


async def get(work: Work, agreement_id: UUID) -> Agreement:
    """One agreement with its items and those entitlements that the caller may know."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, agreement_id)


async def page(work: Work, wanted: AgreementFilter, request: PageRequest) -> Page[Agreement]:
    """The caller's agreements, newest first."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def usage(work: Work, agreement_id: UUID) -> list[Level]:
    """Ordered, delivered and left: per item, of the whole agreement, and per entitlement that the caller may know."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        agreement = await repository.get(session, work.principal, agreement_id)
        rows = await repository.ordered(session, agreement_id)
    return [level_of(cap, rows) for cap in caps_of(agreement)]


async def call_offs(work: Work, agreement_id: UUID, order_id: UUID | None, request: PageRequest) -> Page[CallOff]:
    """What was called off, how its prices came about, and which soft caps it passed."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, agreement_id)
        return await repository.call_offs(session, work.principal, agreement_id, order_id, request)


async def create(work: Work, command: CreateAgreement) -> Agreement:
    """Write a draft; the caller's organisation holds it. NOT_CENTRALISED, CONTRACT_WITHOUT_QUANTITY."""
    work.require(permissions.AGREEMENTS_DRAFT)
    holder, terms = work.principal.organisation_id, command.terms
    if command.supplier_id == holder:
        raise errors.own_supplier()
    session = await work.writing()
    agreement_id = new_id()
    agreement = Agreement(
        id=agreement_id,
        created_at=work.now,
        updated_at=work.now,
        number=command.number or f"FA-{work.today:%Y%m%d}-{agreement_id.hex[-8:].upper()}",
        holder_id=holder,
        supplier_id=command.supplier_id,
        state=states.AGREEMENT.initial,
        currency=command.currency,
        created_by=work.principal.subject,
        items=[],
        entitlements=[],
        **_plain(terms),
    )
    await demand_sound(work, holder, terms.kind, terms.items, terms.entitlements)
    _fill(agreement, terms)
    await repository.add(session, agreement)
    work.audit("agreements.create", "agreement", agreement.id, None, audited(agreement))
    return agreement


async def revise(work: Work, agreement_id: UUID, expected_version: int, terms: Terms) -> Agreement:
    """Replace the terms of a draft."""
    work.require(permissions.AGREEMENTS_DRAFT)
    session = await work.writing()
    agreement, before = await locked_for(work, Verb(agreement_id, expected_version), Action.REVISE)
    await demand_sound(work, agreement.holder_id, terms.kind, terms.items, terms.entitlements)
    agreement.items.clear()
    agreement.entitlements.clear()
    await session.flush()  # the old positions must be gone before the new ones take their numbers
    for name, value in _plain(terms).items():
        setattr(agreement, name, value)
    _fill(agreement, terms)
    agreement.revised_by = sorted({*agreement.revised_by, work.principal.subject})
    await session.flush()
    return finish(work, agreement, Action.REVISE, before, "")


async def sign(work: Work, command: Verb) -> Agreement:
    """The supplier signs; orders may be called off from the first day of validity. AGREEMENT_OVER."""
    work.require(permissions.AGREEMENTS_SIGN)
    agreement, before = await locked_for(work, command, Action.SIGN, by_supplier=True)
    if agreement.valid_to < work.today:
        raise errors.over(agreement.valid_to)
    agreement.signed_at, agreement.signed_by = work.now, work.principal.subject
    finish(work, agreement, Action.SIGN, before, "")
    work.emit(events.activated(agreement))
    await work.enqueue(EXPIRE, {"agreement_id": str(agreement.id)}, due=_after(agreement.valid_to))
    return agreement


async def decline(work: Work, command: Verb) -> Agreement:
    """The supplier does not sign and says why; it is a draft again."""
    work.require(permissions.AGREEMENTS_SIGN)
    agreement, before = await locked_for(work, command, Action.DECLINE, by_supplier=True)
    return finish(work, agreement, Action.DECLINE, before, command.reason)


async def suspend(work: Work, command: Verb) -> Agreement:
    """The holder stops call-offs for a while and says why; orders that stand go on."""
    work.require(permissions.AGREEMENTS_MANAGE)
    return await _move(work, command, Action.SUSPEND)


async def resume(work: Work, command: Verb) -> Agreement:
    """Orders may be called off again. AGREEMENT_OVER."""
    work.require(permissions.AGREEMENTS_MANAGE)
    agreement = await _move(work, command, Action.RESUME)
    if agreement.valid_to < work.today:
        raise errors.over(agreement.valid_to)
    work.emit(events.activated(agreement))
    return agreement


async def end(work: Work, command: Verb) -> Agreement:
    """The holder ends it and says why; nothing more is called off, orders that stand go on."""
    work.require(permissions.AGREEMENTS_MANAGE)
    agreement = await _move(work, command, Action.END)
    await approvals.withdraw(work, DocumentKind.AGREEMENT, agreement.id)
    if agreement.signed_at is not None:
        work.emit(events.ended(agreement))
    return agreement


async def expire(work: Work, payload: Mapping[str, str]) -> None:
    """The job of the day after the last one: a signed agreement ends; safe to run twice and too early."""
    work.require(permissions.AGREEMENTS_EXPIRE)
    session = await work.writing()
    agreement = await repository.whole_for_update(session, UUID(payload["agreement_id"]))
    if agreement is None or agreement.state not in (State.ACTIVE, State.SUSPENDED):
        return
    if agreement.valid_to >= work.today:
        await work.enqueue(EXPIRE, dict(payload), due=_after(agreement.valid_to))
        return
    before = audited(agreement)
    finish(work, agreement, Action.END, before, f"valid until {agreement.valid_to}")
    work.emit(events.ended(agreement))


async def supplemented(work: Work, agreement: Agreement, before: audit.Fields, was_valid_to: date) -> None:
    """For supplements: the agreement, locked by the caller, reads otherwise from now on."""
    touch(agreement, work)
    work.audit("agreements.supplement", "agreement", agreement.id, before, audited(agreement))
    if agreement.state == State.ACTIVE:
        work.emit(events.activated(agreement))
    if agreement.valid_to != was_valid_to:
        await work.enqueue(EXPIRE, {"agreement_id": str(agreement.id)}, due=_after(agreement.valid_to))


def _after(last: date) -> datetime:
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


async def demand_sound(
    work: Work, holder_id: UUID, kind: Kind, items: Sequence[Item], entitlements: Sequence[Entitled]
) -> None:
    """Refuse what this kind may not have: NOT_CENTRALISED, NOT_YOUR_GROUP, CONTRACT_WITHOUT_QUANTITY,
    MATERIAL_UNIT_UNKNOWN."""
    for index, one in enumerate(entitlements):
        if kind is not Kind.CENTRALISED and (one.whole_group or one.organisation_id != holder_id):
            raise errors.only_the_holder(index)
        if one.whole_group and one.organisation_id != holder_id:
            raise errors.not_your_group(index)
    pairs = [(item.material_code, item.unit) for item in items]
    for index, item in enumerate(items):
        if kind is Kind.CONTRACT and item.hard_cap is None:
            raise errors.contract_without_cap(index)
    unknown = await order_rows.unknown_units(await work.writing(), pairs)
    if unknown:
        raise errors.unknown_materials([(index, *pair) for index, pair in enumerate(pairs) if pair in unknown])


def _plain(terms: Terms) -> dict[str, Any]:
    names = ("name", "kind", "valid_from", "valid_to", "soft_cap", "hard_cap", "note")
    return {name: getattr(terms, name) for name in names}


def columns(item: Item) -> dict[str, Any]:
    """An item by the names of its columns."""
    values = asdict(item)
    formula = values.pop("formula")
    return {**values, "price_kind": formula.pop("kind"), **formula}


def _fill(agreement: Agreement, terms: Terms) -> None:
    for position, item in enumerate(terms.items, start=1):
        agreement.items.append(
            AgreementItem(id=new_id(), agreement_id=agreement.id, position=position, **columns(item))
        )
    for position, one in enumerate(terms.entitlements, start=1):
        agreement.entitlements.append(
            Entitlement(id=new_id(), agreement_id=agreement.id, position=position, **asdict(one))
        )


async def _move(work: Work, command: Verb, action: Action) -> Agreement:
    agreement, before = await locked_for(work, command, action)
    return finish(work, agreement, action, before, command.reason)


async def locked_for(
    work: Work, command: Verb, action: Action, *, by_supplier: bool = False
) -> tuple[Agreement, audit.Fields]:
    """Lock the agreement for an action of one side; answers it with its audited fields as they were."""
    session = await work.writing()
    agreement = await repository.get_for_update(session, work.principal, command.agreement_id)
    acting = agreement.supplier_id if by_supplier else agreement.holder_id
    if acting != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(agreement, command.expected_version)
    states.AGREEMENT.apply(agreement.state, action)
    return agreement, audited(agreement)


def finish(work: Work, agreement: Agreement, action: Action, before: audit.Fields, reason: str) -> Agreement:
    """Do the action on the locked agreement and audit it; an empty reason leaves the one that stands."""
    agreement.state = states.AGREEMENT.apply(agreement.state, action)
    agreement.reason = reason or agreement.reason
    touch(agreement, work)
    work.audit(f"agreements.{action}", "agreement", agreement.id, before, audited(agreement))
    return agreement


def audited(agreement: Agreement) -> audit.Fields:
    """What the audit keeps of an agreement."""
    return audit.fields(agreement, *_AUDITED) | {
        "items": [
            audit.fields(item, "position", "material_code", "unit", "unit_price", "hard_cap")
            for item in agreement.items
        ],
        "entitlements": [
            audit.fields(one, "organisation_id", "project_id", "whole_group", "hard_cap")
            for one in agreement.entitlements
        ],
    }
