"""Approval of an award (审批): until then its quantities are held; with it they become orders."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.states import Action as StepAction
from procurement.awards import errors, repository, states
from procurement.awards.models import Award
from procurement.awards.service import Given, Verb, become_orders, spread_over, sums
from procurement.awards.states import Action
from procurement.clients.labour import LabourDirectory
from procurement.offers import service as offers
from procurement.sourcing import service as sourcing
from procurement.sourcing.models import Sourcing
from procurement.suppliers import service as suppliers
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal

KIND = DocumentKind.AWARD


async def approve(work: Work, command: Verb, labour: LabourDirectory) -> Given:
    """Approve the step that waits; with the last one draft orders follow, and the suppliers that won are told.

    What no longer counts (expired, excluded, a supplier that is barred or listed for wage arrears) is refused as when
    it was given, and the step waits on.
    Refuses what `approvals.decide` refuses.
    """
    work.require(permissions.APPROVALS_DECIDE)
    async with work.reading() as session:
        seen, _ = await repository.get(session, work.principal, command.award_id)
    await wage_standings.demand_engageable(work, {line.supplier_id for line in seen.lines}, Deal.AWARD, labour)
    award, found = await _locked(work, command, Action.APPROVE)
    finished = await approvals.decide(work, KIND, award.id, StepAction.APPROVE, command.reason)
    if not finished:
        return await _done(work, award, Action.ENDORSE, [])
    usable = await offers.choices(work, found, [line.offer_line_id for line in award.lines])
    wrong = [f"/lines/{index}" for index, line in enumerate(award.lines) if line.offer_line_id not in usable]
    if wrong:
        raise errors.not_awardable(wrong)
    await suppliers.usable(work, found.buyer_id, {line.supplier_id for line in award.lines})
    await sourcing.hold(work, sums(award.lines), let_go=True)
    given = await spread_over(work, found, award.lines)
    return await _done(work, award, Action.APPROVE, await become_orders(work, found, award, given))


async def reject(work: Work, command: Verb) -> Given:
    """Refuse at the step that waits and say why; what it held can be awarded again."""
    work.require(permissions.APPROVALS_DECIDE)
    award, _ = await _locked(work, command, Action.REJECT)
    await approvals.decide(work, KIND, award.id, StepAction.REJECT, command.reason)
    await sourcing.hold(work, sums(award.lines), let_go=True)
    return await _done(work, award, Action.REJECT, [])


async def withdraw(work: Work, command: Verb) -> Given:
    """The buyer takes back an award that waits; what it held can be awarded again."""
    work.require(permissions.AWARDS_GIVE)
    award, _ = await _locked(work, command, Action.WITHDRAW)
    await approvals.withdraw(work, KIND, award.id)
    await sourcing.hold(work, sums(award.lines), let_go=True)
    return await _done(work, award, Action.WITHDRAW, [])


async def _locked(work: Work, command: Verb, action: Action) -> tuple[Award, Sourcing]:
    """The award and its sourcing, the sourcing locked first as when it was given."""
    async with work.reading() as session:
        seen, _ = await repository.get(session, work.principal, command.award_id)
    states.AWARD.apply(seen.state, action)
    found = await sourcing.awarding(work, sourcing.Verb(seen.sourcing_id, None))
    award = await repository.get_for_update(await work.writing(), work.principal, command.award_id)
    check_version(award, command.expected_version)
    states.AWARD.apply(award.state, action)
    return award, found


async def _done(work: Work, award: Award, action: Action, order_ids: list[UUID]) -> Given:
    before = audit.fields(award, "state")
    award.state = states.AWARD.apply(award.state, action)
    touch(award, work)
    work.audit(f"awards.{action}", "award", award.id, before, audit.fields(award, "state"))
    return Given(award, award.lines, order_ids)
