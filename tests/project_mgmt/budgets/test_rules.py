"""What a budget line can take."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from project_mgmt.budgets import rules
from project_mgmt.budgets.rules import NOTHING, Hold, Line, Shortage
from project_mgmt.budgets.states import State

CODES = ("A", "B", "C")
AMOUNTS = st.decimals(min_value=0, max_value=1000, places=2)
ASKED = st.dictionaries(st.sampled_from(CODES), AMOUNTS, min_size=1)
HOLDS = st.builds(Hold, st.sampled_from(list(State)), ASKED)


def lines(amount: str = "1000.00") -> dict[str, Line]:
    """Three empty lines."""
    return {code: Line(code, Decimal(amount)) for code in CODES}


def moved(standing: dict[str, Line], before: Hold, after: Hold) -> dict[str, Line]:
    """All lines after one commitment moved."""
    return {code: rules.move(line, before, after) for code, line in standing.items()}


@given(st.lists(st.tuples(st.sampled_from(CODES), AMOUNTS), max_size=8))
def test_amounts_are_summed_by_code_in_order(costs: list[tuple[str, Decimal]]) -> None:
    """In cost-code order: the order of the locks."""
    summed = rules.summed(costs)
    assert list(summed) == sorted(summed)
    assert sum(summed.values()) == sum(amount for _, amount in costs)


@given(HOLDS, HOLDS)
def test_a_move_there_and_back_is_none(one: Hold, other: Hold) -> None:
    """What a commitment took is given back to the cent."""
    standing = moved(lines(), NOTHING, one)
    assert moved(moved(standing, one, other), other, one) == standing
    assert moved(standing, one, NOTHING) == lines()


@given(HOLDS)
def test_only_reserved_and_confirmed_count(hold: Hold) -> None:
    """A released, lapsed or cancelled commitment holds nothing."""
    after = moved(lines(), NOTHING, hold)
    committed = sum(line.committed for line in after.values())
    assert committed == (sum(hold.amounts.values()) if hold.state in rules.COUNTED else 0)
    assert all(line.reserved == 0 for line in after.values()) or hold.state is State.RESERVED


@given(st.lists(ASKED, max_size=12))
def test_reservations_never_pass_the_budget(asked: list[dict[str, Decimal]]) -> None:
    """Taken one after the other, each only when nothing is short."""
    standing = lines("1500.00")
    for amounts in asked:
        if not rules.shortages(standing, NOTHING, amounts):
            standing = moved(standing, NOTHING, Hold(State.RESERVED, amounts))
    assert not any(line.overdrawn for line in standing.values())


def test_a_replaced_reservation_does_not_stand_in_its_own_way() -> None:
    """What the order holds already is free for the order."""
    before = Hold(State.RESERVED, {"A": Decimal("900.00")})
    standing = moved(lines(), NOTHING, before)
    assert rules.shortages(standing, before, {"A": Decimal("1000.00")}) == []
    assert rules.shortages(standing, before, {"A": Decimal("1000.01")}) == [
        Shortage("A", Decimal("1000.00"), Decimal("1000.01"))
    ]
    assert rules.shortages(standing, NOTHING, {"A": Decimal("100.01"), "B": Decimal("1")}) == [
        Shortage("A", Decimal("100.00"), Decimal("100.01"))
    ]


def test_a_line_may_not_fall_below_what_is_committed() -> None:
    """Leaving a line out is asking for nothing."""
    standing = moved(lines(), NOTHING, Hold(State.CONFIRMED, {"A": Decimal("900.00")}))
    assert rules.below_committed(standing.values(), {"A": Decimal("900.00")}) == []
    assert rules.below_committed(standing.values(), {"A": Decimal("899.99")}) == [standing["A"]]
    assert rules.below_committed(standing.values(), {"B": Decimal("5")}) == [standing["A"]]
