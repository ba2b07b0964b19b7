"""Rules of invoices over plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from procurement.invoices import rules
from procurement.invoices.rules import Compared, EnteredLine, EnterInvoice, Rest
from procurement.invoices.states import Reason
from procurement.orders.rules import line_amount

CENT = Decimal("0.01")
FINE = Decimal("0.0000000000001")
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "1", "3", "6", "9", "13")])
QUANTITIES = st.decimals("0.000001", 100_000, places=6)
PRICES = st.decimals("0.01", 100_000, places=6)


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def from_gross(quantity: Decimal, price: Decimal, rate: Decimal, sign: int = 1) -> EnteredLine:
    """As a seller prints it who starts from the price with tax."""
    gross = line_amount(quantity * sign, price)
    net = rounded(gross / (1 + rate / 100))
    return _line(quantity * sign, (price / (1 + rate / 100)).quantize(FINE), net, rate, gross - net, sign)


def from_net(quantity: Decimal, price: Decimal, rate: Decimal, sign: int = 1) -> EnteredLine:
    """As a seller prints it who starts from the price without tax."""
    net = rounded(quantity * sign * price)
    return _line(quantity * sign, price, net, rate, rounded(net * rate / 100), sign)


def _line(quantity: Decimal, price: Decimal, net: Decimal, rate: Decimal, tax: Decimal, sign: int) -> EnteredLine:
    if sign == 1:
        return EnteredLine(quantity, price, net, rate, tax, net + tax, order_line_id=new_id())
    return EnteredLine(quantity, price, net, rate, tax, net + tax, corrects_line_id=new_id())


def document(*lines: EnteredLine) -> EnterInvoice:
    """An invoice with the sums of its lines."""
    net, tax = sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0))
    red = lines[0].corrects_line_id is not None
    return EnterInvoice(
        number="26952000000012345678",
        issue_date=date(2026, 11, 23),
        seller_uscc="91350100M000100Y43",
        buyer_uscc="91110000600037341L",
        currency="CNY",
        net=net,
        tax=tax,
        gross=net + tax,
        lines=lines,
        corrects_id=new_id() if red else None,
    )


@given(st.lists(st.tuples(QUANTITIES, PRICES, RATES), min_size=1, max_size=20), st.sampled_from([1, -1]))
def test_both_ways_of_rounding_are_taken(cases: list[tuple[Decimal, Decimal, Decimal]], sign: int) -> None:
    """However many lines there are, blue or red: one cent per line is enough, and totals need none."""
    for way in (from_gross, from_net):
        whole = document(*(way(*case, sign) for case in cases))
        assert list(rules.faults(whole)) == ([] if whole.gross else [("/gross", "NOTHING_BILLED")])


@given(QUANTITIES, PRICES, RATES, st.sampled_from([CENT * 2, -CENT * 2]))
def test_two_cents_are_no_rounding(quantity: Decimal, price: Decimal, rate: Decimal, off: Decimal) -> None:
    """Beside a tax that is rounded half up from the net amount two cents more or less are always found."""
    line = from_net(quantity, price, rate)
    wrong = replace(line, tax=line.tax + off, gross=line.gross + off)
    assert ("/lines/0/tax", "TAX_DIFFERS") in list(rules.faults(document(wrong)))


GOOD = from_gross(Decimal(98), Decimal(3950), Decimal(13))


def test_the_example_of_a_printed_line() -> None:
    """98 t at 3,950 yuan with 13 %: 342,566.37 + 44,533.63 = 387,100.00."""
    assert (GOOD.net, GOOD.tax, GOOD.gross) == (Decimal("342566.37"), Decimal("44533.63"), Decimal("387100.00"))


LINE_FAULTS = [
    ({"net": GOOD.net + 2 * CENT, "gross": GOOD.gross + 2 * CENT}, [("/lines/0/net", "NET_DIFFERS")]),
    ({"gross": GOOD.gross + CENT}, [("/lines/0/gross", "GROSS_DIFFERS"), ("/gross", "TOTAL_DIFFERS")]),
    ({"order_line_id": None}, [("/lines/0", "LINE_REFERENCE")]),
    ({"statement_line_id": new_id()}, [("/lines/0", "LINE_REFERENCE")]),
    ({"corrects_line_id": new_id(), "order_line_id": None}, [("/lines/0", "LINE_REFERENCE")]),
]


@pytest.mark.parametrize(("change", "found"), LINE_FAULTS)
def test_what_a_line_cannot_say(change: dict[str, Any], found: list[tuple[str, str]]) -> None:
    line = replace(GOOD, **change)
    printed = replace(document(GOOD), net=line.net, tax=line.tax, gross=line.net + line.tax, lines=(line,))
    if "corrects_line_id" in change:  # a blue document with a red line
        printed = replace(printed, corrects_id=None)
    assert list(rules.faults(printed)) == found


def test_signs_and_zero() -> None:
    """Blue lines are positive, red ones negative, and none is nothing."""
    for line in (
        replace(GOOD, quantity=Decimal(0)),
        replace(GOOD, quantity=-GOOD.quantity),
        replace(GOOD, net=-GOOD.net, tax=-GOOD.tax, gross=-GOOD.gross),
    ):
        assert ("/lines/0/quantity", "LINE_SIGN") in list(rules.faults(document(line)))
    red = replace(from_gross(Decimal(1), Decimal(3950), Decimal(13), -1), quantity=Decimal(1))
    assert ("/lines/0/quantity", "LINE_SIGN") in list(rules.faults(document(red)))


@pytest.mark.parametrize("name", ["net", "tax", "gross"])
def test_totals_have_no_tolerance(name: str) -> None:
    """Not one cent: a document prints the sums of its lines."""
    good = document(GOOD, GOOD)
    wrong = replace(good, **{name: getattr(good, name) + CENT})
    assert list(rules.faults(good)) == []
    assert list(rules.faults(wrong)) == [(f"/{name}", "TOTAL_DIFFERS")]


def test_the_number_begins_with_the_year_of_issue() -> None:
    late = replace(document(GOOD), issue_date=date(2027, 1, 1))
    assert list(rules.faults(late)) == [("/number", "NUMBER_YEAR")]


def compared(quantity: str, gross: str, **changes: Any) -> Compared:
    """A line at an agreed price of 3,950 yuan with 13 % tax, of 100 t that nobody has billed."""
    plain = Compared(
        Decimal(quantity), Decimal(gross), Decimal(13), Decimal(3950), Decimal(13), Decimal(quantity), Decimal(100)
    )
    return replace(plain, **changes)


EXACT, TWO = Decimal(0), Decimal(2)
MATCHES: list[tuple[str, Compared, Decimal, list[Reason]]] = [
    ("exact", compared("98", "387100.00"), EXACT, []),
    ("a cent of rounding", compared("98", "387100.01"), EXACT, []),
    ("two cents", compared("98", "387100.02"), EXACT, [Reason.PRICE_ABOVE_ORDER]),
    ("cheaper", compared("98", "380000.00"), EXACT, []),
    ("at the edge of two percent", compared("98", "394842.01"), TWO, []),
    ("a cent over it", compared("98", "394842.02"), TWO, [Reason.PRICE_ABOVE_ORDER]),
    ("all that is left", compared("100", "395000.00"), EXACT, []),
    ("a millionth more", compared("100.000001", "395000.00"), EXACT, [Reason.MORE_THAN_ACCEPTED]),
    ("two lines of one", compared("60", "237000.00", asked=Decimal(120)), EXACT, [Reason.MORE_THAN_ACCEPTED]),
    ("another rate", compared("98", "387100.00", tax_percent=Decimal(9)), EXACT, [Reason.TAX_RATE_DIFFERS]),
    ("no rate agreed", compared("98", "387100.00", agreed_tax_percent=None), EXACT, []),
    ("all of it back", compared("-2", "-7900.00", left=Decimal(-2)), EXACT, []),
    ("a cent less back", compared("-2", "-7899.99"), EXACT, []),
    ("too little back", compared("-2", "-7899.98"), TWO, [Reason.CREDIT_TOO_SMALL]),
]


@pytest.mark.parametrize(("name", "line", "tolerance", "reasons"), MATCHES, ids=[case[0] for case in MATCHES])
def test_three_way_match(name: str, line: Compared, tolerance: Decimal, reasons: list[Reason]) -> None:
    assert rules.match(line, tolerance) == reasons


@given(QUANTITIES, PRICES, RATES, st.decimals(0, 20, places=2))
def test_what_is_billed_as_ordered_always_matches(
    quantity: Decimal, price: Decimal, rate: Decimal, percent: Decimal
) -> None:
    """The gross amount at the order's price, however it is rounded, and whatever the tolerance."""
    line = from_gross(quantity, price, rate)
    found = Compared(line.quantity, line.gross, rate, price, rate, line.quantity, line.quantity)
    assert rules.match(found, percent) == []


@given(st.lists(st.decimals("0.01", 50, places=2), min_size=1, max_size=5))
def test_a_line_is_never_overdrawn(parts: list[Decimal]) -> None:
    """Red lines may take back all of it, not a cent more, in quantity, net or tax."""
    rest = Rest(Decimal(100), Decimal(100), Decimal(100))
    for part in parts:
        rest = rest.without(EnteredLine(-part, Decimal(1), -part, Decimal(0), -part, -2 * part))
    assert rest.overdrawn == (sum(parts) > 100)
    assert Rest(Decimal(1), Decimal("-0.01"), Decimal(0)).overdrawn


def test_quantities_add_up_per_line() -> None:
    one, other = new_id(), new_id()
    pairs = [(one, Decimal(1)), (other, Decimal(2)), (one, Decimal("0.5"))]
    assert rules.summed(pairs) == {one: Decimal("1.5"), other: Decimal(2)}
