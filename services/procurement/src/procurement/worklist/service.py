"""Use cases of the work list."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.suppliers import repository as suppliers
from procurement.worklist import repository
from procurement.worklist.rules import Asked, Item, Kind, Waiting


async def counts(work: Work) -> Sequence[Waiting]:
    """How much waits of every kind that the caller's roles cover, in the order of `Kind`."""
    work.require(permissions.WORKLIST_READ)
    asked = await _asked(work)
    async with work.reading() as session:
        return await repository.counts(session, asked)


async def page(work: Work, kind: Kind, request: PageRequest) -> Page[Item]:
    """What waits of a kind, the first due first; nothing when it is not the business of the caller's roles."""
    work.require(permissions.WORKLIST_READ)
    asked = await _asked(work)
    async with work.reading() as session:
        return await repository.page(session, asked, kind, request)


async def _asked(work: Work) -> Asked:
    deciding = await approvals.deciding_roles(work)
    async with work.reading() as session:
        policy = await suppliers.policy_on(session, work.principal.organisation_id, work.today)
    return Asked(work.principal, work.now, deciding, policy.warning_days)
