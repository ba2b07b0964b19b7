"""Approval of an agreement by its holder (审批), before the supplier is shown it."""

from __future__ import annotations

from chassis.work import Work
from procurement import permissions
from procurement.agreements import repository, rules
from procurement.agreements.models import Agreement
from procurement.agreements.service import Verb, finish, locked_for
from procurement.agreements.states import Action
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.approvals.states import Action as StepAction
from procurement.clients.labour import LabourDirectory
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal

KIND = DocumentKind.AGREEMENT


async def submit(work: Work, command: Verb, labour: LabourDirectory) -> Agreement:
    """Hand a draft to those who approve today what it can cost at most. SUPPLIER_WAGE_LISTED."""
    work.require(permissions.AGREEMENTS_DRAFT)
    await _demand_engageable(work, command, labour)
    agreement, before = await locked_for(work, command, Action.SUBMIT)
    await approvals.open_steps(work, _document(agreement, work.principal.subject))
    return finish(work, agreement, Action.SUBMIT, before, "")


async def approve(work: Work, command: Verb, labour: LabourDirectory) -> Agreement:
    """Approve the step that waits; with the last one the agreement is proposed to the supplier.

    SUPPLIER_WAGE_LISTED. Refuses what `approvals.decide` refuses.
    """
    work.require(permissions.APPROVALS_DECIDE)
    await _demand_engageable(work, command, labour)
    return await _approve(work, command)


async def propose(work: Work, command: Verb, labour: LabourDirectory) -> Agreement:
    """Submit somebody else's draft and approve its first step at once.

    Who does so has not written it (SELF_APPROVAL) and holds the first step's role (STEP_NEEDS_ROLE). When more steps
    follow, it waits for these. SUPPLIER_WAGE_LISTED.
    """
    work.require(permissions.AGREEMENTS_MANAGE)
    await _demand_engageable(work, command, labour)
    agreement, before = await locked_for(work, command, Action.SUBMIT)
    await approvals.open_steps(work, _document(agreement))
    finish(work, agreement, Action.SUBMIT, before, "")
    return await _approve(work, Verb(agreement.id, None))


async def reject(work: Work, command: Verb) -> Agreement:
    """Refuse at the step that waits; it is a draft again. Why stands with the step: the supplier never reads it."""
    work.require(permissions.APPROVALS_DECIDE)
    agreement, before = await locked_for(work, command, Action.REJECT)
    await approvals.decide(work, KIND, agreement.id, StepAction.REJECT, command.reason)
    return finish(work, agreement, Action.REJECT, before, "")


async def _demand_engageable(work: Work, command: Verb, labour: LabourDirectory) -> None:
    """Before the agreement is locked: its supplier is not listed for wage arrears."""
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, command.agreement_id)
    await wage_standings.demand_engageable(work, {seen.supplier_id}, Deal.AGREEMENT, labour)


async def _approve(work: Work, command: Verb) -> Agreement:
    agreement, before = await locked_for(work, command, Action.PROPOSE)
    finished = await approvals.decide(work, KIND, agreement.id, StepAction.APPROVE, command.reason)
    return finish(work, agreement, Action.PROPOSE if finished else Action.ENDORSE, before, "")


def _document(agreement: Agreement, *submitters: str) -> Document:
    items = ((item.hard_cap, item.unit_price) for item in agreement.items)
    return Document(
        kind=KIND,
        id=agreement.id,
        number=agreement.number,
        organisation_id=agreement.holder_id,
        authors=sorted({agreement.created_by, *agreement.revised_by, *submitters}),
        amount=rules.at_most(agreement.hard_cap, items),
        currency=agreement.currency,
    )
