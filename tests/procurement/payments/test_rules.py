"""The file for the bank: sums, structure, names that are no formulas."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from procurement.payments import rules
from procurement.payments.rules import Account, Order, Transfer

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


def test_the_order_of_elements_is_that_of_the_schema() -> None:
    """pain.001.001.09 is a sequence: an element at the wrong place is refused by the bank."""
    root = ElementTree.fromstring(rules.pain_001(ORDER))
    [info] = root.iter(f"{NS}PmtInf")
    names = [child.tag.removeprefix(NS) for child in info]
    head = ["PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt"]
    assert names == [*head, "CdtTrfTxInf", "CdtTrfTxInf"]
    one = [child.tag.removeprefix(NS) for child in info[-1]]
    assert one == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]


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
