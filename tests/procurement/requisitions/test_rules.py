"""Counters of a line, and merging."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from procurement.requisitions import rules
from procurement.requisitions.rules import Counters, Move, Wanted

quantities = st.decimals(min_value="0.000001", max_value="200", places=6)


def counters(requested: str, sourced: str = "0", ordered: str = "0", delivered: str = "0") -> Counters:
    return Counters(*map(Decimal, (requested, sourced, ordered, delivered)))


@pytest.mark.parametrize(
    ("move", "quantity", "after"),
    [
        (Move.TAKE_FOR_SOURCING, "50", counters("100", "80", "20", "5")),
        (Move.TAKE_FOR_SOURCING, "50.000001", None),
        (Move.GIVE_BACK_SOURCING, "30", counters("100", "0", "20", "5")),
        (Move.GIVE_BACK_SOURCING, "30.000001", None),
        (Move.TAKE_FOR_ORDER, "50", counters("100", "30", "70", "5")),
        (Move.TAKE_FOR_ORDER, "50.000001", None),
        (Move.TAKE_SOURCED_FOR_ORDER, "30", counters("100", "0", "50", "5")),
        (Move.TAKE_SOURCED_FOR_ORDER, "30.000001", None),
        (Move.GIVE_BACK_ORDER, "20", counters("100", "30", "0", "5")),
        (Move.GIVE_BACK_ORDER, "20.000001", None),
        (Move.BOOK_DELIVERED, "20", counters("100", "30", "20", "25")),
        (Move.BOOK_DELIVERED, "-5", counters("100", "30", "20", "0")),
        (Move.BOOK_DELIVERED, "-5.000001", None),
    ],
)
def test_where_a_quantity_goes(move: Move, quantity: str, after: Counters | None) -> None:
    """Each move at its edge: all there is goes, a millionth more does not."""
    assert counters("100", "30", "20", "5").after(move, Decimal(quantity)) == after


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.BOOK_DELIVERED])
@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_and_less_than_nothing_do_not_move(move: Move, quantity: str) -> None:
    assert counters("100", "30", "20").after(move, Decimal(quantity)) is None


def test_a_total_that_can_be_kept() -> None:
    """A cent below ten quadrillions is; from the line on that reaches them it is not."""
    cent, most = Decimal("0.01"), Decimal("9999999999999999.99")
    assert rules.too_large([(Decimal(1), most)]) == []
    assert rules.too_large([(Decimal(1), most), (Decimal(1), cent), (Decimal(1), cent)]) == [1, 2]


@given(st.lists(st.tuples(st.sampled_from(Move), quantities), max_size=40))
def test_whatever_happens_nothing_is_bought_twice(moves: list[tuple[Move, Decimal]]) -> None:
    """Sourced, ordered and left are never negative and always add up to what was requested."""
    line = counters("100")
    for move, quantity in moves:
        line = line.after(move, quantity) or line
        assert min(line.sourced, line.ordered, line.left, line.delivered) >= 0
        assert line.sourced + line.ordered + line.left == Decimal(100)


@given(st.sampled_from([Move.TAKE_FOR_SOURCING, Move.TAKE_FOR_ORDER]), quantities)
def test_what_is_taken_can_be_given_back(move: Move, quantity: Decimal) -> None:
    """Then everything is as before."""
    back = {Move.TAKE_FOR_SOURCING: Move.GIVE_BACK_SOURCING, Move.TAKE_FOR_ORDER: Move.GIVE_BACK_ORDER}[move]
    line = counters("100")
    taken = line.after(move, quantity)
    assert (taken is None) == (quantity > 100)
    if taken is not None:
        assert taken.after(back, quantity) == line


@given(st.lists(st.tuples(st.sampled_from([new_id() for _ in range(4)]), quantities)))
def test_needs_of_one_line_are_added_up_in_the_order_of_ids(needs: list[tuple[UUID, Decimal]]) -> None:
    summed = rules.summed(needs)
    assert list(summed) == sorted({line for line, _ in needs})
    for line, total in summed.items():
        assert total == sum(quantity for other, quantity in needs if other == line)


def wanted(unit: str, quantity: str, **changes: Any) -> Wanted:
    """So much rebar for some site; a tonne is a thousand kilograms, and 633.5 metres."""
    wholes = {"t": {"t": 1}, "kg": {"kg": 1, "t": 1000}, "m": {"m": 1}}[unit]
    said: dict[str, Any] = {"material_code": "01090001", "specification": "", "needed_by": date(2026, 12, 14)} | changes
    return Wanted(
        requisition_line_id=new_id(),
        project_id=new_id(),
        cost_code="A",
        unit=unit,
        quantity=Decimal(quantity),
        wholes=wholes,
        **said,
    )


wants = st.builds(
    wanted,
    st.sampled_from(["t", "kg", "m"]),
    quantities.map(str),
    material_code=st.sampled_from(["01090001", "04010001"]),
    specification=st.sampled_from(["", "φ8"]),
    needed_by=st.dates(date(2026, 11, 23), date(2026, 12, 31)),
)


@given(st.lists(wants, max_size=30))
def test_merging_loses_and_invents_nothing(given_lines: list[Wanted]) -> None:
    """Every need is one part of one position of its material and specification; its quantity can be counted back."""
    merged = rules.merge(given_lines)
    keys = [(one.material_code, one.specification, one.unit) for one in merged]
    assert keys == sorted(set(keys))
    lines = {one.requisition_line_id: one for one in given_lines}
    seen = [(position, part) for position in merged for part in position.parts]
    assert sorted(part.requisition_line_id for _, part in seen) == sorted(lines)
    for position, part in seen:
        line = lines[part.requisition_line_id]
        assert (position.material_code, position.specification) == (line.material_code, line.specification)
        assert part.quantity * line.wholes[position.unit] == line.quantity
        assert (part.project_id, part.cost_code, part.needed_by) == (line.project_id, line.cost_code, line.needed_by)
    for position in merged:
        assert position.parts[0].needed_by == min(part.needed_by for part in position.parts)


def test_units_are_made_one_only_where_nothing_is_lost() -> None:
    """Kilograms join tonnes; a milligram too fine for six places of a tonne and metres stay what they are."""
    merged = rules.merge([wanted("kg", "1500.5"), wanted("t", "2"), wanted("kg", "0.0005"), wanted("m", "10")])
    found = {one.unit: [f"{part.quantity:f}" for part in one.parts] for one in merged}
    assert found == {"kg": ["0.000500"], "m": ["10.000000"], "t": ["1.500500", "2.000000"]}
