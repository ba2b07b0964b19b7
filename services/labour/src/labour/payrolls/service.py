"""Use cases of payrolls: reading, handing over, checking, approving. Drafting and signing stand in commands/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.attendance import service as attendance
from labour.payrolls import errors, events, repository, rulebook, rules, states
from labour.payrolls.models import (
    Payroll,
    PayrollItem,
    PayrollLine,
    PayrollObjection,
    PayrollSignature,
    PieceRecord,
)
from labour.payrolls.repository import LineFilter, PayrollFilter, PieceFilter
from labour.payrolls.rules import Item, ItemKind
from labour.payrolls.states import PAYABLE, Action, LineAction, LineState, Run
from labour.privacy import service as privacy

AUDITED = ("project_id", "employer_id", "month", "run", "state", "edition", "workers", "gross", "net", "reason")


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a payroll, the version that the caller saw, and why (empty when no reason is needed)."""

    payroll_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its items, signatures and objections; `sha256` is what a signature under it would be of."""

    line: PayrollLine
    items: Sequence[PayrollItem]
    signatures: Sequence[PayrollSignature]
    objections: Sequence[PayrollObjection]
    sha256: str

    @property
    def version(self) -> int:
        """Of the line, for the entity tag."""
        return self.line.version


async def page_of_kinds(work: Work, request: PageRequest) -> Page[ItemKind]:
    """The kinds of allowances and deductions; they fit on one page."""
    work.require(permissions.CODES_READ)
    return Page(list(rulebook.rules().kinds.values())[: request.size])


async def get(work: Work, payroll_id: UUID) -> Payroll:
    """One visible payroll."""
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, payroll_id)


async def page(work: Work, wanted: PayrollFilter, request: PageRequest) -> Page[Payroll]:
    """The visible payrolls, newest first."""
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, Payroll, wanted, request)


async def page_of_lines(work: Work, wanted: LineFilter, request: PageRequest) -> Page[PayrollLine]:
    """The visible lines, newest first."""
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, PayrollLine, wanted, request)


async def page_of_pieces(work: Work, wanted: PieceFilter, request: PageRequest) -> Page[PieceRecord]:
    """The employer's own piece records, newest first."""
    work.require(permissions.PIECES_READ)
    async with work.reading() as session:
        return await repository.page_of_pieces(session, work.principal, wanted, request)


async def line(work: Work, line_id: UUID) -> ShownLine:
    """One visible line with all that belongs to it."""
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        return await shown(session, await repository.line(session, work.principal, work.today, line_id))


async def slip(work: Work, line_id: UUID) -> ShownLine:
    """The pay slip (工资条) of a visible line; FailedPrecondition SLIP_NOT_READY before approval."""
    found = await line(work, line_id)
    if found.line.state not in PAYABLE:
        raise errors.no_slip(line_id)
    return found


async def shown(session: AsyncSession, row: PayrollLine) -> ShownLine:
    """A line with all that belongs to it."""
    payroll = await session.get_one(Payroll, row.payroll_id)
    items = (await repository.items(session, [row.id]))[row.id]
    return ShownLine(
        row,
        items,
        await repository.signatures(session, row.id),
        await repository.objections(session, row.id),
        content_of(payroll, row, items),
    )


def content_of(payroll: Payroll, row: PayrollLine, items: Sequence[PayrollItem]) -> str:
    """The hash of what the worker signs."""
    told = [Item(one.kind, one.direction, one.quantity, one.rate, one.amount, one.note) for one in items]
    return rules.content_hash(payroll.id, row.worker_id, payroll.edition, told)


async def submit(work: Work, command: Verb) -> Payroll:
    """Hand a sheet to its workers. FailedPrecondition NOTHING_TO_PAY, LINES_AT_FAULT, DAYS_CHANGED."""
    work.require(permissions.PAYROLLS_DRAFT)
    payroll = await act(work, command, Action.SUBMIT)
    session = await work.writing()
    if not payroll.workers:
        raise errors.nothing_to_pay()
    await _demand_sound(session, payroll)
    offered = states.LINE.apply(LineState.DRAFT, LineAction.OFFER)
    await repository.move(session, payroll.id, [(LineState.DRAFT, offered)], work.now)
    return payroll


async def cancel(work: Work, command: Verb) -> Payroll:
    """Give up a sheet that nobody has checked; its lines stay on record, and the month can be drafted anew."""
    work.require(permissions.PAYROLLS_DRAFT)
    payroll = await act(work, command, Action.CANCEL)
    await withdrawn(work, payroll, command.reason)
    return payroll


async def send_back(work: Work, command: Verb) -> Payroll:
    """The general contractor finds something wrong: the sheet is a draft again, every signature is void."""
    work.require(permissions.PAYROLLS_CHECK)
    payroll = await act(work, command, Action.SEND_BACK, by_contractor=True)
    payroll.checked_by = ""
    await withdrawn(work, payroll, command.reason)
    return payroll


async def withdrawn(work: Work, payroll: Payroll, reason: str) -> None:
    """No line of a locked payroll waits for a signature, or has one that counts, any more."""
    session = await work.writing()
    sources = (LineState.OFFERED, LineState.SIGNED, LineState.CONTESTED)
    steps = [(source, states.LINE.apply(source, LineAction.WITHDRAW)) for source in sources]
    if await repository.void(session, payroll.id, work.now, reason):
        payroll.edition += 1
    await repository.move(session, payroll.id, steps, work.now)


async def check(work: Work, command: Verb) -> Payroll:
    """The general contractor has compared sheet, attendance and signatures; one signed line is enough to go on.

    FailedPrecondition NOTHING_TO_PAY without one, DAYS_CHANGED.
    """
    work.require(permissions.PAYROLLS_CHECK)
    payroll = await act(work, command, Action.CHECK, by_contractor=True)
    session = await work.writing()
    await _demand_sound(session, payroll)
    if not await repository.lines(session, payroll.id, None, state=LineState.SIGNED):
        raise errors.nothing_to_pay()
    payroll.checked_by = work.principal.subject
    return payroll


async def approve(work: Work, command: Verb) -> Payroll:
    """Approve the signed lines; the month is locked. Later signatures are approved by doing it again (art 35).

    PermissionDenied FOUR_EYES for who has checked it, FailedPrecondition NOTHING_TO_PAY without a signed line,
    DAYS_CHANGED.
    """
    work.require(permissions.PAYROLLS_APPROVE)
    session = await work.writing()
    seen = await repository.get(session, work.principal, work.today, command.payroll_id)
    await repository.one_month_at_a_time(session, seen.project_id, seen.employer_id, seen.month)
    payroll = await act(work, command, Action.APPROVE, by_contractor=True)
    if payroll.checked_by == work.principal.subject:
        raise errors.four_eyes()
    if payroll.approved_at is None:
        await _demand_sound(session, payroll)
        if payroll.run is Run.REGULAR:  # what comes to the gates later is a correction's or arrears'
            await attendance.lock_month(work, payroll.project_id, payroll.employer_id, payroll.month)
    signed = await repository.lines(session, payroll.id, None, state=LineState.SIGNED)
    if not signed:
        raise errors.nothing_to_pay()
    for one in signed:
        one.state = states.LINE.apply(one.state, LineAction.APPROVE)
        touch(one, work)
    payroll.approved_by, payroll.approved_at = work.principal.subject, work.now
    gross = sum((one.gross for one in signed), Decimal("0.00"))
    work.emit(events.approved(payroll, gross, len(signed), work.today))
    return payroll


async def _demand_sound(session: AsyncSession, payroll: Payroll) -> None:
    if payroll.run is not Run.REGULAR:
        return  # what is entered by hand is compared by the general contractor
    at_fault, moved = await repository.faults(session, payroll)
    if at_fault:
        raise errors.lines_at_fault(at_fault)
    if moved:
        raise errors.days_changed(moved)


async def act(work: Work, command: Verb, action: Action, *, by_contractor: bool = False) -> Payroll:
    """Lock a payroll, let the employer or the general contractor do an action on it, audit it."""
    session = await work.writing()
    payroll = await repository.get(session, work.principal, work.today, command.payroll_id, lock=True)
    acting = payroll.contractor_id if by_contractor else payroll.employer_id
    if acting != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(payroll, command.expected_version)
    before = audit.fields(payroll, "state", "edition", "reason")
    payroll.state = states.PAYROLL.apply(payroll.state, action)
    payroll.reason = command.reason or payroll.reason
    touch(payroll, work)
    after = audit.fields(payroll, "state", "edition", "reason")
    work.audit(f"payrolls.{action}", "payroll", payroll.id, before, after)
    return payroll


async def settle(work: Work, payroll_id: UUID, line_ids: Sequence[UUID], paid_on: date, payout_id: UUID) -> None:
    """For payouts: the bank has paid these lines; with the last line of the sheet it is paid."""
    session = await work.writing()
    payroll = await repository.by_id(session, payroll_id)
    before = audit.fields(payroll, "state")
    payroll.state = states.PAYROLL.apply(payroll.state, Action.PAY)
    paid = await repository.lines(session, payroll_id, line_ids)
    for one in paid:
        one.state = states.LINE.apply(one.state, LineAction.PAY)
        one.paid_on = paid_on
        touch(one, work)
    await session.flush()
    if not await repository.open_lines_left(session, payroll_id):
        payroll.state = states.PAYROLL.apply(payroll.state, Action.SETTLE)
    touch(payroll, work)
    work.audit("payrolls.pay", "payroll", payroll.id, before, audit.fields(payroll, "state") | {"lines": len(paid)})
    await privacy.wages_paid(work, [one.worker_id for one in paid])
    net = sum((one.net for one in paid), Decimal("0.00"))
    work.emit(events.paid(payroll, net, len(paid), paid_on, payout_id))
