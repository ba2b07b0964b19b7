"""What the bank has answered against what it was told, row by row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from chassis.errors import Violation

PAID, FAILED = "paid", "failed"

CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
"""Reason of a transfer that did not go to the bank: its worker took the consent to his card back (PIPL art 15)."""


@dataclass(frozen=True, slots=True)
class BankRow:
    """A row of the bank's answer as it stands in the file; `number` counts from 0 below the heading."""

    number: int
    serial: str
    amount: str
    result: str
    bank_reference: str
    paid_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A transfer as the bank was told it."""

    row_id: UUID
    position: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a transfer; `paid_on` is None when it failed."""

    row_id: UUID
    paid_on: date | None
    bank_reference: str
    reason: str


def card_place(table: str, row_id: UUID) -> str:
    """Where a sealed card number stands; part of its seal."""
    return f"{table}.card:{row_id}"


def card_may_be_used(withdrawn_at: datetime, confirmed_at: datetime | None, prepared_at: datetime) -> bool:
    """Whether a transfer prepared then may go to a worker's card although he withdrew his consent to its use.

    Only to one that he has named since: a payee change with his signed evidence, confirmed after the withdrawal and
    before the transfer was made out. Wages are owed all the same (保障农民工工资支付条例 art 31: 支付到本人的银行账户).
    """
    return confirmed_at is not None and withdrawn_at <= confirmed_at <= prepared_at


def judge(told: Iterable[Told], answered: Sequence[BankRow], today: date) -> tuple[list[Verdict], list[Violation]]:
    """Match the bank's rows with what it was told: all fit, or every fault is named and none counts.

    Faults: ROW_UNKNOWN (a row too many), ROW_TWICE, ROW_MISSING (a row too few), AMOUNT_DIFFERS, RESULT_UNKNOWN,
    REFERENCE_MISSING, DATE_WRONG (none, or in the future), REASON_MISSING.
    """
    expected = {one.row_id.hex: one for one in told}
    seen = Counter(row.serial for row in answered)
    verdicts: list[Verdict] = []
    faults: list[Violation] = []
    for row in answered:
        one = expected.get(row.serial)
        if one is None:
            faults.append(
                _fault(row, "serial", "ROW_UNKNOWN", "银行结果多出一行。", "No such row was sent to the bank.")
            )
        elif seen[row.serial] > 1:
            faults.append(_fault(row, "serial", "ROW_TWICE", "同一行出现多次。", "The row is there more than once."))
        else:
            verdict, found = _verdict(row, one, today)
            verdicts.append(verdict)
            faults += found
    faults += [
        Violation(
            "/rows",
            "ROW_MISSING",
            zh=f"缺少第 {one.position} 行 (流水号 {serial})。",
            en=f"Row {one.position} (serial {serial}) is missing.",
        )
        for serial, one in expected.items()
        if serial not in seen
    ]
    return verdicts, faults


def _verdict(row: BankRow, one: Told, today: date) -> tuple[Verdict, list[Violation]]:
    faults = []
    if _amount(row.amount) != one.amount:
        faults.append(_fault(row, "amount", "AMOUNT_DIFFERS", "金额与付款文件不符。", "Not the amount of the order."))
    paid_on = _day(row.paid_on)
    if row.result not in (PAID, FAILED):
        faults.append(_fault(row, "result", "RESULT_UNKNOWN", "结果须为 paid 或 failed。", "Must be paid or failed."))
    elif row.result == FAILED and not row.reason:
        faults.append(_fault(row, "reason", "REASON_MISSING", "失败行须说明原因。", "A failed row needs its reason."))
    elif row.result == PAID:
        if not row.bank_reference:
            faults.append(_fault(row, "bank_reference", "REFERENCE_MISSING", "缺少银行流水号。", "No reference."))
        if paid_on is None or paid_on > today:
            faults.append(_fault(row, "paid_on", "DATE_WRONG", "付款日期缺失或晚于今天。", "No day, or one to come."))
    done = paid_on if row.result == PAID else None
    return Verdict(one.row_id, done, row.bank_reference, row.reason), faults


def _fault(row: BankRow, column: str, code: str, zh: str, en: str) -> Violation:
    return Violation(f"/rows/{row.number}/{column}", code, zh=zh, en=en)


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def by_day(verdicts: Mapping[UUID, Verdict], payrolls: Mapping[UUID, UUID]) -> dict[tuple[UUID, date], list[UUID]]:
    """Row → payroll, with what was paid → (payroll, day) → rows, in one order."""
    found: dict[tuple[UUID, date], list[UUID]] = {}
    for row_id, verdict in verdicts.items():
        if verdict.paid_on is not None:
            found.setdefault((payrolls[row_id], verdict.paid_on), []).append(row_id)
    return dict(sorted(found.items()))
