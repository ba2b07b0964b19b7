"""Use cases of awards. They know offers, not how these came: a tender will be one more way to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.awards import errors, events, repository, rules
from procurement.awards.models import Award, AwardLine
from procurement.awards.rules import Need, NewLine
from procurement.offers import service as offers
from procurement.offers.service import Choice
from procurement.orders import service as orders
from procurement.orders.rules import line_amount
from procurement.orders.service import CreateOrder, Line
from procurement.orders.states import Origin
from procurement.requisitions import service as requisitions
from procurement.requisitions.rules import Need as SourcedNeed
from procurement.sourcing import errors as sourcing_errors
from procurement.sourcing import service as sourcing
from procurement.sourcing.models import Sourcing
from procurement.sourcing.states import State
from procurement.suppliers import service as suppliers


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of an offered line, and why when it is not the lowest."""

    offer_line_id: UUID
    quantity: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Give:
    """A decision; `expected_version` is that of the sourcing."""

    sourcing_id: UUID
    expected_version: int | None
    note: str
    lines: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """An award with the draft orders that it has become."""

    award: Award
    lines: Sequence[AwardLine | NewLine]
    order_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a supplier is told after the award: whether it had offered, what it has won, its rank if the buyer says."""

    sourcing_id: UUID
    offered: bool
    won: Sequence[AwardLine]
    rank: int | None


async def give(work: Work, command: Give) -> Given:
    """Award lines, whole or split over suppliers, and write the draft orders: one per supplier and project.

    The sourcing is locked first, so that of two who award the same line the second finds what the first has left.
    Raises not_awardable, reason_missing, exhausted; 412 when If-Match names another version of the sourcing.
    """
    work.require(permissions.AWARDS_GIVE)
    found = await sourcing.awarding(work, sourcing.Verb(command.sourcing_id, command.expected_version))
    chosen = await _chosen(work, found, command.lines)
    needs = await _needs(work, found, chosen)
    award = Award(
        id=new_id(),
        sourcing_id=found.id,
        buyer_id=found.buyer_id,
        note=command.note,
        currency=found.currency,
        total=sum(
            (line_amount(one.quantity, choice.landed_price) for one, choice in zip(command.lines, chosen, strict=True)),
            Decimal("0.00"),
        ),
        created_by=work.principal.subject,
        created_at=work.now,
        updated_at=work.now,
    )
    lines = [
        _line(award, number, one, choice)
        for number, (one, choice) in enumerate(zip(command.lines, chosen, strict=True), start=1)
    ]
    spread = _spread(lines, needs)
    await repository.add(await work.writing(), award, lines)
    await sourcing.award(work, found, _sums(lines), {need.part_id: given for need, given in _by_part(spread)})
    await _take(work, spread)
    made = await orders.create_many(work, _orders(award, found.title, spread))
    _tell(work, award, lines)
    return Given(award, lines, [order.id for order in made])


async def _chosen(work: Work, found: Sourcing, wanted: Sequence[Wanted]) -> list[Choice]:
    usable = await offers.choices(work, found, [one.offer_line_id for one in wanted])
    wrong = [f"/lines/{index}/offer_line_id" for index, one in enumerate(wanted) if one.offer_line_id not in usable]
    if wrong:
        raise errors.not_awardable(wrong)
    chosen = [usable[one.offer_line_id] for one in wanted]
    await suppliers.usable(work, found.buyer_id, {choice.supplier_id for choice in chosen})
    silent = [
        f"/lines/{index}/reason"
        for index, (one, choice) in enumerate(zip(wanted, chosen, strict=True))
        if not choice.lowest and not one.reason
    ]
    if silent:
        raise errors.reason_missing(silent)
    return chosen


async def _needs(work: Work, found: Sourcing, chosen: Sequence[Choice]) -> dict[UUID, list[Need]]:
    needs: dict[UUID, list[Need]] = defaultdict(list)
    for row in await sourcing.parts_left(work, found, list({choice.line_id for choice in chosen})):
        needs[row["line_id"]].append(
            Need(
                row["id"],
                row["project_id"],
                row["cost_code"],
                row["needed_by"],
                row["requisition_line_id"],
                row["left"],
            )
        )
    return needs


def _line(award: Award, position: int, wanted: Wanted, choice: Choice) -> NewLine:
    return NewLine(
        id=new_id(),
        award_id=award.id,
        position=position,
        line_id=choice.line_id,
        offer_line_id=choice.offer_line_id,
        supplier_id=choice.supplier_id,
        material_code=choice.material_code,
        unit=choice.unit,
        quantity=wanted.quantity,
        unit_price=choice.landed_price,
        tax_percent=choice.tax_percent,
        lowest=choice.lowest,
        reason=wanted.reason,
    )


Spread = list[tuple[NewLine, list[tuple[Need, Decimal]]]]


def _spread(lines: Sequence[NewLine], needs: dict[UUID, list[Need]]) -> Spread:
    spread: Spread = []
    short: dict[str, Decimal] = {}
    for index, line in enumerate(lines):
        left = sum((need.left for need in needs[line.line_id]), Decimal(0))
        if line.quantity > left:
            short[f"/lines/{index}/quantity"] = left
        spread.append((line, rules.spread(line.quantity, needs[line.line_id])))
    if short:
        raise errors.exhausted(short)
    return spread


async def _take(work: Work, spread: Spread) -> None:
    parts = ((line.unit, *part) for line, given in spread for part in given)
    needs = [
        SourcedNeed(need.requisition_line_id, quantity, unit)
        for unit, need, quantity in parts
        if need.requisition_line_id is not None
    ]
    await requisitions.take_for_order(work, needs, sourced=True)


def _sums(lines: Sequence[NewLine]) -> dict[UUID, Decimal]:
    sums: dict[UUID, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.line_id] += line.quantity
    return sums


def _by_part(spread: Spread) -> list[tuple[Need, Decimal]]:
    sums: dict[UUID, tuple[Need, Decimal]] = {}
    for _, parts in spread:
        for need, quantity in parts:
            sums[need.part_id] = need, quantity + sums.get(need.part_id, (need, Decimal(0)))[1]
    return list(sums.values())


def _orders(award: Award, title: str, spread: Spread) -> list[CreateOrder]:
    lines: dict[tuple[UUID, UUID], list[Line]] = defaultdict(list)
    for line, parts in spread:
        for need, quantity in parts:
            lines[line.supplier_id, need.project_id].append(
                Line(
                    line.material_code,
                    line.unit,
                    need.cost_code,
                    quantity,
                    line.unit_price,
                    Decimal("0.00"),
                    tax_percent=line.tax_percent,
                    needed_by=need.needed_by,
                    origin_line_id=line.id,
                    requisition_line_id=need.requisition_line_id,
                )
            )
    return [
        CreateOrder(None, project, supplier, award.currency, title, tuple(one), origin=Origin.AWARD, origin_id=award.id)
        for (supplier, project), one in lines.items()
    ]


def _tell(work: Work, award: Award, lines: Sequence[NewLine]) -> None:
    won: dict[UUID, list[NewLine]] = defaultdict(list)
    for line in lines:
        won[line.supplier_id].append(line)
    for supplier, own in won.items():
        work.emit(events.awarded(award, supplier, own))
    after = [
        {"line_id": str(one.line_id), "supplier_id": str(one.supplier_id), "quantity": str(one.quantity)}
        | {"unit_price": str(one.unit_price), "reason": one.reason}
        for one in lines
    ]
    work.audit("awards.give", "award", award.id, None, {"sourcing_id": str(award.sourcing_id), "lines": after})


async def get(work: Work, award_id: UUID) -> Given:
    """One award with its lines and orders."""
    work.require(permissions.AWARDS_READ)
    async with work.reading() as session:
        award, order_ids = await repository.get(session, work.principal, award_id)
    return Given(award, award.lines, order_ids)


async def page(work: Work, sourcing_id: UUID | None, request: PageRequest) -> Page[Award]:
    """The caller's awards, newest first."""
    work.require(permissions.AWARDS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, sourcing_id, request)


async def outcome(work: Work, sourcing_id: UUID) -> Outcome:
    """For a guest, when all is decided: what it has won, and its rank if the buyer shows it; nothing of rivals."""
    work.require(permissions.OUTCOMES_READ)
    found = await sourcing.seen(work, sourcing_id)
    me = work.principal.organisation_id
    if found.buyer_id == me:
        raise sourcing_errors.sourcing_not_found(sourcing_id)
    if found.state is not State.AWARDED:
        raise errors.not_decided()
    offered, place = await offers.rank(work, sourcing_id, me)
    async with work.reading() as session:
        won = await repository.won(session, work.principal, sourcing_id)
    return Outcome(sourcing_id, offered, won, place if found.show_rank else None)
