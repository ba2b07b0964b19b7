"""What a change may do, and what it costs more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ServiceError
from chassis.ids import new_id
from procurement.changes import rules
from procurement.changes.rules import Edit
from procurement.orders.rules import NewLine, commitments, line_amount

ZERO = Decimal(0)
CODES = ("A", "B")


@dataclass
class Line:
    """A line of an order."""

    quantity: Decimal
    unit_price: Decimal = Decimal("10.00")
    cost_code: str = "A"
    delivered: Decimal = ZERO
    accepted: Decimal = ZERO
    closed: bool = False
    position: int = 1
    id: UUID = field(default_factory=new_id)
    material_code: str = "01090001"
    unit: str = "t"
    tolerance_percent: Decimal = ZERO
    tax_percent: Decimal | None = None
    needed_by: date | None = None


def added(quantity: str, cost_code: str = "A") -> NewLine:
    amount = line_amount(Decimal(quantity), Decimal("10.00"))
    return NewLine(new_id(), 9, "01090001", "t", cost_code, Decimal(quantity), Decimal("10.00"), ZERO, amount)


@pytest.mark.parametrize(
    ("line", "edit", "reason"),
    [
        (Line(Decimal(10), delivered=Decimal(4)), {"quantity": Decimal("3.999999")}, "CHANGE_BELOW_DELIVERED"),
        (Line(Decimal(10), delivered=Decimal(4)), {"unit_price": Decimal(9)}, "PRICE_AFTER_DELIVERY"),
        (Line(Decimal(10), closed=True), {"quantity": Decimal(11)}, "LINE_CLOSED"),
        (Line(Decimal(10)), {}, "INVALID_ARGUMENT"),
        (Line(Decimal(10)), {"quantity": Decimal(10)}, "INVALID_ARGUMENT"),
    ],
)
def test_what_cannot_be_is_refused(line: Line, edit: dict[str, Decimal], reason: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        rules.plan([line], [Edit(line.id, **edit)], [])  # type: ignore[arg-type] # a dict of the edit's own names
    assert refusal.value.reason == reason


def test_a_line_is_edited_once_and_must_be_the_order_s() -> None:
    line = Line(Decimal(10))
    edit = Edit(line.id, quantity=Decimal(11))
    for edits in ([edit, edit], [replace(edit, line_id=new_id())]):
        with pytest.raises(ServiceError) as refusal:
            rules.plan([line], edits, [])
        assert refusal.value.violations[0].code == "LINE_UNKNOWN"


def test_down_to_what_has_come_is_possible() -> None:
    line = Line(Decimal(10), delivered=Decimal(4))
    [planned] = rules.plan([line], [Edit(line.id, quantity=Decimal(4))], [])
    assert (planned.quantity, planned.before_quantity) == (Decimal(4), Decimal(10))
    assert rules.additions([planned], {line.id: line.delivered}) == {}


def test_within_one_cost_code_less_pays_for_more() -> None:
    """Between two codes it does not: each code has a budget of its own."""
    one, other = Line(Decimal(10)), Line(Decimal(10), cost_code="B", position=2)
    planned = rules.plan([one, other], [Edit(one.id, quantity=Decimal(4))], [added("5"), added("7", "B")])
    assert rules.additions(planned, {one.id: ZERO, other.id: ZERO}) == {"B": Decimal("70.00")}


QUANTITIES = st.decimals(min_value="0.001", max_value=1000, places=3)
LINES = st.lists(
    st.tuples(QUANTITIES, st.sampled_from(CODES), st.decimals(0, 1, places=2), st.decimals(0, 1, places=2), QUANTITIES),
    min_size=1,
    max_size=5,
)


@given(LINES, st.booleans())
def test_what_is_held_with_the_additions_covers_what_the_change_costs(
    drawn: list[tuple[Decimal, str, Decimal, Decimal, Decimal]], close_first: bool
) -> None:
    """Held before and the additions together are never less than what is held once the change is in force."""
    lines, edits = [], []
    for position, (quantity, code, delivered, accepted, wanted) in enumerate(drawn, start=1):
        come = (quantity * delivered).quantize(Decimal("0.001"), rounding="ROUND_FLOOR")
        line = Line(
            quantity, Decimal("3.33"), code, come, (come * accepted).quantize(Decimal("0.000001")), False, position
        )
        lines.append(line)
        edits.append(Edit(line.id, quantity=max(wanted, come, Decimal("0.001")), close=close_first and position == 1))
    edits = [edit for edit, line in zip(edits, lines, strict=True) if edit.close or edit.quantity != line.quantity]
    planned = rules.plan(lines, edits, [])
    adds = rules.additions(planned, {line.id: line.delivered for line in lines})
    before = commitments(lines)
    for wanted_line in planned:
        line = next(one for one in lines if one.id == wanted_line.line_id)
        line.quantity, line.closed = wanted_line.quantity, wanted_line.closes
    after = commitments(lines)
    assert all(after[code] <= before[code] + adds.get(code, ZERO) for code in after)
    assert all(amount > 0 for amount in adds.values())
