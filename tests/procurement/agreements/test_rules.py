"""Prices and caps over plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition
from chassis.ids import new_id
from procurement.agreements import rules
from procurement.agreements.rules import Cap, Formula, Ordered, Published
from procurement.agreements.states import PriceKind

ZERO = Decimal(0)
MONTH = date(2026, 11, 1)


def formula(percent: str = "0", amount: str = "0") -> Formula:
    return Formula(PriceKind.PUBLISHED, None, "440300", Decimal(percent), Decimal(amount))


def published(price: str) -> Published:
    return Published(Decimal(price), MONTH, "深圳建设工程价格信息")


@pytest.mark.parametrize(
    ("percent", "amount", "price", "expected"),
    [
        ("3.50", "0", "3950.00", "3811.750000"),
        ("-1.25", "0", "3950.00", "3999.375000"),
        ("0", "120.5", "3950.00", "3829.500000"),
        ("0", "-0.000001", "3950.00", "3950.000001"),
        ("0.01", "0", "0.005", "0.005000"),
        ("50.00", "0", "0.000001", "0.000001"),
        ("100.00", "0", "3950.00", "0.000000"),
    ],
)
def test_a_formula_is_exact(percent: str, amount: str, price: str, expected: str) -> None:
    """Six places, half up; a negative discount is a surcharge."""
    found = rules.price(1, formula(percent, amount), published(price))
    assert str(found) == expected


@given(
    st.decimals("-100", "100", places=2),
    st.decimals("0", "1000000", places=6),
)
def test_a_percentage_is_never_off_by_more_than_half_a_step(percent: Decimal, price: Decimal) -> None:
    """Against fractions, which do not round at all."""
    found = rules.price(1, formula(str(percent)), Published(price, MONTH, "x"))
    exact = Fraction(price) * (1 - Fraction(percent) / 100)
    assert abs(Fraction(found) - exact) <= Fraction(1, 2_000_000)


def test_no_price_is_made_up() -> None:
    """Without a published price, or when the discount is more than it."""
    for given_formula, price, reason in (
        (formula("3"), None, "PUBLISHED_PRICE_MISSING"),
        (formula("0", "10"), published("9.99"), "PRICE_BELOW_ZERO"),
    ):
        with pytest.raises(FailedPrecondition) as refusal:
            rules.price(7, given_formula, price)
        assert (refusal.value.reason, refusal.value.metadata["position"]) == (reason, "7")


ITEMS, ORGANISATIONS, PROJECTS = ([new_id(), new_id()] for _ in range(3))
ROWS = st.builds(
    Ordered,
    st.sampled_from(ITEMS),
    st.sampled_from(ORGANISATIONS),
    st.sampled_from(PROJECTS),
    st.decimals("0.01", 100, places=2),
    st.decimals("0.01", 100, places=2),
)


def caps(hard: Decimal) -> list[Cap]:
    items: list[UUID | None] = [*ITEMS, None]
    return [
        *(Cap(f"item:{one}", None, hard, item_id=one) for one in items if one is not None),
        Cap("agreement", None, hard * 2),
        Cap("organisation", None, hard, organisation_id=ORGANISATIONS[0]),
        Cap("project", None, hard, organisation_id=ORGANISATIONS[1], project_id=PROJECTS[0]),
    ]


@given(st.lists(ROWS, max_size=15), st.decimals(1, 300, places=2))
def test_hard_caps_hold_whatever_is_asked(asked: list[Ordered], hard: Decimal) -> None:
    """Taken one after the other, each only when nothing refuses; the refusal leaves no more than it says."""
    taken: list[Ordered] = []
    for row in asked:
        try:
            rules.passed(caps(hard), taken, [row])
        except FailedPrecondition as refusal:
            left, more = Decimal(refusal.metadata["left"]), Decimal(refusal.metadata["asked"])
            assert left < more
            continue
        taken.append(row)
    assert all(cap.hard is not None and cap.measure(taken) <= cap.hard for cap in caps(hard))


def test_at_the_cap_is_within_it() -> None:
    """Exactly the cap passes; a millionth more does not; a soft cap only warns, and says how far it is passed."""
    row = Ordered(ITEMS[0], ORGANISATIONS[0], PROJECTS[0], Decimal(60), Decimal(600))
    cap = Cap("item:1", Decimal(100), Decimal(120), item_id=ITEMS[0])
    assert rules.passed([cap], [], [row]) == []
    assert rules.passed([cap], [row], [row]) == [{"scope": "item:1", "soft_cap": "100", "reached": "120"}]
    more = Ordered(ITEMS[0], ORGANISATIONS[0], PROJECTS[0], Decimal("60.000001"), Decimal(600))
    with pytest.raises(FailedPrecondition) as refusal:
        rules.passed([cap], [row], [more])
    assert refusal.value.metadata == {"scope": "item:1", "cap": "120", "left": "60", "asked": "60.000001"}


def test_a_cap_that_is_passed_already_does_not_stop_what_it_is_not_about() -> None:
    other = Ordered(ITEMS[1], ORGANISATIONS[0], PROJECTS[0], Decimal(1), Decimal(1))
    full = Ordered(ITEMS[0], ORGANISATIONS[0], PROJECTS[0], Decimal(200), Decimal(200))
    assert rules.passed([Cap("item:1", ZERO, Decimal(100), item_id=ITEMS[0])], [full], [other]) == []


@pytest.mark.parametrize(
    ("cap", "items", "expected"),
    [
        ("5000.00", [("1", "3900")], "3900.00"),
        ("3000.00", [("1", "3900")], "3000.00"),
        (None, [("1", "3900"), ("2.000001", "10")], "3920.00"),
        ("5000.00", [("1", "3900"), (None, "10")], "5000.00"),
        ("5000.00", [("1", None)], "5000.00"),
        (None, [("1", "3900"), ("1", None)], None),
    ],
)
def test_what_can_be_called_off_at_most(
    cap: str | None, items: list[tuple[str | None, str | None]], expected: str | None
) -> None:
    """The lower of both bounds; an item without a cap or a known price bounds nothing."""

    def plain(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    found = rules.at_most(plain(cap), [(plain(quantity), plain(price)) for quantity, price in items])
    assert found == plain(expected)
