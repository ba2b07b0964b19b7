"""Workers sign their lines or object to them, by link or on paper; objections are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.crypto import Vault
from chassis.errors import Violation, invalid
from chassis.files import service as files
from chassis.ids import new_id
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.contracts.repository import lock_workers
from labour.links import repository as link_repository
from labour.links import service as links
from labour.links.models import Link
from labour.links.service import NewLink, Origin
from labour.links.states import Purpose
from labour.payrolls import errors, repository, rulebook, states
from labour.payrolls.commands.items import NewItem, demand_kind, put
from labour.payrolls.models import Payroll, PayrollLine, PayrollObjection, PayrollSignature
from labour.payrolls.service import ShownLine, Verb, act, content_of, shown
from labour.payrolls.states import Action, LineAction, LineState, Method, State


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """Lines that were signed by hand on a printed sheet: the scan, the day on it, and why not by link."""

    line_ids: Sequence[UUID]
    file_id: UUID
    signed_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker is answered; with an adjustment his line gets one more item."""

    text: str
    item: NewItem | None


@dataclass(frozen=True, slots=True)
class IssuedWageLinks:
    """The lines of a sheet whose workers have got a link, and how long the links are good."""

    lines: Sequence[PayrollLine]
    valid_until: datetime


async def issue_link(work: Work, line_id: UUID) -> tuple[Link, str]:
    """A link for a worker to sign his line, and its secret; an earlier one is revoked."""
    work.require(permissions.PAYROLLS_DRAFT)
    session = await work.writing()
    payroll, line = await _own(work, session, line_id)
    states.PAYROLL.apply(payroll.state, Action.SIGN)
    states.LINE.apply(line.state, LineAction.SIGN)
    await lock_workers(session, [line.worker_id], payroll.employer_id)
    new = NewLink(line.worker_id, Purpose.WAGE_SHEET, line.id, rulebook.rules().link_valid_for)
    issued = await links.issue(work, new)
    return await link_repository.by_id(session, issued.link_id), issued.secret


async def issue_links(work: Work, payroll_id: UUID) -> tuple[IssuedWageLinks, dict[str, str]]:
    """A link for each line that waits for its signature, and the secrets by line; earlier ones are revoked.

    PermissionDenied OTHER_SIDE for who is not the employer; nobody to sign is an answer without links.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    session = await work.writing()
    payroll = await repository.get(session, work.principal, work.today, payroll_id, lock=True)
    if payroll.employer_id != work.principal.organisation_id:
        raise errors.not_yours("issue-links")
    states.PAYROLL.apply(payroll.state, Action.SIGN)
    waiting = await repository.lines(session, payroll.id, None, state=LineState.OFFERED)
    await lock_workers(session, [one.worker_id for one in waiting], payroll.employer_id)
    valid_for = rulebook.rules().link_valid_for
    issued = await links.issue_all(
        work, [NewLink(one.worker_id, Purpose.WAGE_SHEET, one.id, valid_for) for one in waiting]
    )
    secrets = {str(line.id): one.secret for line, one in zip(waiting, issued, strict=True)}
    return IssuedWageLinks(waiting, work.now + valid_for), secrets


async def my_line(work: Work, line_id: UUID) -> ShownLine:
    """For the holder of a link to sign: his line, that one alone."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.WAGE_SHEET)
        if link.subject_id != line_id:
            raise errors.line_not_found(line_id)
        return await shown(session, await repository.line_by_id(session, line_id))


async def sign_by_link(work: Work, line_id: UUID, sha256: str, origin: Origin, vault: Vault) -> ShownLine:
    """Sign as the holder of a link for this line; `sha256` is of what he has read. The link is used up.

    FailedPrecondition DOCUMENT_CHANGED when the line is another one now.
    """
    session = await work.writing()
    link, payroll, line = await _through_link(work, session, line_id, Action.SIGN)
    content = await _content(session, payroll, line)
    if content != sha256:
        raise errors.changed()
    proof = await links.proof(session, link, origin, vault)
    signature = _signature(work, payroll, line, content, Method.LINK, work.today)
    signature.link_id, signature.checked_at = proof.link_id, proof.checked_at
    signature.code_sent_to, signature.code_sent_at = proof.code_sent_to, proof.code_sent_at
    signature.address_hash, signature.user_agent = proof.address_hash, proof.user_agent
    await _signed(work, session, line, signature)
    await links.use(work, session, link)
    return await shown(session, line)


async def object_by_link(work: Work, line_id: UUID, reason: str) -> ShownLine:
    """Object as the holder of a link for this line, and say why. The link is used up."""
    session = await work.writing()
    link, _, line = await _through_link(work, session, line_id, Action.OBJECT)
    await _object(work, session, line, Method.LINK, reason)
    await links.use(work, session, link)
    return await shown(session, line)


async def sign_on_paper(work: Work, command: Verb, signed: PaperSignature) -> Payroll:
    """File the scan of a sheet that workers signed by hand, for a stated reason; their links are revoked.

    InvalidArgument LINE_UNKNOWN, IN_FUTURE, FILE_UNKNOWN.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    if signed.signed_on > work.today:
        raise invalid(Violation("/signed_on", "IN_FUTURE", zh="日期不能晚于今天。", en="The day lies in the future."))
    payroll = await act(work, command, Action.SIGN)
    session = await work.writing()
    found = {one.id: one for one in await repository.lines(session, payroll.id, signed.line_ids)}
    unknown = [
        Violation(f"/line_ids/{index}", "LINE_UNKNOWN", zh="该明细不属于此工资表。", en="No line of this sheet.")
        for index, one in enumerate(signed.line_ids)
        if one not in found
    ]
    if unknown:
        raise invalid(*unknown)
    [scan] = await files.attach(work, [signed.file_id], share_with=[payroll.contractor_id], pointers=["/file_id"])
    for line in found.values():
        content = await _content(session, payroll, line)
        signature = _signature(work, payroll, line, content, Method.PAPER, signed.signed_on)
        signature.file_id, signature.reason, signature.filed_by = scan.id, signed.reason, work.principal.subject
        await _signed(work, session, line, signature)
        await links.withdraw(work, line.worker_id, Purpose.WAGE_SHEET, line.id)
    return payroll


async def object_on_paper(work: Work, line_id: UUID, expected: int | None, reason: str) -> ShownLine:
    """The clerk writes down what a worker objects to; his link is revoked."""
    work.require(permissions.PAYROLLS_DRAFT)
    session = await work.writing()
    payroll, line = await _own(work, session, line_id)
    check_version(line, expected)
    states.PAYROLL.apply(payroll.state, Action.OBJECT)
    await _object(work, session, line, Method.PAPER, reason)
    await links.withdraw(work, line.worker_id, Purpose.WAGE_SHEET, line.id)
    return await shown(session, line)


async def answer(work: Work, line_id: UUID, expected: int | None, given: Answer) -> ShownLine:
    """Answer the objection to a line: it waits for a signature again, adjusted or as it was. The other lines stay.

    FailedPrecondition ADJUSTMENT_TOO_LATE once the sheet is checked; InvalidArgument KIND_UNKNOWN, BELOW_ZERO.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    session = await work.writing()
    payroll, line = await _own(work, session, line_id)
    check_version(line, expected)
    states.PAYROLL.apply(payroll.state, Action.ANSWER)
    before = audit.fields(line, "state", "net")
    line.state = states.LINE.apply(line.state, LineAction.ANSWER)
    touch(line, work)
    objection = (await repository.objections(session, line.id))[0]
    objection.answer, objection.answered_by, objection.answered_at = given.text, work.principal.subject, work.now
    objection.adjusted = given.item is not None
    touch(objection, work)
    if given.item is not None:
        faults = list(demand_kind("/adjustment", given.item.kind))
        if faults:
            raise invalid(*faults)
        if payroll.state is not State.SUBMITTED:
            raise errors.adjustment_too_late()
        await put(work, payroll, [("/adjustment", line, given.item)])
        touch(payroll, work)
    work.audit("payrolls.answer", "payroll_line", line.id, before, audit.fields(line, "state", "net"))
    return await shown(session, line)


async def _own(work: Work, session: AsyncSession, line_id: UUID) -> tuple[Payroll, PayrollLine]:
    """The payroll and a line of the caller's own as employer, locked in this order."""
    seen = await repository.line(session, work.principal, work.today, line_id)
    if seen.employer_id != work.principal.organisation_id:
        raise errors.line_not_found(line_id)
    payroll = await repository.by_id(session, seen.payroll_id)
    return payroll, await repository.line_by_id(session, line_id, lock=True)


async def _through_link(
    work: Work, session: AsyncSession, line_id: UUID, action: Action
) -> tuple[Link, Payroll, PayrollLine]:
    """Link, payroll and line, locked; a foreign line is not found."""
    seen = await links.opened(work, session, Purpose.WAGE_SHEET)
    if seen.subject_id != line_id:
        raise errors.line_not_found(line_id)
    found = await repository.line_by_id(session, line_id)
    payroll = await repository.by_id(session, found.payroll_id)
    line = await repository.line_by_id(session, line_id, lock=True)
    states.PAYROLL.apply(payroll.state, action)
    return await links.opened(work, session, Purpose.WAGE_SHEET, lock=True), payroll, line


async def _content(session: AsyncSession, payroll: Payroll, line: PayrollLine) -> str:
    return content_of(payroll, line, (await repository.items(session, [line.id]))[line.id])


def _signature(
    work: Work, payroll: Payroll, line: PayrollLine, content: str, method: Method, day: date
) -> PayrollSignature:
    return PayrollSignature(
        id=new_id(),
        line_id=line.id,
        worker_id=line.worker_id,
        edition=payroll.edition,
        net=line.net,
        sha256=content,
        method=method,
        signed_at=work.now,
        signed_on=day,
    )


async def _signed(work: Work, session: AsyncSession, line: PayrollLine, signature: PayrollSignature) -> None:
    before = {"state": LineState(line.state).value}
    line.state = states.LINE.apply(line.state, LineAction.SIGN)
    touch(line, work)
    await repository.add(session, signature)
    after = audit.fields(line, "state") | audit.fields(signature, "method", "edition", "sha256")
    work.audit("payrolls.sign", "payroll_line", line.id, before, after)


async def _object(work: Work, session: AsyncSession, line: PayrollLine, method: Method, reason: str) -> None:
    before = {"state": LineState(line.state).value}
    line.state = states.LINE.apply(line.state, LineAction.OBJECT)
    touch(line, work)
    objection = PayrollObjection(
        created_at=work.now,
        updated_at=work.now,
        line_id=line.id,
        worker_id=line.worker_id,
        method=method,
        reason=reason,
    )
    await repository.add(session, objection)
    work.audit(
        "payrolls.object", "payroll_line", line.id, before, audit.fields(line, "state") | {"method": method.value}
    )
