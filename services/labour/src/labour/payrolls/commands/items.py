"""Allowances and deductions on a sheet. After the first signature every signature is void, and can be seen to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.errors import Violation, invalid
from chassis.ids import new_id
from chassis.work import Work, touch
from labour import permissions
from labour.assignments.repository import projects as known_projects
from labour.codes.rules import EVERYWHERE, nearest
from labour.payrolls import errors, repository, rulebook, rules, states
from labour.payrolls.models import Payroll, PayrollItem, PayrollLine
from labour.payrolls.service import Verb, act, demand
from labour.payrolls.states import Action, Direction, LineAction, LineState

ONE = Decimal("1.000")
CHANGED = "工资表已变更 / the sheet was changed"


@dataclass(frozen=True, slots=True)
class NewItem:
    """An allowance or deduction of a line; `amount` is positive, the kind says which way it goes."""

    line_id: UUID
    kind: str
    amount: Decimal
    note: str


async def add_items(work: Work, command: Verb, new: Sequence[NewItem]) -> Payroll:
    """Add items to a draft, or to a sheet that its workers are signing: then a new edition begins for all of them.

    InvalidArgument LINE_UNKNOWN, KIND_UNKNOWN, BELOW_ZERO at each item; nothing is written then.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    payroll = await act(work, command, Action.REVISE)
    session = await work.writing()
    found = {one.id: one for one in await repository.lines(session, payroll.id, [one.line_id for one in new])}
    _demand_known(new, found)
    voided = await repository.void(session, payroll.id, work.now, command.reason or CHANGED)
    if voided:
        payroll.edition += 1
        steps = [(LineState.SIGNED, states.LINE.apply(LineState.SIGNED, LineAction.VOID))]
        await repository.move(session, payroll.id, steps, work.now)
        found = {one.id: one for one in await repository.lines(session, payroll.id, list(found))}
    await put(work, payroll, [(f"/items/{index}", found[one.line_id], one) for index, one in enumerate(new)])
    work.audit(
        "payrolls.add-items",
        "payroll",
        payroll.id,
        None,
        {"items": len(new), "voided": len(voided), **audit.fields(payroll, "edition", "gross", "net")},
    )
    return payroll


@dataclass(frozen=True, slots=True)
class Judged:
    """A sheet as it stands, those of its lines that are named, and what `add_items` would refuse the items for."""

    payroll: Payroll
    lines: Mapping[UUID, PayrollLine]
    faults: Sequence[Violation]


async def judge_items(work: Work, command: Verb, new: Sequence[NewItem]) -> Judged:
    """What `add_items` would say, with the same pointers; nothing is written.

    Raises what it raises for the sheet: PAYROLL_NOT_FOUND, OTHER_SIDE, VERSION_MISMATCH, INVALID_STATE.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    async with work.reading() as session:
        payroll = await repository.get(session, work.principal, work.today, command.payroll_id)
        demand(work, payroll, command, Action.REVISE)
        named = [one.line_id for one in new]
        lines = {one.id: one for one in await repository.lines(session, payroll.id, named, lock=False)}
        items = await repository.items(session, list(lines))
    unknown = _unknown(new, lines)
    amounts = {line_id: [(Direction(one.direction), one.amount) for one in rows] for line_id, rows in items.items()}
    kinds = rulebook.rules().kinds
    for one in new:
        if one.line_id in lines and one.kind in kinds:
            amounts[one.line_id].append((kinds[one.kind].direction, one.amount))
    short = {line_id for line_id, told in amounts.items() if rules.sums(told).net < 0}
    pointers = [f"/items/{index}/amount" for index, one in enumerate(new) if one.line_id in short]
    return Judged(payroll, lines, [*unknown, *errors.below_zero(pointers).violations])


async def put(work: Work, payroll: Payroll, new: Sequence[tuple[str, PayrollLine, NewItem]]) -> None:
    """Add items (pointer, locked line, item) to a locked payroll and count it again; InvalidArgument BELOW_ZERO."""
    session = await work.writing()
    kinds = rulebook.rules().kinds
    for _, line, one in new:
        session.add(
            PayrollItem(
                id=new_id(),
                line_id=line.id,
                kind=one.kind,
                direction=kinds[one.kind].direction,
                quantity=ONE,
                rate=one.amount,
                amount=one.amount,
                note=one.note,
                added_by=work.principal.subject,
            )
        )
    await session.flush()
    lines = {line.id: line for _, line, _ in new}
    items = await repository.items(session, list(lines))
    minimum = await minimum_of(work, payroll)
    too_little = set()
    for line in lines.values():
        counted = rules.sums((Direction(one.direction), one.amount) for one in items[line.id])
        if counted.net < 0:
            too_little.add(line.id)
            continue
        line.gross, line.deductions, line.net = counted.gross, counted.deductions, counted.net
        line.below_minimum = rules.below_minimum(counted, minimum)
        touch(line, work)
    if too_little:
        raise errors.below_zero(f"{pointer}/amount" for pointer, line, _ in new if line.id in too_little)
    await session.flush()
    payroll.workers, payroll.gross, payroll.net = await repository.totals(session, payroll.id)


async def minimum_of(work: Work, payroll: Payroll) -> Decimal | None:
    """The minimum wage of the project's city in that month; None where no rule is known."""
    async with work.reading() as session:
        project = (await known_projects(session, [payroll.project_id])).get(payroll.project_id)
    city = project.city if project else EVERYWHERE
    found = nearest(rulebook.rules().minimum_wages, city, payroll.month)
    return found[0].monthly if found else None


def demand_kind(pointer: str, kind: str) -> Iterable[Violation]:
    """A fault for a kind that the data do not know."""
    if kind not in rulebook.rules().kinds:
        yield Violation(f"{pointer}/kind", "KIND_UNKNOWN", zh="未知的项目类别。", en="There is no such kind of item.")


def _demand_known(new: Sequence[NewItem], found: Mapping[UUID, PayrollLine]) -> None:
    faults = _unknown(new, found)
    if faults:
        raise invalid(*faults)


def _unknown(new: Sequence[NewItem], found: Mapping[UUID, PayrollLine]) -> list[Violation]:
    faults: list[Violation] = []
    for index, one in enumerate(new):
        faults.extend(demand_kind(f"/items/{index}", one.kind))
        if one.line_id not in found:
            faults.append(
                Violation(
                    f"/items/{index}/line_id", "LINE_UNKNOWN", zh="该明细不属于此工资表。", en="No line of this sheet."
                )
            )
    return faults
