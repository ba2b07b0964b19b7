"""Files to and from the bank: the platform's profile as CSV and XLSX, and the place for a bank's own format.

One more format is a class with these members and a row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from chassis.http.language import CHINESE
from chassis.tabular import CSV, XLSX, read_table, write_csv, write_xlsx
from chassis.tabular.headings import heading
from chassis.tabular.writing import Cell
from labour.payouts.rules import BankRow

COLUMNS = (
    "position",
    "payer_account",
    "payee_name",
    "payee_account",
    "bank_code",
    "amount",
    "currency",
    "purpose",
    "serial",
)
"""Of the file for the bank; `serial` comes back with its answer."""
ANSWER = ("serial", "amount", "result", "bank_reference", "paid_on", "reason")
"""Of the bank's answer: `result` is paid or failed, `paid_on` ISO 8601."""
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer in clear; `serial` names it, `purpose` is for the worker to read."""

    position: int
    payee_name: str
    payee_account: str
    bank_code: str
    amount: Decimal
    purpose: str
    serial: str


@dataclass(frozen=True, slots=True)
class BankOrder:
    """All that the bank has to know; CNY."""

    number: str
    execute_on: date
    payer_account: str
    transfers: Sequence[Transfer]


class BankFormat(Protocol):
    """How a bank wants its orders and gives its answers."""

    media_type: str
    suffix: str

    def write(self, order: BankOrder) -> bytes:
        """The file for the bank, account numbers in clear."""
        ...

    def read(self, content: bytes) -> list[BankRow]:
        """The rows of its answer; MalformedRequest or PayloadTooLarge for what cannot be read."""
        ...


class TableProfile:
    """The platform's own profile: a row per transfer, headings in Chinese, read in Chinese or English."""

    media_type: str

    def rows(self, order: BankOrder) -> list[Sequence[Cell]]:
        """The rows below the heading."""
        return [
            (
                one.position, order.payer_account, one.payee_name, one.payee_account, one.bank_code, one.amount, "CNY",
                one.purpose, one.serial,
            )
            for one in order.transfers
        ]  # fmt: skip

    def headings(self) -> list[str]:
        """The heading."""
        return [heading((name,), CHINESE) for name in COLUMNS]

    def read(self, content: bytes) -> list[BankRow]:
        """See BankFormat."""
        found = read_table(content, self.media_type, ANSWER, MOST_ROWS, optional=("reason",))
        return [BankRow(row.number, *(row.cells.get(name, "") for name in ANSWER)) for row in found]


class CsvProfile(TableProfile):
    """The profile as CSV (UTF-8 with byte order mark)."""

    media_type = CSV
    suffix = "csv"

    def write(self, order: BankOrder) -> bytes:
        """See BankFormat."""
        return b"".join(write_csv(self.headings(), self.rows(order)))


class XlsxProfile(TableProfile):
    """The profile as a workbook of one sheet."""

    media_type = XLSX
    suffix = "xlsx"

    def write(self, order: BankOrder) -> bytes:
        """See BankFormat."""
        return b"".join(write_xlsx(self.headings(), self.rows(order)))


FORMATS: dict[str, BankFormat] = {"csv": CsvProfile(), "xlsx": XlsxProfile()}
