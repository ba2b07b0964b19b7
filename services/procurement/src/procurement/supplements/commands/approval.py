"""Approval of a supplemental agreement by the agreement's holder (审批), before the supplier is shown it.

One that adds money or time begins something new with the supplier, so labour is asked about it as for an agreement
(docs/decisions/0020), before anything is locked; one that takes away asks nobody.
"""

from __future__ import annotations

from decimal import Decimal

from chassis.work import Work
from procurement import permissions
from procurement.agreements import repository as agreement_rows
from procurement.agreements import states as agreement_states
from procurement.agreements.models import Agreement
from procurement.agreements.rules import at_most
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.approvals.states import Action as StepAction
from procurement.clients.labour import LabourDirectory
from procurement.supplements import repository, rules
from procurement.supplements.models import Supplement
from procurement.supplements.service import Verb, adds_rows, capped_by, end, locked_for
from procurement.supplements.states import Action
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal

KIND = DocumentKind.SUPPLEMENT


async def submit(work: Work, command: Verb, labour: LabourDirectory) -> Supplement:
    """Hand a draft to those who approve today what it adds at most. SUPPLIER_WAGE_LISTED."""
    work.require(permissions.AGREEMENTS_DRAFT)
    await _demand_engageable(work, command, labour)
    return await _submit(work, command, work.principal.subject)


async def approve(work: Work, command: Verb, labour: LabourDirectory) -> Supplement:
    """Approve the step that waits; with the last one the supplement is proposed to the supplier.

    SUPPLIER_WAGE_LISTED. Refuses what `approvals.decide` refuses.
    """
    work.require(permissions.APPROVALS_DECIDE)
    await _demand_engageable(work, command, labour)
    return await _approve(work, command)


async def propose(work: Work, command: Verb, labour: LabourDirectory) -> Supplement:
    """Submit somebody else's draft and approve its first step at once, as with agreements.

    SELF_APPROVAL, STEP_NEEDS_ROLE, SUPPLIER_WAGE_LISTED. When more steps follow, it waits for these.
    """
    work.require(permissions.AGREEMENTS_MANAGE)
    await _demand_engageable(work, command, labour)
    await _submit(work, command)
    return await _approve(work, Verb(command.agreement_id, command.supplement_id, None))


async def reject(work: Work, command: Verb) -> Supplement:
    """Refuse at the step that waits; it is a draft again. Why stands with the step: the supplier never reads it."""
    work.require(permissions.APPROVALS_DECIDE)
    _, supplement, before = await locked_for(work, command, Action.REJECT)
    await approvals.decide(work, KIND, supplement.id, StepAction.REJECT, command.reason)
    return end(work, supplement, Action.REJECT, before, "")


async def _demand_engageable(work: Work, command: Verb, labour: LabourDirectory) -> None:
    # What a supplement says never changes after its draft, so what is seen here is what is locked later.
    async with work.reading() as session:
        agreement = await agreement_rows.get(session, work.principal, command.agreement_id)
        seen = await repository.get(session, work.principal, command.agreement_id, command.supplement_id)
    if _widens(seen):
        await wage_standings.demand_engageable(work, {agreement.supplier_id}, Deal.SUPPLEMENT, labour)


async def _submit(work: Work, command: Verb, *submitters: str) -> Supplement:
    agreement, supplement, before = await locked_for(work, command, Action.SUBMIT)
    agreement_states.AGREEMENT.apply(agreement.state, agreement_states.Action.SUPPLEMENT)
    supplement.adds = _adds(agreement, supplement)
    await approvals.open_steps(work, await _document(work, agreement, supplement, *submitters))
    return end(work, supplement, Action.SUBMIT, before, "")


async def _approve(work: Work, command: Verb) -> Supplement:
    agreement, supplement, before = await locked_for(work, command, Action.PROPOSE)
    agreement_states.AGREEMENT.apply(agreement.state, agreement_states.Action.SUPPLEMENT)
    finished = await approvals.decide(work, KIND, supplement.id, StepAction.APPROVE, command.reason)
    if not finished:
        return end(work, supplement, Action.ENDORSE, before, "")
    supplement.proposed_at = work.now
    return end(work, supplement, Action.PROPOSE, before, "")


async def _document(work: Work, agreement: Agreement, supplement: Supplement, *submitters: str) -> Document:
    """By what all signed supplements have added with it: one in two halves needs the steps of the whole."""
    amount = supplement.adds
    if amount:
        amount += await repository.added(await work.writing(), agreement.id)
    return Document(
        kind=KIND,
        id=supplement.id,
        number=f"{agreement.number}/{supplement.number}",
        organisation_id=agreement.holder_id,
        authors=sorted({supplement.drafted_by, *submitters}),
        amount=amount,
        currency=agreement.currency,
    )


def _adds(agreement: Agreement, supplement: Supplement) -> Decimal | None:
    stands = {item.id: (item.hard_cap, item.unit_price) for item in agreement.items}
    shall = stands | {item.item_id: (item.hard_cap, item.unit_price) for item in supplement.items}
    before = at_most(supplement.before_hard_cap, stands.values())
    return rules.added(before, at_most(supplement.hard_cap, shall.values()), widens=_widens(supplement))


def _widens(supplement: Supplement) -> bool:
    """Whether it adds money or time: a hard cap that rises or goes, an item, another who may call off, a later end."""
    raised = any(rules.is_raised(row.before_hard_cap, row.hard_cap) for row in capped_by(supplement))
    return raised or adds_rows(supplement) or supplement.valid_to > supplement.before_valid_to
