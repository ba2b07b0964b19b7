"""Close an account: only after completion, with no wages open, and after the public notice (arts 26, 27)."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.codes.repository import calendar
from labour.codes.rules import due
from labour.wage_accounts import errors, repository, states
from labour.wage_accounts.models import WageAccount
from labour.wage_accounts.service import NewEntry, book, general_contractor, get
from labour.wage_accounts.states import Action, EntryKind

COMPLETED = ("completed", "archived")
CLOSING = ("state", "notice_until", "reason")


async def announce(work: Work, account_id: UUID, expected: int | None, projects: ProjectDirectory) -> WageAccount:
    """Begin the public notice (公示); FailedPrecondition PROJECT_NOT_COMPLETED, WAGES_OPEN."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    await _completed(work, account_id, projects)
    account = await _settled(work, account_id, expected)
    before = audit.fields(account, *CLOSING)
    account.state = states.ACCOUNT.apply(account.state, Action.ANNOUNCE_CLOSING)
    account.notice_until = due(calendar(), work.today, repository.rules().notice).on
    touch(account, work)
    work.audit("wage-accounts.announce-closing", "wage_account", account.id, before, audit.fields(account, *CLOSING))
    return account


async def withdraw(work: Work, account_id: UUID, expected: int | None, reason: str) -> WageAccount:
    """Take the notice back, because somebody has come forward."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    account = await repository.own(await work.writing(), work.principal, account_id)
    check_version(account, expected)
    before = audit.fields(account, *CLOSING)
    account.state = states.ACCOUNT.apply(account.state, Action.WITHDRAW_CLOSING)
    account.notice_until, account.reason = None, reason
    touch(account, work)
    work.audit("wage-accounts.withdraw-closing", "wage_account", account.id, before, audit.fields(account, *CLOSING))
    return account


async def close(work: Work, account_id: UUID, expected: int | None, projects: ProjectDirectory) -> WageAccount:
    """Close it; what is left goes back to the contractor. FailedPrecondition NOTICE_RUNNING and those of `announce`."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    await _completed(work, account_id, projects)
    account = await _settled(work, account_id, expected)
    before = audit.fields(account, *CLOSING)
    account.state = states.ACCOUNT.apply(account.state, Action.CLOSE)
    if account.notice_until is None or work.today <= account.notice_until:
        raise errors.notice_running(account.notice_until or work.today)
    if account.balance:
        await book(work, account, NewEntry(EntryKind.REMAINDER, -account.balance, work.today, account.id))
    touch(account, work)
    work.audit("wage-accounts.close", "wage_account", account.id, before, audit.fields(account, *CLOSING))
    return account


async def _completed(work: Work, account_id: UUID, projects: ProjectDirectory) -> None:
    seen = await get(work, account_id)
    if seen.contractor_id != work.principal.organisation_id:
        raise errors.account_not_found(account_id)
    state = await general_contractor(work, seen.project_id, projects)
    if state not in COMPLETED:
        raise errors.not_completed(state)


async def _settled(work: Work, account_id: UUID, expected: int | None) -> WageAccount:
    session = await work.writing()
    account = await repository.own(session, work.principal, account_id)
    check_version(account, expected)
    lines = await repository.open_lines(session, account.project_id)
    if lines:
        raise errors.arrears(lines)
    return account
