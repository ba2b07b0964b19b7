"""Wages to another card: the employer proposes it with evidence, the general contractor confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.files import service as files
from chassis.ids import new_id
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.payouts import errors, repository, states
from labour.payouts.models import Payee
from labour.payouts.rules import card_place
from labour.payouts.states import Cause, PayeeAction
from labour.payrolls import errors as payroll_errors
from labour.payrolls import repository as payrolls

AUDITED = ("worker_id", "cause", "state", "reason")


@dataclass(frozen=True, slots=True)
class NewPayee:
    """To whom the wages of a line's worker go from now on, and the paper that shows it."""

    line_id: UUID
    cause: Cause
    name: str
    card: str
    bank_code: str
    file_id: UUID
    reason: str


async def propose(work: Work, new: NewPayee, vault: Vault) -> Payee:
    """Propose it; the evidence is shown to the general contractor. InvalidArgument FILE_UNKNOWN."""
    work.require(permissions.PAYEES_PROPOSE)
    session = await work.writing()
    line = await payrolls.line(session, work.principal, work.today, new.line_id)
    if line.employer_id != work.principal.organisation_id:
        raise payroll_errors.line_not_found(new.line_id)
    [evidence] = await files.attach(work, [new.file_id], share_with=[line.contractor_id], pointers=["/file_id"])
    payee_id = new_id()
    payee = Payee(
        id=payee_id,
        created_at=work.now,
        updated_at=work.now,
        line_id=line.id,
        worker_id=line.worker_id,
        project_id=line.project_id,
        employer_id=line.employer_id,
        contractor_id=line.contractor_id,
        cause=new.cause,
        name=new.name,
        card=vault.encrypt(new.card, card_place("payees", payee_id)),
        card_masked=mask(new.card),
        bank_code=new.bank_code,
        file_id=evidence.id,
        state=states.PAYEE.initial,
        reason=new.reason,
        proposed_by=work.principal.subject,
    )
    await repository.add(session, payee)
    work.audit("payees.propose", "payee", payee.id, None, audit.fields(payee, *AUDITED))
    return payee


async def confirm(work: Work, payee_id: UUID, expected: int | None) -> Payee:
    """The general contractor has seen the evidence; AlreadyExists PAYEE_IN_FORCE beside an earlier change."""
    return await _decide(work, payee_id, expected, PayeeAction.CONFIRM, "")


async def decline(work: Work, payee_id: UUID, expected: int | None, reason: str) -> Payee:
    """The evidence does not show it."""
    return await _decide(work, payee_id, expected, PayeeAction.DECLINE, reason)


async def revoke(work: Work, payee_id: UUID, expected: int | None, reason: str) -> Payee:
    """Wages go to the registered card again."""
    return await _decide(work, payee_id, expected, PayeeAction.REVOKE, reason)


async def _decide(work: Work, payee_id: UUID, expected: int | None, action: PayeeAction, reason: str) -> Payee:
    work.require(permissions.PAYEES_CONFIRM)
    session = await work.writing()
    payee = await repository.payee(session, work.principal, work.today, payee_id, lock=True)
    if payee.contractor_id != work.principal.organisation_id:
        raise errors.payee_not_found(payee_id)
    check_version(payee, expected)
    if payee.proposed_by == work.principal.subject:
        raise errors.four_eyes()
    before = audit.fields(payee, *AUDITED)
    payee.state = states.PAYEE.apply(payee.state, action)
    payee.decided_by, payee.reason = work.principal.subject, reason or payee.reason
    touch(payee, work)
    await repository.add(session, payee)
    work.audit(f"payees.{action}", "payee", payee.id, before, audit.fields(payee, *AUDITED))
    return payee
