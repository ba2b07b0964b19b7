"""Calling off orders from an agreement (框架协议下单): priced by the agreement, within its caps, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.work import Work
from procurement import permissions
from procurement.agreements import errors, repository, rules, states
from procurement.agreements.commands.caps import caps_of, demand_entitled
from procurement.agreements.models import Agreement, AgreementItem, CallOff, CallOffLine
from procurement.agreements.rules import Formula, Ordered, Published
from procurement.agreements.states import Action, PriceKind
from procurement.orders import service as orders
from procurement.orders.rules import NewOrder
from procurement.orders.service import CreateOrder, Line
from procurement.orders.states import Origin
from procurement.prices import service as prices
from procurement.prices.events import CURRENCY
from procurement.prices.repository import Asked
from procurement.prices.rules import in_unit
from procurement.units import service as units


@dataclass(frozen=True, slots=True)
class Wanted:
    """A published price (信息价) of one unit of a material in a region."""

    material_code: str
    unit: str
    region: str


class PublishedPrices(Protocol):
    """Who knows published prices (信息价), all of them in CNY."""

    async def __call__(self, work: Work, wanted: Sequence[Wanted], on: date, /) -> list[Published | None]:
        """The prices that count on a day, in the order of the questions; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class CallOffLineOf:
    """So much of an item; the price is not the caller's."""

    item_id: UUID
    quantity: Decimal
    cost_code: str
    needed_by: date | None


@dataclass(frozen=True, slots=True)
class CallOffOrder:
    """An order for one project; a number is made when None."""

    project_id: UUID
    number: str | None
    note: str
    lines: tuple[CallOffLineOf, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """An item with its price of today and where it comes from."""

    item: AgreementItem
    unit_price: Decimal
    published: Published | None


async def price_information(work: Work, wanted: Sequence[Wanted], on: date) -> list[Published | None]:
    """The published prices (信息价), tax included, that count on a day, exactly converted to the units; one statement.

    FailedPrecondition UNITS_DO_NOT_CONVERT when one is published in a unit that does not convert.
    """
    work.require(permissions.AGREEMENTS_CALL_OFF)
    asked = [Asked(one.material_code, one.region, on, work.now) for one in wanted]
    found = await prices.published_many(work, asked)
    factors = await units.factors(work, {one.material_code for one in wanted})
    answers: list[Published | None] = []
    for one, price in zip(wanted, found, strict=True):
        if price is not None:
            price = in_unit(price, one.unit, factors[one.material_code], on)
        answers.append(None if price is None else Published(price.with_tax, price.month, price.source))
    return answers


async def call_off(
    work: Work, agreement_id: UUID, wanted: Sequence[CallOffOrder], published: PublishedPrices
) -> list[CallOff]:
    """Draft orders of the caller's organisation, with the prices that the agreement gives today.

    The agreement is locked before its orders are counted, so that parallel call-offs never pass a hard cap together.
    CAP_EXCEEDED, AGREEMENT_NOT_VALID, NOT_ENTITLED, PUBLISHED_PRICE_MISSING, PRICE_BELOW_ZERO, ITEM_UNKNOWN, and what
    `orders.create_many` refuses for.
    """
    work.require(permissions.AGREEMENTS_CALL_OFF)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, agreement_id)
    states.AGREEMENT.apply(seen.state, Action.CALL_OFF)
    used = {line.item_id for order in wanted for line in order.lines}
    priced = await _priced(work, seen, [item for item in seen.items if item.id in used], published)
    session = await work.writing()
    agreement = await repository.get_for_update(session, work.principal, agreement_id)
    states.AGREEMENT.apply(agreement.state, Action.CALL_OFF)
    await _demand_allowed(work, agreement, wanted)
    commands = [_command(agreement, order, number, priced) for number, order in enumerate(wanted)]
    standing = await repository.ordered(session, agreement.id)
    call_offs = []
    for order in await orders.create_many(work, commands):
        asked = _ordered(order)
        warnings = rules.passed(caps_of(agreement), standing, asked)
        standing += asked
        call_offs.append(_call_off(work, agreement, order, priced, warnings))
    session.add_all(call_offs)
    return call_offs


async def _priced(
    work: Work, agreement: Agreement, items: Sequence[AgreementItem], published: PublishedPrices
) -> dict[UUID, Priced]:
    follow = [item for item in items if item.price_kind is PriceKind.PUBLISHED and agreement.currency == CURRENCY]
    wanted = [Wanted(item.material_code, item.unit, item.region) for item in follow]
    answers = await published(work, wanted, work.today) if wanted else []
    known = {item.id: found for item, found in zip(follow, answers, strict=True)}
    priced = {}
    for item in items:
        found = known.get(item.id)
        formula = Formula(item.price_kind, item.unit_price, item.region, item.discount_percent, item.discount_amount)
        priced[item.id] = Priced(item, rules.price(item.position, formula, found), found)
    return priced


async def _demand_allowed(work: Work, agreement: Agreement, wanted: Sequence[CallOffOrder]) -> None:
    if not agreement.valid_from <= work.today <= agreement.valid_to:
        raise errors.not_valid(work.today, agreement.valid_from, agreement.valid_to)
    for order in wanted:
        await demand_entitled(work, agreement, work.principal.organisation_id, order.project_id)


def _command(agreement: Agreement, order: CallOffOrder, number: int, priced: dict[UUID, Priced]) -> CreateOrder:
    lines = []
    for index, line in enumerate(order.lines):
        if line.item_id not in priced:
            raise errors.unknown_item(number, index)
        found = priced[line.item_id]
        lines.append(
            Line(
                found.item.material_code,
                found.item.unit,
                line.cost_code,
                line.quantity,
                found.unit_price,
                found.item.tolerance_percent,
                tax_percent=found.item.tax_percent,
                needed_by=line.needed_by,
                origin_line_id=found.item.id,
            )
        )
    return CreateOrder(
        order.number,
        order.project_id,
        agreement.supplier_id,
        agreement.currency,
        order.note,
        tuple(lines),
        origin=Origin.AGREEMENT,
        origin_id=agreement.id,
    )


def _ordered(order: NewOrder) -> list[Ordered]:
    return [
        Ordered(line.origin_line_id, order.buyer_id, order.project_id, line.quantity, line.amount)
        for line in order.lines
        if line.origin_line_id is not None
    ]


def _call_off(
    work: Work, agreement: Agreement, order: NewOrder, priced: dict[UUID, Priced], warnings: list[dict[str, str]]
) -> CallOff:
    call_off = CallOff(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        agreement_id=agreement.id,
        order_id=order.id,
        organisation_id=order.buyer_id,
        project_id=order.project_id,
        warnings=warnings,
        created_by=work.principal.subject,
        lines=[],
    )
    for line in order.lines:
        assert line.origin_line_id is not None  # noqa: S101 - written so by _command
        call_off.lines.append(_line(call_off.id, line.position, line.id, line.quantity, priced[line.origin_line_id]))
    after = audit.fields(call_off, "agreement_id", "order_id", "warnings")
    work.audit("agreements.call_off", "call_off", call_off.id, None, after)
    return call_off


def _line(call_off_id: UUID, position: int, order_line_id: UUID, quantity: Decimal, priced: Priced) -> CallOffLine:
    published = priced.published
    return CallOffLine(
        id=new_id(),
        call_off_id=call_off_id,
        position=position,
        order_line_id=order_line_id,
        item_id=priced.item.id,
        quantity=quantity,
        unit_price=priced.unit_price,
        price_kind=priced.item.price_kind,
        region=priced.item.region,
        published_price=None if published is None else published.unit_price,
        published_month=None if published is None else published.month,
        published_source="" if published is None else published.source,
        discount_percent=priced.item.discount_percent,
        discount_amount=priced.item.discount_amount,
    )
