"""Quotes as workbooks (报价表): the inquiry's lines to fill in, and the file back as a sealed quote.

What a file says is in clear only in the memory of the request that brings it: no disk, no answer, no audit row has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.http.language import ENGLISH
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import MISFIT, RefusedRow, as_day, as_model, of_rows, readings
from chassis.tabular.templates import marked, template
from chassis.values import decimal_text
from chassis.work import Work
from procurement import permissions
from procurement.materials import repository as catalogue
from procurement.materials import service as materials
from procurement.quotes import errors, service
from procurement.quotes.models import Quote
from procurement.quotes.rules import Content, QuotedLine
from procurement.quotes.schemas import QuotedLineIn, TermsIn
from procurement.quotes.service import Submit
from procurement.sealing import Seals
from procurement.sourcing import errors as sourcing_errors
from procurement.sourcing import service as sourcing
from procurement.sourcing.models import Sourcing, SourcingLine
from procurement.sourcing.states import Kind

GIVEN = ("position", "material_code", "material_name", "specification", "unit", "quantity")
OFFERED = ("unit_price", "tax_percent", "delivery_on", "alternative_code", "note")
TERMS = ("freight", "valid_until")
"""Of the whole quote: each stands in one row, or in several and says the same."""
COLUMNS = (*GIVEN, *OFFERED, *TERMS)
MOST_ROWS = 500


@dataclass(slots=True)
class _Row:
    """A row and what is wrong with it; `line` is what it offers, None when it offers nothing or is wrong."""

    number: int
    position: str
    cells: Mapping[str, str]
    faults: list[Violation] = field(default_factory=list)
    line: QuotedLine | None = None


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file as it was understood."""

    rows: Sequence[_Row]
    terms: TermsIn | None

    @property
    def lines(self) -> tuple[QuotedLine, ...]:
        """What is offered."""
        return tuple(row.line for row in self.rows if row.line is not None)

    @property
    def refused(self) -> list[RefusedRow]:
        """Rows with faults."""
        return [RefusedRow(row.number, row.position, tuple(row.faults)) for row in self.rows if row.faults]


async def blank(work: Work, sourcing_id: UUID, language: str) -> Iterable[bytes]:
    """The lines of an inquiry that the caller is invited to, with room for its offer."""
    found = await _inquiry(work, sourcing_id)
    async with work.reading() as session:
        known = await catalogue.standing(session, [line.material_code for line in found.lines])
    rows = []
    for line in found.lines:
        fields = known[line.material_code]
        name = fields.name_en if language == ENGLISH and fields.name_en else fields.name_zh
        given = (str(line.position), line.material_code, name, fields.specification, line.unit)
        rows.append(dict(zip(GIVEN, (*given, decimal_text(line.quantity)), strict=True)))
    choices = {"alternative_code": await materials.choices(work, language)}
    return [await asyncio.to_thread(template, COLUMNS, choices, len(rows), language, rows=rows)]


async def check(work: Work, sourcing_id: UUID, content: bytes, media_type: str, language: str) -> Iterable[bytes]:
    """The same table as a workbook with its failed rows coloured and reasons in a last column."""
    sheet = await _read(work, sourcing_id, content, media_type)
    return marked(content, media_type, COLUMNS, MOST_ROWS, sheet.refused, language)


async def import_rows(
    work: Work, sourcing_id: UUID, content: bytes, media_type: str, seals: Seals, *, dry_run: bool
) -> Quote | None:
    """Hand in a table as `service.submit` does; InvalidArgument with every fault as `/rows/{row}/{column}`.

    Rows without an offer are not quoted. With `dry_run` nothing is written, and there is no receipt.
    """
    sheet = await _read(work, sourcing_id, content, media_type)
    if sheet.refused:
        raise invalid(*of_rows(sheet.refused))
    if sheet.terms is None or not sheet.lines:
        raise errors.nothing_quoted()
    command = Submit(sourcing_id, Content(sheet.terms.freight, sheet.terms.valid_until, "", sheet.lines))
    if dry_run:
        await service.rehearse(work, command)
        return None
    return await service.submit(work, command, seals)


async def _inquiry(work: Work, sourcing_id: UUID) -> Sourcing:
    work.require(permissions.QUOTES_SUBMIT)
    found = await sourcing.get(work, sourcing_id)
    if all(guest.supplier_id != work.principal.organisation_id for guest in found.guests):
        raise sourcing_errors.sourcing_not_found(sourcing_id)
    if found.kind is not Kind.INQUIRY:
        raise errors.not_quoted_for()
    return found


async def _read(work: Work, sourcing_id: UUID, content: bytes, media_type: str) -> _Sheet:
    found = await _inquiry(work, sourcing_id)
    table = await asyncio.to_thread(read_table, content, media_type, COLUMNS, MOST_ROWS)
    wanted = {str(line.position): line for line in found.lines}
    rows = [_row(one, wanted) for one in table]
    sheet = _Sheet(rows, _terms(rows))
    offering = [row for row in rows if row.line is not None]
    valid_until = None if sheet.terms is None else sheet.terms.valid_until
    for fault in await service.faults(work, found, valid_until, sheet.lines):
        if fault.pointer == "/valid_until":
            _first(rows, "valid_until").faults.append(_at("valid_until", fault))
        else:
            offering[int(fault.pointer.split("/")[2])].faults.append(_at("alternative_code", fault))
    return sheet


def _row(found: TableRow, wanted: dict[str, SourcingLine]) -> _Row:
    """A row as an offer for the line that it names; a line is taken out of `wanted`, so that a second row has none."""
    if not found.fits:
        return _Row(found.number, "", {}, [MISFIT])
    cells = {name: cell.strip() for name, cell in found.cells.items()}
    row = _Row(found.number, cells["position"][:64], cells)
    line = wanted.pop(cells["position"], None)
    if line is None:
        row.faults.append(errors.NO_SUCH_LINE)
        return row
    row.faults += [errors.line_changed(column) for column in _changed(cells, line)]
    if not any(cells[name] for name in OFFERED):
        return row
    alternative = readings(cells["alternative_code"])[-1]
    offered = {
        "line_id": str(line.id),
        "material_code": alternative,
        "unit_price": cells["unit_price"],
        "tax_percent": cells["tax_percent"].removesuffix("%"),
        "delivery_on": as_day(cells["delivery_on"]),
        "note": cells["note"],
    }
    model, faults = as_model(QuotedLineIn, offered)
    row.faults += [_at("alternative_code", one) if one.pointer == "material_code" else one for one in faults]
    if model is not None and not row.faults:
        row.line = QuotedLine(**model.model_dump())
    return row


def _changed(cells: Mapping[str, str], line: SourcingLine) -> list[str]:
    """Which of the given columns that count do not say any more what was asked for."""
    try:
        same = Decimal(cells["quantity"]) == line.quantity
    except InvalidOperation:
        same = False
    changed = [name for name in ("material_code", "unit") if cells[name] != getattr(line, name)]
    return changed if same else [*changed, "quantity"]


def _terms(rows: Sequence[_Row]) -> TermsIn | None:
    """What is said of the whole quote; its faults go to the row where it is said, or else to the first one."""
    if not rows:
        return None
    said: dict[str, object] = {}
    for name in TERMS:
        first = _first(rows, name).cells.get(name, "")
        said[name] = as_day(first) if name == "valid_until" else first
        for row in rows:
            if row.cells.get(name, "") not in ("", first):
                row.faults.append(errors.terms_differ(name))
    terms, faults = as_model(TermsIn, said)
    for fault in faults:
        _first(rows, fault.pointer).faults.append(fault)
    return terms


def _first(rows: Sequence[_Row], column: str) -> _Row:
    return next((row for row in rows if row.cells.get(column)), rows[0])


def _at(column: str, fault: Violation) -> Violation:
    return Violation(column, fault.code, fault.zh, fault.en)
