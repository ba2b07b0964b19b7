"""Lines of several sites' requisitions, put together for one sourcing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.work import Work
from procurement.requisitions import errors, repository, rules
from procurement.requisitions.models import RequisitionLine
from procurement.requisitions.rules import Merged, Wanted
from procurement.requisitions.states import State
from procurement.units import rules as conversion
from procurement.units import service as units
from procurement.units.rules import Factor


async def merged(work: Work, asked: Sequence[tuple[UUID, Decimal | None]]) -> list[Merged]:
    """For sourcing: so much of each of the caller's lines (None: all that is left) as positions to source.

    The lines stay locked, so that of two who ask for one the second finds what the first has left. FailedPrecondition
    REQUISITION_EXHAUSTED, REQUISITION_NOT_OPEN; NotFound REQUISITION_LINE_NOT_FOUND.
    """
    lines = await repository.lines_for_update(await work.writing(), work.principal, [line_id for line_id, _ in asked])
    short: dict[int, Decimal] = {}
    for index, (line_id, quantity) in enumerate(asked):
        if line_id not in lines:
            raise errors.line_not_found(line_id)
        requisition = lines[line_id].requisition
        if requisition.state is not State.APPROVED:
            raise errors.not_open(requisition.number, requisition.state)
        left = lines[line_id].left
        if left <= 0 or (quantity or left) > left:
            short[index] = left
    if short:
        raise errors.nothing_left(short)
    factors = await units.factors(work, {line.material_code for line in lines.values()})
    names = {line.unit for line in lines.values()}
    return rules.merge(_wanted(work, lines[line_id], quantity, factors, names) for line_id, quantity in asked)


def _wanted(
    work: Work,
    line: RequisitionLine,
    quantity: Decimal | None,
    factors: Mapping[str, Sequence[Factor]],
    names: set[str],
) -> Wanted:
    on = shanghai_day(line.requisition.approved_at or work.now)
    known = {unit: conversion.whole(unit, line.unit, factors[line.material_code], on) for unit in names}
    return Wanted(
        line.id,
        line.requisition.project_id,
        line.cost_code,
        line.material_code,
        line.specification,
        line.unit,
        line.needed_by,
        quantity or line.left,
        {unit: whole for unit, whole in known.items() if whole is not None},
    )
