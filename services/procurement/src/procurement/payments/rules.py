"""The file for the bank, pure: ISO 20022 pain.001.001.09 and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from xml.etree import ElementTree as ET

from chassis.values import decimal_text
from procurement.values import xml_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet."""


class FileFormat(StrEnum):
    """What the bank takes."""

    PAIN_001 = "pain.001"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account in clear."""

    holder: str
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer: `id` comes back on the bank's statement, `purpose` is for the supplier to read."""

    id: UUID
    creditor: Account
    amount: Decimal
    purpose: str


@dataclass(frozen=True, slots=True)
class Order:
    """All that the bank has to know."""

    number: str
    made_at: datetime
    execute_on: date
    currency: str
    debtor: Account
    transfers: Sequence[Transfer]

    @property
    def total(self) -> Decimal:
        """The control sum."""
        return sum((transfer.amount for transfer in self.transfers), Decimal("0.00"))


def account_place(table: str, row_id: UUID) -> str:
    """Where a sealed account number stands; part of its seal."""
    return f"{table}.account_number:{row_id}"


def pain_001(order: Order) -> str:
    """The order as ISO 20022 customer credit transfer initiation; the message id is the order's number."""
    document = ET.Element("Document", {"xmlns": NAMESPACE})
    root = ET.SubElement(document, "CstmrCdtTrfInitn")
    count, total = str(len(order.transfers)), decimal_text(order.total)
    header = ET.SubElement(root, "GrpHdr")
    _text(header, "MsgId", _max35(order.number))
    _text(header, "CreDtTm", order.made_at.isoformat(timespec="seconds"))
    _text(header, "NbOfTxs", count)
    _text(header, "CtrlSum", total)
    _text(header, "InitgPty/Nm", _max140(order.debtor.holder))
    info = ET.SubElement(root, "PmtInf")
    _text(info, "PmtInfId", _max35(order.number))
    _text(info, "PmtMtd", "TRF")
    _text(info, "NbOfTxs", count)
    _text(info, "CtrlSum", total)
    _text(info, "ReqdExctnDt/Dt", order.execute_on.isoformat())
    _text(info, "Dbtr/Nm", _max140(order.debtor.holder))
    _text(info, "DbtrAcct/Id/Othr/Id", order.debtor.number)
    _text(info, "DbtrAgt/FinInstnId/Nm", _max140(order.debtor.bank))
    for transfer in order.transfers:
        _transfer(info, order.currency, transfer)
    return DECLARATION + ET.tostring(document, encoding="unicode")


def _transfer(parent: ET.Element, currency: str, transfer: Transfer) -> None:
    one = ET.SubElement(parent, "CdtTrfTxInf")
    _text(one, "PmtId/EndToEndId", transfer.id.hex)
    _text(one, "Amt/InstdAmt", decimal_text(transfer.amount)).set("Ccy", currency)
    _text(one, "CdtrAgt/FinInstnId/Nm", _max140(transfer.creditor.bank))
    _text(one, "Cdtr/Nm", _max140(transfer.creditor.holder))
    _text(one, "CdtrAcct/Id/Othr/Id", transfer.creditor.number)
    _text(one, "RmtInf/Ustrd", _max140(transfer.purpose))


def _text(parent: ET.Element, path: str, text: str) -> ET.Element:
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _max140(text: str) -> str:
    """Max140Text: the beginning of a longer one."""
    return xml_text(text[:140])


def _max35(number: str) -> str:
    """Max35Text: of a longer number the end stays, where orders differ."""
    return number[-35:]


HEADING = ("序号", "付款账号", "收款人", "收款账号", "收款银行", "金额", "币种", "用途", "流水号")


def as_csv(order: Order) -> str:
    """The order as CSV for banks that take no XML, with a BOM so that a spreadsheet reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADING)
    for position, transfer in enumerate(order.transfers, start=1):
        creditor = transfer.creditor
        amount = decimal_text(transfer.amount)
        row = (str(position), order.debtor.number, creditor.holder, creditor.number, creditor.bank, amount)
        writer.writerow([safe_cell(cell) for cell in (*row, order.currency, transfer.purpose, transfer.id.hex)])
    return "\ufeff" + out.getvalue()


def safe_cell(text: str) -> str:
    """A text that no spreadsheet runs as a formula: what would begin one gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA) else text
