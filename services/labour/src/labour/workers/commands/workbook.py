"""Rosters as workbooks (花名册): a row is a worker, taken or refused by itself as in `workers:batch`.

What a file says is in clear only in the memory of the request that brings it: no disk, no answer, no audit row has it.
The one that `check` gives back is made there too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chassis.crypto import Vault
from chassis.errors import Violation
from chassis.http.language import CHINESE
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import RefusedRow, as_day, as_model, cell_faults, labelled, readings
from chassis.tabular.templates import marked, template
from chassis.work import Work
from labour import permissions
from labour.codes import repository as codes
from labour.codes.rules import ended, in_force_on
from labour.consents import repository as consents
from labour.consents.models import Purpose
from labour.workers.commands.register import Outcome, Row, register
from labour.workers.errors import EARLIER_ROW
from labour.workers.schemas import WorkerIn

MOST_ROWS = 5_000
REQUIRED = ("external_id", "worker_name", "id_card_number", "work_type")
CERTIFICATE = {
    "trade_certificate_number": "number",
    "trade_certificate_trade": "trade",
    "trade_certificate_from": "valid_from",
    "trade_certificate_to": "valid_to",
}
"""The columns of a certificate, and what stands there in `CertificateIn`."""
GROUPS = ("", "_2", "_3")
"""How those columns end for each certificate of a row (证书): a crane operator may be a signaller, too. The first are
named as when there was room for one; whoever has more than three brings them by the route of certificates."""
PLACES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("external_id",),
    "worker_name": ("name",),
    "id_card_type": ("id_card_type",),
    "id_card_number": ("id_card_number",),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "work_type": ("work_type",),
    "work_role": ("work_role",),
    "is_team_leader": ("is_team_leader",),
    "nation": ("nation",),
    "address": ("address",),
    "cell_phone": ("cell_phone",),
    "grant_org": ("grant_org",),
    "payroll_bank_card_number": ("payroll_bank_card_number",),
    "payroll_bank_code": ("payroll_bank_code",),
    "urgent_contact": ("urgent_contact",),
    "politics": ("politics",),
    "has_insurance": ("has_insurance",),
    "health_record_until": ("health_record_until",),
    "agreement_kind": ("agreement", "kind"),
    "agreement_number": ("agreement", "number"),
    "agreement_from": ("agreement", "valid_from"),
    "agreement_to": ("agreement", "valid_to"),
    "trained_on": ("training", "trained_on"),
    "training_hours": ("training", "hours"),
    "training_course": ("training", "course"),
    "training_type": ("training", "training_type"),
} | {f"{column}{group}": ("certificates", group, name) for group in GROUPS for column, name in CERTIFICATE.items()}
"""Where a column stands in `WorkerIn`; of certificates with their group in place of a number."""
CONSENTED = {f"{purpose}_consent_on": purpose for purpose in Purpose}
"""A day in one of these is the person's consent to that purpose (PIPL art 29: each by itself)."""
CONSENT_TERMS = {"consent_text_version": "text_version", "consent_file_id": "file_id"}
"""Of all consents of a row: the edition of their texts, and the scan when there is one."""
COLUMNS = (*PLACES, *CONSENTED, *CONSENT_TERMS)
OPTIONAL = tuple(column for column in COLUMNS if column not in REQUIRED)
TEXTS = ("id_card_number", "payroll_bank_card_number", *(f"trade_certificate_number{group}" for group in GROUPS))
DAYS = (
    "birth_date",
    "health_record_until",
    "agreement_from",
    "agreement_to",
    "trained_on",
    *(f"{column}{group}" for group in GROUPS for column in ("trade_certificate_from", "trade_certificate_to")),
    *CONSENTED,
)
CODED = {
    "id_card_type": "id_card_type",
    "work_type": "work_type",
    "work_role": "work_role",
    "nation": "nation",
    "politics": "politics_type",
    "training_type": "training_type",
} | {f"trade_certificate_trade{group}": "special_trades" for group in GROUPS}
"""Columns with a code, and its table."""
_YES_NO = {"是": True, "否": False, "yes": True, "no": False}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "is_team_leader": _YES_NO,
    "has_insurance": _YES_NO,
    "sex": {"男": "male", "女": "female", "male": "male", "female": "female"},
    "agreement_kind": {
        "劳动合同": "labour_contract",
        "书面用工协议": "work_agreement",
        "labour_contract": "labour_contract",
        "work_agreement": "work_agreement",
    },
}
"""Columns with few values: what people write for them in each language."""
_BY_PLACE = {place: column for column, place in PLACES.items()}
_OF_GROUP: Mapping[tuple[str, ...], str] = {
    ("agreement",): "agreement_to",
    ("training",): "training_hours",
} | {("certificates", group): f"trade_certificate_to{group}" for group in GROUPS}
"""Where a fault of several columns together is shown."""

Meanings = Mapping[str, Mapping[str, str]]
"""By column: what a cell may say, and the code that is meant."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A row of a file as the registration takes it; the purposes that it consents to and the groups of columns with a
    certificate, both in the order in which they stand in `WorkerIn`."""

    number: int
    row: Row
    purposes: Sequence[Purpose] = ()
    groups: Sequence[str] = ()


async def blank(work: Work, language: str) -> Iterable[bytes]:
    """A roster to fill in, with drop-downs of codes that are in force today."""
    work.require(permissions.WORKERS_REGISTER)
    return [await asyncio.to_thread(template, COLUMNS, _choices(language, work.today), MOST_ROWS, language)]


async def check(work: Work, content: bytes, media_type: str, language: str, vault: Vault) -> Iterable[bytes]:
    """The same roster as a workbook with its failed rows coloured and the reasons in a last column."""
    outcomes = await import_rows(work, content, media_type, vault, dry_run=True)
    refused = [RefusedRow(one.row, one.external_id, tuple(one.faults)) for one in outcomes if one.faults]
    return marked(content, media_type, REQUIRED, MOST_ROWS, refused, language, optional=OPTIONAL)


async def import_rows(work: Work, content: bytes, media_type: str, vault: Vault, *, dry_run: bool) -> list[Outcome]:
    """Register the workers of a roster, row by row; a fault's pointer is its column, a row's number that of the file.

    With `dry_run` nothing is written. MalformedRequest and PayloadTooLarge as `read_table`.
    """
    work.require(permissions.WORKERS_REGISTER)
    read = await asyncio.to_thread(_rows, content, media_type, work.today)
    outcomes = await register(work, [one.row for one in read], vault, dry_run=dry_run)
    return [_in_file(one, outcome) for one, outcome in zip(read, outcomes, strict=True)]


def _choices(language: str, today: date) -> dict[str, list[str]]:
    tables = codes.tables()
    choices = {
        column: [
            labelled(one.code, one.zh if language == CHINESE else one.en)
            for one in tables[table].codes.values()
            if not ended(tables[table], one.code, today)
        ]
        for column, table in CODED.items()
    }
    for column, words in WORDS.items():
        choices[column] = [word for word in words if word.isascii() != (language == CHINESE)]
    versions = (one.version for one in consents.texts() if in_force_on(one.valid_from, one.valid_to, today))
    return choices | {"consent_text_version": sorted(set(versions))}


def _rows(content: bytes, media_type: str, today: date) -> list[_Read]:
    table = read_table(content, media_type, REQUIRED, MOST_ROWS, optional=OPTIONAL)
    meanings = {column: _meanings(table_name, today) for column, table_name in CODED.items()}
    return [_row(record, meanings) for record in table]


def _meanings(name: str, today: date) -> dict[str, str]:
    """Every code of a table, and each name that only one code in force has."""
    table = codes.tables()[name]
    names = [
        (text, one.code)
        for one in table.codes.values()
        if not ended(table, one.code, today)
        for text in {one.zh, one.en}
    ]
    counts = Counter(text for text, _ in names)
    return {text: code for text, code in names if counts[text] == 1} | {code: code for code in table.codes}


def _row(record: TableRow, meanings: Meanings) -> _Read:
    faults = cell_faults(record, texts=TEXTS, days=DAYS)
    if not record.fits:
        return _Read(record.number, faults)
    cells = {column: cell.strip() for column, cell in record.cells.items()}
    purposes = [purpose for column, purpose in CONSENTED.items() if cells[column]]
    groups = [group for group in GROUPS if any(cells[f"{column}{group}"] for column in CERTIFICATE)]
    read = _Read(record.number, faults, purposes, groups)
    found, refused = as_model(WorkerIn, _body(cells, purposes, meanings))
    told = {one.pointer for one in faults}
    at_columns = [replace(one, pointer=_column(one.pointer, read)) for one in refused]
    faults += [one for one in at_columns if one.pointer not in told]
    return read if found is None or faults else replace(read, row=found.registration())


def _body(cells: Mapping[str, str], purposes: Sequence[Purpose], meanings: Meanings) -> dict[str, Any]:
    """A row as the body of registerWorker; empty cells are absent."""
    body: dict[str, Any] = {}
    for column, place in PLACES.items():
        if cells[column]:
            node = body
            for part in place[:-1]:
                node = node.setdefault(part, {})
            node[place[-1]] = _value(column, cells[column], meanings)
    if "certificates" in body:
        body["certificates"] = list(body["certificates"].values())
    terms: dict[str, Any] = {name: cells[column] for column, name in CONSENT_TERMS.items() if cells[column]}
    if "file_id" in terms:
        terms["how"] = "paper_scan"
    given_on = {purpose: as_day(cells[column]) for column, purpose in CONSENTED.items()}
    body["consents"] = [terms | {"purpose": one.value, "given_on": given_on[one]} for one in purposes]
    return body


def _value(column: str, cell: str, meanings: Meanings) -> Any:
    if column in DAYS:
        return as_day(cell)
    if column in WORDS:
        return WORDS[column].get(cell.lower(), cell)
    known = meanings.get(column, {})
    return next((known[text] for text in readings(cell) if text in known), cell)


def _in_file(read: _Read, outcome: Outcome) -> Outcome:
    """An outcome with the row's number in the file and its columns."""
    if not isinstance(read.row, list):
        prefix = f"/workers/{outcome.row}"
        faults = [_fault(one, _column(one.pointer.removeprefix(prefix), read)) for one in outcome.faults]
        return replace(outcome, row=read.number, faults=faults)
    return replace(outcome, row=read.number)


def _fault(found: Violation, column: str) -> Violation:
    # The registration counts the rows that it was given, a file has blank ones between them.
    said = EARLIER_ROW if found.code == EARLIER_ROW.code else found
    return replace(said, pointer=column)


def _column(pointer: str, read: _Read) -> str:
    """The column of a pointer into `WorkerIn`: `/agreement/kind` → agreement_kind."""
    parts = [part for part in pointer.split("/") if part]
    if parts[0] == "consents" and len(parts) > 1:
        terms = {name: column for column, name in CONSENT_TERMS.items()}
        return terms.get(parts[-1], f"{read.purposes[int(parts[1])]}_consent_on")
    if parts[0] == "certificates" and len(parts) > 1:
        parts[1] = read.groups[int(parts[1])]
    place = tuple(parts)
    return _BY_PLACE.get(place) or _OF_GROUP.get(place, place[0])
