"""Use cases of awards. They know offers, not how these came: a tender will be one more way to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.awards import errors, events, repository, rules, states
from procurement.awards.models import Award, AwardLine
from procurement.awards.repository import AwardFilter
from procurement.awards.rules import Need, NewLine
from procurement.awards.states import Action
from procurement.clients.labour import LabourDirectory
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
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal


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
class Verb:
    """An action on an award, the version that the caller saw, and why (may be empty)."""

    award_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An award with the draft orders that it has become; none while it waits for approval."""

    award: Award
    lines: Sequence[AwardLine | NewLine]
    order_ids: Sequence[UUID]

    @property
    def version(self) -> int:
        """Of the award, for If-Match."""
        return self.award.version


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a supplier is told after the award: whether it had offered, what it has won, its rank if the buyer says."""

    sourcing_id: UUID
    offered: bool
    won: Sequence[AwardLine]
    rank: int | None


async def give(work: Work, command: Give, labour: LabourDirectory) -> Given:
    """Award lines, whole or split over suppliers. Who approves the total today is asked first: until then the
    quantities are held. When the matrix asks nobody, draft orders are written: one per supplier and project.

    The sourcing is locked first, so that of two who award the same line the second finds what the first has left.
    Raises not_awardable, reason_missing, exhausted, SUPPLIER_WAGE_LISTED; 412 when If-Match names another version of
    the sourcing.
    """
    work.require(permissions.AWARDS_GIVE)
    offering = await offers.suppliers_of(work, [one.offer_line_id for one in command.lines])
    await wage_standings.demand_engageable(work, offering, Deal.AWARD, labour)
    found = await sourcing.awarding(work, sourcing.Verb(command.sourcing_id, command.expected_version))
    chosen = await _chosen(work, found, command.lines)
    award = Award(
        id=new_id(),
        sourcing_id=found.id,
        buyer_id=found.buyer_id,
        state=states.AWARD.initial,
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
    given = await spread_over(work, found, lines)
    steps = await approvals.open_steps(work, _document(award, found.title))
    if not steps:
        award.state = states.AWARD.apply(award.state, Action.APPROVE)
    await repository.add(await work.writing(), award, lines)
    _audit(work, award, lines)
    if steps:
        await sourcing.hold(work, sums(lines))
        return Given(award, lines, [])
    return Given(award, lines, await become_orders(work, found, award, given))


async def become_orders(work: Work, found: Sourcing, award: Award, spread: Spread) -> list[UUID]:
    """Book an approved award, as `spread_over` its locked sourcing, write the draft orders and tell who has won; ids of
    the orders."""
    lines = [line for line, _ in spread]
    await sourcing.award(work, found, sums(lines), {need.part_id: given for need, given in _by_part(spread)})
    await _take(work, spread)
    made = await orders.create_many(work, _orders(award, found.title, spread))
    _tell(work, award, lines)
    return [order.id for order in made]


def _document(award: Award, title: str) -> Document:
    return Document(
        kind=DocumentKind.AWARD,
        id=award.id,
        number=title,
        organisation_id=award.buyer_id,
        authors=[award.created_by],
        amount=award.total,
        currency=award.currency,
    )


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


Needs = tuple[dict[UUID, list[Need]], dict[UUID, Decimal]]
"""By line: the needs that are left, the most urgent one first, and how much of them awards hold that wait."""


async def _needs(work: Work, found: Sourcing, lines: Sequence[AwardLine | NewLine]) -> Needs:
    needs: dict[UUID, list[Need]] = defaultdict(list)
    held: dict[UUID, Decimal] = defaultdict(Decimal)
    for row in await sourcing.parts_left(work, found, list({line.line_id for line in lines})):
        held[row["line_id"]] = row["held"]
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
    return needs, held


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


Spread = list[tuple[AwardLine | NewLine, list[tuple[Need, Decimal]]]]


async def spread_over(work: Work, found: Sourcing, lines: Sequence[AwardLine | NewLine]) -> Spread:
    """The lines with their shares of the needs that are left of a locked sourcing; exhausted beyond what is."""
    needs, held = await _needs(work, found, lines)
    spread: Spread = []
    short: dict[str, Decimal] = {}
    for index, line in enumerate(lines):
        left = sum((need.left for need in needs[line.line_id]), Decimal(0)) - held[line.line_id]
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


def sums(lines: Sequence[AwardLine | NewLine]) -> dict[UUID, Decimal]:
    """The quantity per line of the sourcing."""
    found: dict[UUID, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.line_id] += line.quantity
    return found


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
        CreateOrder(
            None,
            project,
            supplier,
            award.currency,
            title,
            tuple(one),
            origin=Origin.AWARD,
            origin_id=award.id,
            created_by=award.created_by,
        )
        for (supplier, project), one in lines.items()
    ]


def _tell(work: Work, award: Award, lines: Sequence[AwardLine | NewLine]) -> None:
    won: dict[UUID, list[AwardLine | NewLine]] = defaultdict(list)
    for line in lines:
        won[line.supplier_id].append(line)
    for supplier, own in won.items():
        work.emit(events.awarded(award, supplier, own))


def _audit(work: Work, award: Award, lines: Sequence[NewLine]) -> None:
    after = [
        {"line_id": str(one.line_id), "supplier_id": str(one.supplier_id), "quantity": str(one.quantity)}
        | {"unit_price": str(one.unit_price), "reason": one.reason}
        for one in lines
    ]
    head = audit.fields(award, "state", "total") | {"sourcing_id": str(award.sourcing_id)}
    work.audit("awards.give", "award", award.id, None, head | {"lines": after})


async def get(work: Work, award_id: UUID) -> Given:
    """One award with its lines and orders."""
    work.require(permissions.AWARDS_READ)
    async with work.reading() as session:
        award, order_ids = await repository.get(session, work.principal, award_id)
    return Given(award, award.lines, order_ids)


async def page(work: Work, wanted: AwardFilter, request: PageRequest) -> Page[Award]:
    """The caller's awards, newest first."""
    work.require(permissions.AWARDS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


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
