"""What a change may do to the lines of an order, and what it costs more, over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from procurement.changes import errors
from procurement.orders.rules import NewLine, line_amount
from procurement.orders.rules import costs as summed


class Standing(Protocol):
    """A line of the order as it stands."""

    id: UUID
    position: int
    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal
    unit_price: Decimal
    tolerance_percent: Decimal
    tax_percent: Decimal | None
    needed_by: date | None
    delivered: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """What shall change in a line; None leaves it as it is. `close`: what is left of it does not come."""

    line_id: UUID
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    needed_by: date | None = None
    close: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A line as it shall be, with the names of `OrderChangeLine`."""

    line_id: UUID
    position: int
    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal
    unit_price: Decimal
    tolerance_percent: Decimal
    tax_percent: Decimal | None
    needed_by: date | None
    closes: bool
    before_quantity: Decimal | None
    before_unit_price: Decimal | None
    before_needed_by: date | None


def plan(lines: Iterable[Standing], edits: Sequence[Edit], added: Iterable[NewLine]) -> list[Planned]:
    """The lines that change, edits first.

    InvalidArgument for lines that are not the order's, stand twice or would stay as they are; FailedPrecondition
    LINE_CLOSED, CHANGE_BELOW_DELIVERED, PRICE_AFTER_DELIVERY.
    """
    known = {line.id: line for line in lines}
    planned: list[Planned] = []
    for index, edit in enumerate(edits):
        line = known.pop(edit.line_id, None)
        if line is None:
            raise errors.unknown_line(index)
        wanted = _edited(line, edit)
        same = (wanted.quantity, wanted.unit_price, wanted.needed_by) == (
            line.quantity,
            line.unit_price,
            line.needed_by,
        )
        if same and not edit.close:
            raise errors.nothing_changes(index)
        demand_possible(line, wanted)
        planned.append(wanted)
    return planned + [_new(line) for line in added]


def demand_possible(line: Standing, wanted: Planned | PlannedLike) -> None:
    """Refuse what deliveries have overtaken; asked when a change is proposed and again when it is accepted."""
    if line.closed:
        raise errors.line_closed(line.position)
    if wanted.quantity < line.delivered:
        raise errors.below_delivered(line.position, wanted.quantity, line.delivered)
    if wanted.unit_price != line.unit_price and line.delivered:
        raise errors.price_after_delivery(line.position)


def additions(planned: Iterable[Planned], delivered: Mapping[UUID, Decimal]) -> dict[str, Decimal]:
    """By how much each cost code costs more than before; codes that cost the same or less are left out.

    Counted on ordered quantities: what was accepted beyond them is held already and only makes the difference smaller.
    """
    costs: list[tuple[str, Decimal]] = []
    for line in planned:
        after = delivered[line.line_id] if line.closes else line.quantity
        costs.append((line.cost_code, line_amount(after, line.unit_price)))
        if line.before_quantity is not None and line.before_unit_price is not None:
            costs.append((line.cost_code, -line_amount(line.before_quantity, line.before_unit_price)))
    return {code: amount for code, amount in summed(costs).items() if amount > 0}


def increases(lines: Iterable[Planned | Increased]) -> dict[UUID, Decimal]:
    """Line → by how much more of it shall come; lines that are new or shall be closed are not in it."""
    return {
        line.line_id: line.quantity - line.before_quantity
        for line in lines
        if line.before_quantity is not None and not line.closes and line.quantity > line.before_quantity
    }


def cost(adds: Mapping[str, str]) -> Decimal:
    """What a stored change adds over all its cost codes."""
    return sum((Decimal(amount) for amount in adds.values()), Decimal(0))


class Increased(Protocol):
    """The part of a line, planned or stored, that says how much more of it shall come."""

    line_id: UUID
    quantity: Decimal
    before_quantity: Decimal | None
    closes: bool


class PlannedLike(Protocol):
    """The part of a stored change line that deliveries can overtake."""

    quantity: Decimal
    unit_price: Decimal


def _edited(line: Standing, edit: Edit) -> Planned:
    return Planned(
        line_id=line.id,
        position=line.position,
        material_code=line.material_code,
        unit=line.unit,
        cost_code=line.cost_code,
        quantity=line.quantity if edit.quantity is None else edit.quantity,
        unit_price=line.unit_price if edit.unit_price is None else edit.unit_price,
        tolerance_percent=line.tolerance_percent,
        tax_percent=line.tax_percent,
        needed_by=line.needed_by if edit.needed_by is None else edit.needed_by,
        closes=edit.close,
        before_quantity=line.quantity,
        before_unit_price=line.unit_price,
        before_needed_by=line.needed_by,
    )


def _new(line: NewLine) -> Planned:
    return Planned(
        line_id=line.id,
        position=line.position,
        material_code=line.material_code,
        unit=line.unit,
        cost_code=line.cost_code,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tolerance_percent=line.tolerance_percent,
        tax_percent=line.tax_percent,
        needed_by=line.needed_by,
        closes=False,
        before_quantity=None,
        before_unit_price=None,
        before_needed_by=None,
    )
