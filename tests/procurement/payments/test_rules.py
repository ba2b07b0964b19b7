"""The file for the bank: sums, structure, names that are no formulas."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from defusedxml import ElementTree
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chassis.values import Text
from procurement.payments import rules
from procurement.payments.rules import Account, Order, Transfer
from tests.procurement.payments.schema import demand_pain_001

NS = f"{{{rules.NAMESPACE}}}"
ME = Account("中建三局", "建设银行", "44201503300052598765")
YOU = Account("宝钢 & <商贸>", "工商银行", "6222020200112233445")
ORDER = Order(
    "PAY-1",
    datetime(2026, 11, 23, 4, tzinfo=UTC),
    date(2026, 12, 1),
    "CNY",
    ME,
    [
        Transfer(UUID(int=1), YOU, Decimal("100.10"), "AP-1"),
        Transfer(UUID(int=2), YOU, Decimal("0.05"), "AP-2"),
    ],
)


TEXT: TypeAdapter[str] = TypeAdapter(Text)


def _taken(value: str) -> bool:
    """Whether a door takes the text as it stands."""
    try:
        return TEXT.validate_python(value) == value
    except ValidationError:
        return False


def test_pain_001_says_who_pays_whom_how_much() -> None:
    """Read back by a parser: markup in a name stays a name, both control sums are the sum."""
    root = ElementTree.fromstring(rules.pain_001(ORDER))
    assert root.tag == f"{NS}Document"
    texts = [element.text for element in root.iter(f"{NS}CtrlSum")]
    assert texts == ["100.15", "100.15"]
    assert [element.text for element in root.iter(f"{NS}NbOfTxs")] == ["2", "2"]
    assert [(one.text, one.get("Ccy")) for one in root.iter(f"{NS}InstdAmt")] == [("100.10", "CNY"), ("0.05", "CNY")]
    assert [one.text for one in root.findall(f".//{NS}Cdtr/{NS}Nm")] == ["宝钢 & <商贸>"] * 2
    assert [one.text for one in root.findall(f".//{NS}CdtrAcct//{NS}Id/{NS}Othr/{NS}Id")] == [YOU.number] * 2
    assert [one.text for one in root.findall(f".//{NS}DbtrAcct/{NS}Id/{NS}Othr/{NS}Id")] == [ME.number]
    assert [one.text for one in root.iter(f"{NS}EndToEndId")] == [UUID(int=1).hex, UUID(int=2).hex]
    assert root.findtext(f".//{NS}ReqdExctnDt/{NS}Dt") == "2026-12-01"


def test_the_file_fits_the_schema_of_iso_20022() -> None:
    """And the schema is one that bites: a misplaced element, an amount below zero and an unknown version do not."""
    good = rules.pain_001(ORDER)
    demand_pain_001(good)
    for old, new in (
        ("<PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs>", "<NbOfTxs>2</NbOfTxs><PmtMtd>TRF</PmtMtd>"),
        (">0.05<", ">-0.05<"),
        ("pain.001.001.09", "pain.001.001.08"),
    ):
        with pytest.raises(AssertionError):
            demand_pain_001(good.replace(old, new))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(_taken)
NUMBERS = st.from_regex(r"\A[0-9]{8,32}\Z")
ACCOUNTS = st.builds(Account, TEXTS, TEXTS, NUMBERS)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("99999999999999.99"), places=2)
CODES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._/-]{0,63}\Z")


@given(CODES, ACCOUNTS, st.lists(st.tuples(ACCOUNTS, AMOUNTS, CODES), min_size=1, max_size=3))
@example(
    "PAY-1", Account("银" * 200, "行" * 200, "1" * 32), [(Account("a\ufffe", "\uffff", "1" * 8), Decimal(1), "x" * 64)]
)
def test_whatever_may_be_entered_fits_the_schema(
    number: str, debtor: Account, paid: list[tuple[Account, Decimal, str]]
) -> None:
    """Names of 200 places, characters that XML does not have: what the doors take in, the bank can read."""
    transfers = [Transfer(UUID(int=place), *one) for place, one in enumerate(paid)]
    demand_pain_001(rules.pain_001(Order(number, ORDER.made_at, ORDER.execute_on, "CNY", debtor, transfers)))


def test_a_name_has_140_places_at_most() -> None:
    order = Order("PAY-1", ORDER.made_at, ORDER.execute_on, "CNY", ME, [
        Transfer(UUID(int=1), Account("甲" * 140 + "乙", YOU.bank, YOU.number), Decimal("1.00"), "AP-1")
    ])  # fmt: skip
    root = ElementTree.fromstring(rules.pain_001(order))
    assert root.findtext(f".//{NS}Cdtr/{NS}Nm") == "甲" * 140


def test_an_id_has_35_places_at_most() -> None:
    long = Order("P" * 40 + "7", ORDER.made_at, ORDER.execute_on, "CNY", ME, ORDER.transfers)
    root = ElementTree.fromstring(rules.pain_001(long))
    assert root.findtext(f".//{NS}MsgId") == "P" * 34 + "7"


@pytest.mark.parametrize("name", ["=1+1", "+8613", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(name: str) -> None:
    order = Order("PAY-1", ORDER.made_at, ORDER.execute_on, "CNY", ME, [
        Transfer(UUID(int=1), Account(name, "=bank", YOU.number), Decimal("1.00"), "=cmd")
    ])  # fmt: skip
    [_, row] = csv.reader(io.StringIO(rules.as_csv(order).removeprefix("\ufeff"), newline=""))
    assert (row[2], row[4], row[7]) == (f"'{name}", "'=bank", "'=cmd")
    assert (row[3], row[5]) == (YOU.number, "1.00")


@given(st.text(min_size=1))
def test_a_safe_cell_never_begins_a_formula(text: str) -> None:
    assert not rules.safe_cell(text).startswith(rules.FORMULA)
