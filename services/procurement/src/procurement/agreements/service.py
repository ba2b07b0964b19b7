"""Use cases of agreements. Approval stands in commands/approval.py, calling off in commands/call_off.py."""

from __future__ import annotations

from collections.abc import Mapping
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
from procurement.agreements import errors, events, repository, rules, states
from procurement.agreements.models import Agreement, AgreementItem, CallOff, Entitlement
from procurement.agreements.repository import AgreementFilter
from procurement.agreements.rules import Cap, Formula, Ordered
from procurement.agreements.states import Action, Kind, State
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.orders import repository as order_rows
from procurement.orders import rules as order_rules
from procurement.orders.models import Order

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
    """An organisation that may call off, for one project or for all of its projects, and its caps by amount."""

    organisation_id: UUID
    project_id: UUID | None
    soft_cap: Decimal | None
    hard_cap: Decimal | None


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


@dataclass(frozen=True, slots=True)
class Level:
    """A cap's two heights and what counts against it; of an item also what has come."""

    cap: Cap
    ordered: Decimal
    delivered: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered; None where nothing is capped."""
        return None if self.cap.hard is None else max(self.cap.hard - self.ordered, Decimal(0))


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
    return [_level(cap, rows) for cap in caps_of(agreement)]


async def call_offs(work: Work, agreement_id: UUID, order_id: UUID | None, request: PageRequest) -> Page[CallOff]:
    """What was called off, how its prices came about, and which soft caps it passed."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, agreement_id)
        return await repository.call_offs(session, work.principal, agreement_id, order_id, request)


async def create(work: Work, command: CreateAgreement) -> Agreement:
    """Write a draft; the caller's organisation holds it. NOT_CENTRALISED, CONTRACT_WITHOUT_QUANTITY."""
    work.require(permissions.AGREEMENTS_DRAFT)
    holder = work.principal.organisation_id
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
        **_plain(command.terms),
    )
    await _demand_sound(work, agreement, command.terms)
    _fill(agreement, command.terms)
    await repository.add(session, agreement)
    work.audit("agreements.create", "agreement", agreement.id, None, _audited(agreement))
    return agreement


async def revise(work: Work, agreement_id: UUID, expected_version: int, terms: Terms) -> Agreement:
    """Replace the terms of a draft."""
    work.require(permissions.AGREEMENTS_DRAFT)
    session = await work.writing()
    agreement, before = await locked_for(work, Verb(agreement_id, expected_version), Action.REVISE)
    await _demand_sound(work, agreement, terms)
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
    before = _audited(agreement)
    finish(work, agreement, Action.END, before, f"valid until {agreement.valid_to}")
    work.emit(events.ended(agreement))


async def demand_room_for(work: Work, order: Order, quantities: Mapping[UUID, Decimal]) -> None:
    """For changes of a called-off order (locked by the caller): its lines shall have these quantities.

    Soft caps that are passed are recorded with the call-off. CAP_EXCEEDED, and INVALID_STATE when more is wanted of an
    agreement that is not active.
    """
    session = await work.writing()
    assert order.origin_id is not None  # noqa: S101 - a CHECK of the table
    agreement = await repository.get_for_update(session, work.principal, order.origin_id)
    asked = []
    for line in order.lines:
        standing = order_rules.committed_quantity(line)
        more = quantities.get(line.id, standing) - standing
        if more > 0 and line.origin_line_id is not None:
            amount = order_rules.line_amount(more + standing, line.unit_price)
            amount -= order_rules.line_amount(standing, line.unit_price)
            asked.append(Ordered(line.origin_line_id, order.buyer_id, order.project_id, more, amount))
    if not asked:
        return
    states.AGREEMENT.apply(agreement.state, Action.CALL_OFF)
    warnings = rules.passed(caps_of(agreement), await repository.ordered(session, agreement.id), asked)
    call_off = await repository.call_off_of(session, order.id)
    if warnings and call_off is not None:
        call_off.warnings = [*call_off.warnings, *warnings]
        touch(call_off, work)


def caps_of(agreement: Agreement) -> list[Cap]:
    """Every cap of an agreement, also those without a height: items, the whole, entitlements."""
    items = [Cap(f"item:{item.position}", item.soft_cap, item.hard_cap, item_id=item.id) for item in agreement.items]
    return [*items, Cap("agreement", agreement.soft_cap, agreement.hard_cap), *map(_cap, agreement.entitlements)]


def _cap(one: Entitlement) -> Cap:
    scope = f"organisation:{one.organisation_id}"
    if one.project_id is not None:
        scope += f"/project:{one.project_id}"
    return Cap(scope, one.soft_cap, one.hard_cap, organisation_id=one.organisation_id, project_id=one.project_id)


def _level(cap: Cap, rows: list[Ordered]) -> Level:
    delivered = None
    if cap.item_id is not None:
        delivered = sum((row.delivered for row in rows if row.item_id == cap.item_id), Decimal("0.000000"))
    return Level(cap, cap.measure(rows), delivered)


def _after(last: date) -> datetime:
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


async def _demand_sound(work: Work, agreement: Agreement, terms: Terms) -> None:
    for index, one in enumerate(terms.entitlements):
        if terms.kind is not Kind.CENTRALISED and one.organisation_id != agreement.holder_id:
            raise errors.only_the_holder(index)
    pairs = [(item.material_code, item.unit) for item in terms.items]
    for index, item in enumerate(terms.items):
        if terms.kind is Kind.CONTRACT and item.hard_cap is None:
            raise errors.contract_without_cap(index)
    unknown = await order_rows.unknown_units(await work.writing(), pairs)
    if unknown:
        raise errors.unknown_materials([(index, *pair) for index, pair in enumerate(pairs) if pair in unknown])


def _plain(terms: Terms) -> dict[str, Any]:
    names = ("name", "kind", "valid_from", "valid_to", "soft_cap", "hard_cap", "note")
    return {name: getattr(terms, name) for name in names}


def _fill(agreement: Agreement, terms: Terms) -> None:
    for position, item in enumerate(terms.items, start=1):
        values = asdict(item)
        formula = values.pop("formula")
        values["price_kind"] = formula.pop("kind")
        agreement.items.append(
            AgreementItem(id=new_id(), agreement_id=agreement.id, position=position, **values, **formula)
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
    return agreement, _audited(agreement)


def finish(work: Work, agreement: Agreement, action: Action, before: audit.Fields, reason: str) -> Agreement:
    """Do the action on the locked agreement and audit it; an empty reason leaves the one that stands."""
    agreement.state = states.AGREEMENT.apply(agreement.state, action)
    agreement.reason = reason or agreement.reason
    touch(agreement, work)
    work.audit(f"agreements.{action}", "agreement", agreement.id, before, _audited(agreement))
    return agreement


def _audited(agreement: Agreement) -> audit.Fields:
    return audit.fields(agreement, *_AUDITED) | {
        "items": [
            audit.fields(item, "position", "material_code", "unit", "unit_price", "hard_cap")
            for item in agreement.items
        ],
        "entitlements": [
            audit.fields(one, "organisation_id", "project_id", "hard_cap") for one in agreement.entitlements
        ],
    }
