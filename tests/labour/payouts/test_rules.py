"""The bank's answer against what it was told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chassis.ids import new_id
from labour.payouts.rules import BankRow, Told, card_may_be_used, judge

TODAY = date(2026, 11, 23)
TOLD = [Told(new_id(), position, Decimal("100.00")) for position in (1, 2)]


def row(number: int, **changes: str) -> BankRow:
    values = {
        "serial": TOLD[number].row_id.hex if number < len(TOLD) else "f" * 32,
        "amount": "100.00",
        "result": "paid",
        "bank_reference": "R",
        "paid_on": "2026-11-23",
        "reason": "",
    } | changes
    return BankRow(number, **values)


def test_what_fits_is_taken() -> None:
    verdicts, faults = judge(TOLD, [row(1), row(0, result="failed", reason="账号不存在", paid_on="")], TODAY)
    assert faults == []
    assert {one.row_id: one.paid_on for one in verdicts} == {TOLD[0].row_id: None, TOLD[1].row_id: TODAY}


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([row(0), row(1), row(2)], [("/rows/2/serial", "ROW_UNKNOWN")]),
        ([row(0)], [("/rows", "ROW_MISSING")]),
        ([row(0), row(1, amount="100.01")], [("/rows/1/amount", "AMOUNT_DIFFERS")]),
        ([row(0), row(1, amount="many")], [("/rows/1/amount", "AMOUNT_DIFFERS")]),
        ([row(0), row(0), row(1)], [("/rows/0/serial", "ROW_TWICE")] * 2),
        ([row(0), row(1, result="maybe")], [("/rows/1/result", "RESULT_UNKNOWN")]),
        ([row(0), row(1, bank_reference="")], [("/rows/1/bank_reference", "REFERENCE_MISSING")]),
        ([row(0), row(1, paid_on="2026-11-24")], [("/rows/1/paid_on", "DATE_WRONG")]),
        ([row(0), row(1, paid_on="yesterday")], [("/rows/1/paid_on", "DATE_WRONG")]),
        ([row(0), row(1, result="failed")], [("/rows/1/reason", "REASON_MISSING")]),
        (
            [row(1, amount="1"), row(2)],
            [("/rows/1/amount", "AMOUNT_DIFFERS"), ("/rows/2/serial", "ROW_UNKNOWN"), ("/rows", "ROW_MISSING")],
        ),
    ],
)
def test_every_fault_is_named(rows: list[BankRow], faults: list[tuple[str, str]]) -> None:
    found = judge(TOLD, rows, TODAY)[1]
    assert [(one.pointer, one.code) for one in found] == faults


@pytest.mark.parametrize(
    ("confirmed", "prepared", "may"),
    [(None, 3, False), (0, 3, False), (1, 3, True), (2, 3, True), (3, 3, True), (4, 3, False)],
)
def test_a_card_named_after_the_withdrawal_and_before_the_transfer(
    confirmed: int | None, prepared: int, may: bool
) -> None:
    at = [datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in range(5)]
    assert card_may_be_used(at[1], None if confirmed is None else at[confirmed], at[prepared]) is may
