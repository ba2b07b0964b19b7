"""Drafts of sourcing: written by hand or from approved requisitions, and revised until they are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.ids import new_id
from chassis.work import Work
from procurement import permissions
from procurement.requisitions import service as requisitions
from procurement.requisitions.commands.merging import merged
from procurement.requisitions.rules import Merged
from procurement.sourcing import errors, repository, service, states
from procurement.sourcing.models import Guest, Part, Sourcing, SourcingLine
from procurement.sourcing.service import Verb
from procurement.sourcing.states import Action, Kind


@dataclass(frozen=True, slots=True)
class NewPart:
    """What one project needs of a line."""

    project_id: UUID
    cost_code: str
    needed_by: date | None
    quantity: Decimal
    requisition_line_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewSourcingLine:
    """A material with its parts."""

    material_code: str
    unit: str
    specification: str
    parts: tuple[NewPart, ...]


@dataclass(frozen=True, slots=True)
class CreateSourcing:
    """What a draft says; it begins as an inquiry, and `auctions.service.create` makes an auction of it."""

    title: str
    note: str
    currency: str
    deadline: datetime
    show_rank: bool
    supplier_ids: tuple[UUID, ...]
    lines: tuple[NewSourcingLine, ...]


@dataclass(frozen=True, slots=True)
class FromRequisitions:
    """A new draft about so much of approved requisition lines (None: all that is left of a line)."""

    title: str
    note: str
    currency: str
    deadline: datetime
    show_rank: bool
    supplier_ids: tuple[UUID, ...]
    lines: tuple[tuple[UUID, Decimal | None], ...]


async def create(work: Work, command: CreateSourcing) -> Sourcing:
    """Write a draft; materials, projects and guests are checked in one pass."""
    work.require(permissions.SOURCING_RUN)
    return await _write(work, command)


async def from_requisitions(work: Work, command: FromRequisitions) -> Sourcing:
    """Put needs of several sites together in a draft: one line per material, specification and exact unit.

    What cannot be taken whole is refused, and nothing is written: FailedPrecondition REQUISITION_EXHAUSTED,
    REQUISITION_NOT_OPEN; NotFound REQUISITION_LINE_NOT_FOUND, PROJECT_NOT_FOUND.
    """
    work.require(permissions.SOURCING_RUN)
    session = await work.writing()
    positions = await merged(work, command.lines)
    mine = await repository.projects(session, work)
    foreign = {part.requisition_line_id for one in positions for part in one.parts if part.project_id not in mine}
    if foreign:
        raise errors.project_not_found([f"/lines/{i}" for i, (line, _) in enumerate(command.lines) if line in foreign])
    content = CreateSourcing(
        command.title,
        command.note,
        command.currency,
        command.deadline,
        command.show_rank,
        command.supplier_ids,
        tuple(_position(one) for one in positions),
    )
    return await _write(work, content)


def _position(one: Merged) -> NewSourcingLine:
    parts = tuple(
        NewPart(part.project_id, part.cost_code, part.needed_by, part.quantity, part.requisition_line_id)
        for part in one.parts
    )
    return NewSourcingLine(one.material_code, one.unit, one.specification, parts)


async def revise(work: Work, command: Verb, content: CreateSourcing, kind: Kind = Kind.INQUIRY) -> Sourcing:
    """Replace all that a draft says; needs that it no longer names are free at once.

    An auction's is replaced with the terms of its bids: FailedPrecondition REVISED_AS_AUCTION.
    """
    work.require(permissions.SOURCING_RUN)
    sourcing = await service.locked_for(work, command, Action.REVISE)
    if sourcing.kind is not kind:
        raise errors.revised_as_auction()
    session = await work.writing()
    await _check(work, session, content)
    before, held = _audited(sourcing), service.needs(sourcing.lines)
    sourcing.lines.clear()
    sourcing.guests.clear()
    await session.flush()  # the old ones must be gone before the new ones take their numbers
    sourcing.lines.extend(_lines(sourcing.id, content))
    sourcing.guests.extend(_guests(sourcing.id, content))
    for name in ("title", "note", "currency", "deadline", "show_rank"):
        setattr(sourcing, name, getattr(content, name))
    await session.flush()
    await requisitions.take_anew_for_sourcing(work, held, service.needs(sourcing.lines))
    service.end(work, sourcing, Action.REVISE, before, _audited(sourcing))
    return sourcing


def _audited(sourcing: Sourcing) -> audit.Fields:
    lines = [
        {"material_code": line.material_code, "unit": line.unit, "specification": line.specification}
        | {"quantity": str(line.quantity)}
        for line in sourcing.lines
    ]
    guests = [str(guest.supplier_id) for guest in sourcing.guests]
    said = audit.fields(sourcing, "title", "note", "currency", "deadline", "show_rank")
    return said | {"guests": guests, "lines": lines}


def _guests(sourcing_id: UUID, command: CreateSourcing) -> list[Guest]:
    return [Guest(sourcing_id=sourcing_id, supplier_id=one) for one in sorted(command.supplier_ids)]


def _lines(sourcing_id: UUID, command: CreateSourcing) -> list[SourcingLine]:
    return [_line(sourcing_id, position, line) for position, line in enumerate(command.lines, start=1)]


async def _write(work: Work, command: CreateSourcing) -> Sourcing:
    session = await work.writing()
    await _check(work, session, command)
    sourcing_id = new_id()
    sourcing = Sourcing(
        id=sourcing_id,
        buyer_id=work.principal.organisation_id,
        kind=Kind.INQUIRY,
        state=states.SOURCING.initial,
        title=command.title,
        note=command.note,
        currency=command.currency,
        deadline=command.deadline,
        show_rank=command.show_rank,
        created_by=work.principal.subject,
        created_at=work.now,
        updated_at=work.now,
        lines=_lines(sourcing_id, command),
        guests=_guests(sourcing_id, command),
    )
    session.add(sourcing)
    await session.flush()
    await requisitions.take_for_sourcing(work, service.needs(sourcing.lines))
    work.audit("sourcing.create", "sourcing", sourcing.id, None, {"state": sourcing.state} | _audited(sourcing))
    return sourcing


async def _check(work: Work, session: AsyncSession, command: CreateSourcing) -> None:
    service.refuse_own(work, command.supplier_ids)
    mine = await repository.projects(session, work)
    foreign = [
        f"/lines/{index}/parts/{number}/project_id"
        for index, line in enumerate(command.lines)
        for number, part in enumerate(line.parts)
        if part.project_id not in mine
    ]
    if foreign:
        raise errors.project_not_found(foreign)
    unknown = await repository.unknown_units(session, [(line.material_code, line.unit) for line in command.lines])
    if unknown:
        wrong = [i for i, line in enumerate(command.lines) if (line.material_code, line.unit) in unknown]
        raise errors.unknown_materials([f"/lines/{index}/material_code" for index in wrong])


def _line(sourcing_id: UUID, position: int, line: NewSourcingLine) -> SourcingLine:
    line_id = new_id()
    parts = [
        Part(
            line_id=line_id,
            position=number,
            project_id=part.project_id,
            cost_code=part.cost_code,
            needed_by=part.needed_by,
            quantity=part.quantity,
            requisition_line_id=part.requisition_line_id,
        )
        for number, part in enumerate(line.parts, start=1)
    ]
    quantity = sum((part.quantity for part in line.parts), Decimal(0))
    return SourcingLine(
        id=line_id,
        sourcing_id=sourcing_id,
        position=position,
        material_code=line.material_code,
        unit=line.unit,
        specification=line.specification,
        quantity=quantity,
        parts=parts,
    )
