"""Use cases of statements. Each change locks the statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.orders.rules import line_amount
from procurement.statements import errors, repository, rules, states
from procurement.statements.models import Statement, StatementLine
from procurement.statements.repository import StatementFilter
from procurement.statements.rules import Piece
from procurement.statements.states import Action, Side, View

ASKED_OF = {Side.BUYER: permissions.STATEMENTS_OF_BUYER, Side.SUPPLIER: permissions.STATEMENTS_OF_SUPPLIER}


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """Whose statement is to be drawn up; `period` is any day of the month."""

    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    period: date
    currency: str


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a statement, the version that the caller saw, and why (empty when no reason is needed)."""

    statement_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgreeLines:
    """The lines that a side agrees to."""

    statement_id: UUID
    expected_version: int | None
    line_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a line should say in a side's eyes (unit price with tax), and why."""

    line_id: UUID
    quantity: Decimal
    unit_price: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeLines:
    """Lines that a side disputes or corrects."""

    statement_id: UUID
    expected_version: int | None
    lines: tuple[Figures, ...]


async def draft(work: Work, command: DraftStatement) -> Statement:
    """Draw up what stands on no statement yet, at the orders' prices; either side may.

    FailedPrecondition NOTHING_TO_STATE, or PIECES_TAKEN when the other side was faster.
    """
    work.require(permissions.STATEMENTS_SETTLE)
    side = _side(work, command.buyer_id, command.supplier_id)
    if side is None:
        raise errors.not_a_party()
    if command.period.replace(day=1) > work.today:
        raise errors.period_not_begun()
    session = await work.writing()
    found = await repository.pieces(
        session,
        command.project_id,
        command.buyer_id,
        command.supplier_id,
        command.currency,
        rules.month_end(command.period),
    )
    if not found:
        raise errors.nothing_to_state()
    statement = _statement(work, command, side, found)
    await repository.add(session, statement)
    work.audit("statements.draft", "statement", statement.id, None, _audited(statement, statement.lines))
    return statement


async def get(work: Work, statement_id: UUID) -> Statement:
    """One statement with its lines."""
    work.require(permissions.STATEMENTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, statement_id)


async def page(work: Work, wanted: StatementFilter, request: PageRequest) -> Page[Statement]:
    """The caller's statements, newest first, without lines."""
    work.require(permissions.STATEMENTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def propose(work: Work, command: Verb) -> Statement:
    """Whoever drew the statement up shows it to the other side, and thereby agrees to all of it."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    _only(statement.drafted_by, side, Action.PROPOSE)
    before = _audited(statement, statement.lines)
    for line in statement.lines:
        _say(line, side, View.AGREED)
    return _done(work, statement, "propose", Action.PROPOSE, before, statement.lines)


async def withdraw(work: Work, command: Verb) -> Statement:
    """Whoever drew the statement up takes it back while nothing is agreed by both; its pieces are free again."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    _only(statement.drafted_by, side, Action.WITHDRAW)
    before = _audited(statement, ())
    statement.reason = command.reason
    for line in statement.lines:
        line.part = None
    return _done(work, statement, "withdraw", Action.WITHDRAW, before, ())


async def agree(work: Work, command: AgreeLines) -> Statement:
    """A side agrees to lines; those that both have agreed to stay as they are and can be invoiced."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    states.STATEMENT.apply(statement.state, Action.DISCUSS)
    lines = _picked(statement, command.line_ids, "/line_ids/{}")
    before = _audited(statement, lines)
    for line in lines:
        _say(line, side, View.AGREED)
    return _done(work, statement, "agree", _standing(statement), before, lines)


async def dispute(work: Work, command: ChangeLines) -> Statement:
    """A side says that lines are wrong, why, and what they should say; the other lines go on."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    states.STATEMENT.apply(statement.state, Action.DISCUSS)
    lines = _changeable(statement, command.lines)
    before = _audited(statement, lines)
    for line, wanted in zip(lines, command.lines, strict=True):
        line.claimed_by, line.reason = side, wanted.reason
        line.claimed_quantity, line.claimed_unit_price = wanted.quantity, wanted.unit_price
        _say(line, side, View.DISPUTED)
    return _done(work, statement, "dispute", _standing(statement), before, lines)


async def correct(work: Work, command: ChangeLines) -> Statement:
    """A side changes what lines say; the other side has agreed already when these are the figures it claimed."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    states.STATEMENT.apply(statement.state, Action.DISCUSS)
    lines = _changeable(statement, command.lines)
    before = _audited(statement, lines)
    for line, wanted in zip(lines, command.lines, strict=True):
        claim = line.claimed_by, line.claimed_quantity, line.claimed_unit_price
        granted = claim == (side.other, wanted.quantity, wanted.unit_price)
        line.quantity, line.unit_price, line.reason = wanted.quantity, wanted.unit_price, wanted.reason
        line.amount = line_amount(wanted.quantity, wanted.unit_price)
        _say(line, side, View.AGREED)
        _say(line, side.other, View.AGREED if granted else View.OPEN)
    statement.total = sum((line.amount for line in statement.lines), Decimal(0))
    return _done(work, statement, "correct", _standing(statement), before, lines)


async def close(work: Work, command: Verb) -> Statement:
    """The buyer files an agreed statement."""
    work.require(permissions.STATEMENTS_SETTLE)
    statement, side = await _locked(work, command.statement_id, command.expected_version)
    _only(Side.BUYER, side, Action.CLOSE)
    return _done(work, statement, "close", Action.CLOSE, _audited(statement, ()), ())


def _side(work: Work, buyer_id: UUID, supplier_id: UUID) -> Side | None:
    """On which side the caller stands, with a role for it; None for somebody who has no part."""
    sides = {buyer_id: Side.BUYER, supplier_id: Side.SUPPLIER}
    side = sides.get(work.principal.organisation_id)
    if side is not None:
        work.require(ASKED_OF[side])
    return side


async def _locked(work: Work, statement_id: UUID, expected: int | None) -> tuple[Statement, Side]:
    session = await work.writing()
    statement = await repository.get_for_update(session, work.principal, statement_id)
    side = _side(work, statement.buyer_id, statement.supplier_id)
    if side is None:
        raise errors.statement_not_found(statement_id)
    check_version(statement, expected)
    return statement, side


def _only(allowed: Side, side: Side, action: Action) -> None:
    if side is not allowed:
        raise errors.not_yours(action)


def _say(line: StatementLine, side: Side, view: View) -> None:
    setattr(line, f"{side}_view", view)
    if view is not View.DISPUTED and line.claimed_by is side:
        line.claimed_by = line.claimed_quantity = line.claimed_unit_price = None


def _picked(statement: Statement, line_ids: Sequence[UUID], pointer: str) -> list[StatementLine]:
    lines = {line.id: line for line in statement.lines}
    for index, line_id in enumerate(line_ids):
        if line_id not in lines:
            raise errors.unknown_line(pointer.format(index))
    return [lines[line_id] for line_id in line_ids]


def _changeable(statement: Statement, wanted: Sequence[Figures]) -> list[StatementLine]:
    lines = _picked(statement, [one.line_id for one in wanted], "/lines/{}/line_id")
    for index, (line, figures) in enumerate(zip(lines, wanted, strict=True)):
        if line.settled:
            raise errors.line_settled(line)
        if not rules.within(figures.quantity, line.recorded):
            raise errors.beyond_record(f"/lines/{index}/quantity", line)
    return lines


def _standing(statement: Statement) -> Action:
    return rules.standing([line.settled for line in statement.lines])


def _done(
    work: Work, statement: Statement, verb: str, action: Action, before: audit.Fields, lines: Sequence[StatementLine]
) -> Statement:
    statement.state = states.STATEMENT.apply(statement.state, action)
    touch(statement, work)
    work.audit(f"statements.{verb}", "statement", statement.id, before, _audited(statement, lines))
    return statement


def _statement(work: Work, command: DraftStatement, side: Side, found: Sequence[Piece]) -> Statement:
    statement_id = new_id()
    lines = [_line(statement_id, position, piece) for position, piece in enumerate(found, start=1)]
    return Statement(
        id=statement_id,
        created_at=work.now,
        updated_at=work.now,
        number=f"ST-{command.period:%Y%m}-{statement_id.hex[-8:].upper()}",
        project_id=command.project_id,
        buyer_id=command.buyer_id,
        supplier_id=command.supplier_id,
        period=command.period.replace(day=1),
        currency=command.currency,
        state=states.STATEMENT.initial,
        drafted_by=side,
        total=sum((line.amount for line in lines), Decimal(0)),
        lines=lines,
    )


def _line(statement_id: UUID, position: int, piece: Piece) -> StatementLine:
    return StatementLine(
        statement_id=statement_id,
        position=position,
        delivery_line_id=piece.delivery_line_id,
        part=piece.part,
        order_id=piece.order_id,
        order_line_id=piece.order_line_id,
        material_code=piece.material_code,
        unit=piece.unit,
        recorded=piece.quantity,
        quantity=piece.quantity,
        unit_price=piece.unit_price,
        amount=line_amount(piece.quantity, piece.unit_price),
    )


def _audited(statement: Statement, lines: Sequence[StatementLine]) -> audit.Fields:
    names = ("position", "quantity", "unit_price", "buyer_view", "supplier_view", "reason")
    return audit.fields(statement, "state", "total", "reason") | {
        "lines": [audit.fields(line, *names) for line in lines]
    }
