"""Use cases of filings. Collecting, sending and answers stand in commands/."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.filings import repository, states
from labour.filings.commands.collect import PUMP, collect, sweep, wake
from labour.filings.commands.pump import pump
from labour.filings.models import Filing, FilingReceipt
from labour.filings.repository import FilingFilter
from labour.filings.states import Action

__all__ = ["PUMP", "FilingFilter", "collect", "get", "page", "page_of_receipts", "pump", "resend", "retry", "sweep"]


async def get(work: Work, filing_id: UUID) -> Filing:
    """One visible filing."""
    work.require(permissions.FILINGS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, filing_id)


async def page(work: Work, wanted: FilingFilter, request: PageRequest) -> Page[Filing]:
    """The visible filings, newest first."""
    work.require(permissions.FILINGS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def page_of_receipts(work: Work, filing_id: UUID, request: PageRequest) -> Page[FilingReceipt]:
    """What the platform said about a visible filing, newest first."""
    work.require(permissions.FILINGS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, filing_id)
        return await repository.page_of_receipts(session, work.principal, work.today, filing_id, request)


async def retry(work: Work, filing_id: UUID, expected_version: int | None) -> Filing:
    """File again what was refused, once the cause is mended."""
    return await _again(work, filing_id, expected_version, Action.RETRY)


async def resend(work: Work, filing_id: UUID, expected_version: int | None) -> Filing:
    """File again what was accepted, when the authority has lost it."""
    return await _again(work, filing_id, expected_version, Action.RESEND)


async def _again(work: Work, filing_id: UUID, expected_version: int | None, action: Action) -> Filing:
    work.require(permissions.FILINGS_REPEAT)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, work.today, filing_id)
    session = await work.writing()
    queue = await repository.queue(session, seen.connection_id, work.now)
    filing = await repository.get(session, work.principal, work.today, filing_id, lock=True)
    check_version(filing, expected_version)
    before = audit.fields(filing, "state", "answer_code")
    filing.state = states.FILING.apply(filing.state, action)
    touch(filing, work)
    work.audit(f"filings.{action}", "filing", filing.id, before, audit.fields(filing, "state"))
    await wake(work, queue, work.now)
    return filing
