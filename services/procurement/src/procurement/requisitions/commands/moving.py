"""The counters of lines: moved under their locks, in the units of the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import structlog

from chassis.clock import shanghai_day
from chassis.values import decimal_text
from chassis.work import Work
from procurement.requisitions import errors, repository, rules
from procurement.requisitions.repository import Holder, LockedLine
from procurement.requisitions.rules import Counters, Move, Need
from procurement.requisitions.states import State
from procurement.units import rules as conversion
from procurement.units import service as units

log = structlog.get_logger()


async def lock(work: Work, needs: Sequence[Need]) -> dict[UUID, LockedLine]:
    """Lock the lines behind needs until the transaction ends; those that are not there are missing."""
    return await repository.lock_lines(await work.driver(), sorted({need.requisition_line_id for need in needs}))


async def move(work: Work, needs: Sequence[Need], how: Move) -> None:
    """Move the counters of lines; all of them or none.

    FailedPrecondition REQUISITION_EXHAUSTED, REQUISITION_NOT_OPEN, REQUISITION_UNIT_UNFIT; NotFound
    REQUISITION_LINE_NOT_FOUND. What was taken in another unit is always given back: units are no reason to refuse.
    """
    if not needs:
        return
    lines = await lock(work, needs)
    connection = await work.driver()
    holders = await repository.holders(connection, {line.requisition_id for line in lines.values()})
    for need in needs:
        _demand(work, need.requisition_line_id, lines, holders, how)
    after: dict[UUID, Counters] = {}
    moved: dict[UUID, dict[str, str]] = {}
    for line_id, quantity in rules.summed(await _own_units(work, needs, lines, holders, how)).items():
        line = lines[line_id]
        counters = line.counters.after(how, quantity)
        if counters is None:
            spare = line.counters.delivered if how is Move.BOOK_DELIVERED else line.counters.spare(how)
            raise errors.exhausted(line_id, abs(quantity), spare)
        after[line_id] = counters
        moved.setdefault(line.requisition_id, {})[str(line_id)] = decimal_text(quantity)
    await repository.store_counters(connection, after)
    for requisition_id, quantities in moved.items():
        work.audit(f"requisitions.{how}", "requisition", requisition_id, None, {"lines": quantities})


def _demand(
    work: Work, line_id: UUID, lines: Mapping[UUID, LockedLine], holders: Mapping[UUID, Holder], how: Move
) -> None:
    line = lines.get(line_id)
    if line is None:
        raise errors.line_not_found(line_id)
    if how not in rules.TAKING:
        return
    holder = holders[line.requisition_id]
    if holder.organisation_id != work.principal.organisation_id:
        raise errors.line_not_found(line_id)
    if holder.state is not State.APPROVED:
        raise errors.not_open(holder.number, holder.state)


async def _own_units(
    work: Work, needs: Sequence[Need], lines: Mapping[UUID, LockedLine], holders: Mapping[UUID, Holder], how: Move
) -> list[tuple[UUID, Decimal]]:
    """(line, quantity in its unit) by the factors of the day of approval, so that what was taken is given back.

    Lines once took the bare number of any unit. Where there is no factor, or more than a line holds would go back by
    it, a move that takes nothing goes by that number; what is more than the line holds stays out.
    """
    behind = [(need, lines[need.requisition_line_id]) for need in needs]
    others = {line.material_code for need, line in behind if need.unit != line.unit}
    factors = await units.factors(work, others) if others else {}
    stands = {line.id: line.counters for _, line in behind}
    found = []
    for need, line in behind:
        quantity = need.quantity
        if need.unit != line.unit:
            on = shanghai_day(holders[line.requisition_id].approved_at or work.now)
            whole = conversion.whole(need.unit, line.unit, factors[line.material_code], on)
            if whole is None and how in rules.TAKING:
                raise errors.unfit_unit(line.id, need.unit, line.unit)
            quantity = _counted(need, line, stands[line.id], how, whole)
        stands[line.id] = stands[line.id].after(how, quantity) or stands[line.id]
        if quantity:
            found.append((line.id, quantity))
    return found


def _counted(need: Need, line: LockedLine, stands: Counters, how: Move, whole: int | None) -> Decimal:
    if whole is not None and (how in rules.TAKING or stands.after(how, need.quantity * whole)):
        return need.quantity * whole
    if how is Move.BOOK_DELIVERED:
        counted = max(need.quantity, -stands.delivered)
    else:
        counted = min(need.quantity, stands.spare(how))
    log.warning(
        "requisitions.unit_unfit",
        line_id=str(line.id),
        move=how,
        unit=need.unit,
        own=line.unit,
        quantity=decimal_text(need.quantity),
        counted=decimal_text(counted),
    )
    return counted
