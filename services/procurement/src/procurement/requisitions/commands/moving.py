"""The counters of lines: moved under their locks, in the units of the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.values import decimal_text
from chassis.work import Work
from procurement.requisitions import errors, repository, rules
from procurement.requisitions.repository import Holder, LockedLine
from procurement.requisitions.rules import Counters, Move, Need
from procurement.requisitions.states import State
from procurement.units import rules as conversion
from procurement.units import service as units


async def lock(work: Work, needs: Sequence[Need]) -> dict[UUID, LockedLine]:
    """Lock the lines behind needs until the transaction ends; those that are not there are missing."""
    return await repository.lock_lines(await work.driver(), sorted({need.requisition_line_id for need in needs}))


async def move(work: Work, needs: Sequence[Need], how: Move) -> None:
    """Move the counters of lines; all of them or none.

    FailedPrecondition REQUISITION_EXHAUSTED, REQUISITION_NOT_OPEN, REQUISITION_UNIT_UNFIT; NotFound
    REQUISITION_LINE_NOT_FOUND.
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
    for line_id, quantity in rules.summed(await _own_units(work, needs, lines, holders)).items():
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
    work: Work, needs: Sequence[Need], lines: Mapping[UUID, LockedLine], holders: Mapping[UUID, Holder]
) -> list[tuple[UUID, Decimal]]:
    """(line, quantity in its unit) by the factors of the day of approval, so that what was taken is given back."""
    behind = [(need, lines[need.requisition_line_id]) for need in needs]
    others = {line.material_code for need, line in behind if need.unit != line.unit}
    factors = await units.factors(work, others) if others else {}
    found = []
    for need, line in behind:
        quantity = need.quantity
        if need.unit != line.unit:
            on = shanghai_day(holders[line.requisition_id].approved_at or work.now)
            whole = conversion.whole(need.unit, line.unit, factors[line.material_code], on)
            if whole is None:
                raise errors.unfit_unit(line.id, need.unit, line.unit)
            quantity *= whole
        found.append((line.id, quantity))
    return found
