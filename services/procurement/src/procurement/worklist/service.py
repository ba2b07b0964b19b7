"""Use cases of the work list."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.identity import Permission
from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions as may
from procurement.approvals import service as approvals
from procurement.suppliers import repository as suppliers
from procurement.worklist import repository
from procurement.worklist.rules import Asked, Item, Kind, Waiting

DONE_BY: dict[Kind, tuple[Permission, ...]] = {
    Kind.ORDERS_TO_APPROVE: (may.APPROVALS_DECIDE,),
    Kind.ORDERS_TO_CONFIRM: (may.ORDERS_CONFIRM,),
    Kind.CHANGES_TO_APPROVE: (may.APPROVALS_DECIDE,),
    Kind.CHANGES_TO_ANSWER: (may.ORDER_CHANGES_ANSWER,),
    Kind.AGREEMENTS_TO_SIGN: (may.AGREEMENTS_SIGN,),
    Kind.SUPPLEMENTS_TO_SIGN: (may.AGREEMENTS_SIGN,),
    Kind.STEPS_TO_DECIDE: (may.APPROVALS_DECIDE,),
    Kind.DELIVERIES_EXPECTED: (may.DELIVERIES_ARRIVE,),
    Kind.DELIVERIES_TO_ACCEPT: (may.DELIVERIES_ACCEPT,),
    Kind.QUESTIONS_TO_ANSWER: (may.SOURCING_RUN,),
    Kind.INQUIRIES_TO_QUOTE: (may.QUOTES_SUBMIT,),
    Kind.QUOTES_TO_REVIEW: (may.QUOTES_SUBMIT,),
    Kind.AUCTIONS_TO_BID: (may.AUCTIONS_BID,),
    Kind.AUCTIONS_BEGINNING: (may.AUCTIONS_BID,),
    Kind.SOURCINGS_TO_OPEN: (may.SOURCING_RUN,),
    Kind.SOURCINGS_TO_AWARD: (may.AWARDS_GIVE,),
    Kind.STATEMENTS_TO_AGREE: (may.STATEMENTS_SETTLE,),
    Kind.INVOICES_TO_MATCH: (may.INVOICES_MATCH,),
    Kind.INVOICES_TO_APPROVE: (may.INVOICES_APPROVE,),
    Kind.CREDIT_NOTES_DUE: (may.INVOICES_ENTER, may.INVOICES_APPROVE),
    Kind.PAYABLES_DUE: (may.PAYABLES_PREPARE,),
    Kind.PAYABLES_OVERDUE: (may.PAYABLES_PREPARE,),
    Kind.PAYMENTS_TO_APPROVE: (may.APPROVALS_DECIDE,),
    Kind.PAYMENTS_TO_EXPORT: (may.PAYMENTS_PREPARE,),
    Kind.LICENCES_EXPIRING: (may.SUPPLIERS_MANAGE,),
    Kind.GUARANTEES_EXPIRING: (may.GUARANTEES_RECORD,),
}
"""Who does it: any of the permissions of the verb."""


async def counts(work: Work) -> Sequence[Waiting]:
    """How much waits of every kind that the caller's roles cover, in the order of `Kind`."""
    work.require(may.WORKLIST_READ)
    asked = await _asked(work)
    async with work.reading() as session:
        return await repository.counts(session, asked, [kind for kind in Kind if _is_mine(work, kind)])


async def page(work: Work, kind: Kind, request: PageRequest) -> Page[Item]:
    """What waits of a kind, the first due first; nothing when it is not the business of the caller's roles."""
    work.require(may.WORKLIST_READ)
    if not _is_mine(work, kind):
        return Page([])
    asked = await _asked(work)
    async with work.reading() as session:
        return await repository.page(session, asked, kind, request)


def _is_mine(work: Work, kind: Kind) -> bool:
    return any(permission.allows(work.principal) for permission in DONE_BY[kind])


async def _asked(work: Work) -> Asked:
    deciding = await approvals.deciding_roles(work)
    async with work.reading() as session:
        policy = await suppliers.policy_on(session, work.principal.organisation_id, work.today)
    return Asked(work.principal, work.now, deciding, policy.warning_days)
