"""Use cases of wage accounts: plan, open, book, and what the owner owes. Closing and guarantees stand in commands/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.crypto import Vault, mask
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.codes.repository import calendar
from labour.wage_accounts import errors, events, repository, rules, states
from labour.wage_accounts.commands import clocks
from labour.wage_accounts.models import WageAccount, WageClock, WageEntry, WageGuarantee, WageShare
from labour.wage_accounts.repository import AccountFilter, ClockFilter, GuaranteeFilter, ShareFilter
from labour.wage_accounts.states import Action, ClockKind, EntryKind, ShareAction, ShareState

SHARE_DUE = "wage-accounts.share-due"
AUDITED = ("project_id", "name", "state", "signed_on", "bank", "opened_on", "share_day", "share_amount", "balance")


@dataclass(frozen=True, slots=True)
class PlanAccount:
    """An account that has to be opened; see models.WageAccount."""

    project_id: UUID
    signed_on: date
    share_day: int
    share_amount: Decimal


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """That the bank has opened the account."""

    account_id: UUID
    expected_version: int | None
    bank: str
    number: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A movement: positive comes in; `subject_id` and `share_id` see models.WageEntry."""

    kind: EntryKind
    amount: Decimal
    booked_on: date
    subject_id: UUID | None = None
    share_id: UUID | None = None
    bank_reference: str = ""
    note: str = ""


async def general_contractor(work: Work, project_id: UUID, projects: ProjectDirectory) -> str:
    """The state of a project whose general contractor the caller is; NotFound PROJECT_NOT_FOUND otherwise."""
    party = await projects.party(project_id, work.principal.organisation_id, work.today)
    if "general_contractor" not in party.roles:
        raise errors.project_not_found(project_id)
    return party.project_state


async def plan(work: Work, command: PlanAccount, projects: ProjectDirectory) -> WageAccount:
    """Put on record that a project needs its account; the time to open it runs from the day of the contract."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    if command.signed_on > work.today:
        raise errors.in_future("/signed_on")
    await general_contractor(work, command.project_id, projects)
    session = await work.writing()
    contractor, project = await repository.names(session, work.principal.organisation_id, command.project_id)
    account = WageAccount(
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        contractor_id=work.principal.organisation_id,
        name=rules.account_name(contractor, project, repository.rules().name_suffix),
        state=states.ACCOUNT.initial,
        signed_on=command.signed_on,
        share_day=command.share_day,
        share_amount=command.share_amount,
    )
    await repository.add(session, account, command.project_id)
    await clocks.start(work, account, account.id, ClockKind.OPEN_ACCOUNT, command.signed_on)
    work.audit("wage-accounts.plan", "wage_account", account.id, None, audit.fields(account, *AUDITED))
    return account


async def open_account(work: Work, command: OpenAccount, vault: Vault) -> WageAccount:
    """Put on record that the account is open; from now on the owner's shares fall due, month after month."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    if command.opened_on > work.today:
        raise errors.in_future("/opened_on")
    session = await work.writing()
    account = await repository.own(session, work.principal, command.account_id)
    check_version(account, command.expected_version)
    before = audit.fields(account, *AUDITED)
    account.state = states.ACCOUNT.apply(account.state, Action.OPEN)
    account.bank, account.opened_on = command.bank, command.opened_on
    account.number = vault.encrypt(command.number, rules.account_place(account.id))
    account.number_masked = mask(command.number)
    account.number_index = vault.index("wage_account", command.number)
    touch(account, work)
    await repository.add(session, account, account.id)
    await clocks.meet(work, account.id, ClockKind.OPEN_ACCOUNT, command.opened_on)
    await _next_share(work, account, command.opened_on)
    work.audit("wage-accounts.open", "wage_account", account.id, before, audit.fields(account, *AUDITED))
    return account


async def agree_share(work: Work, account_id: UUID, expected: int | None, day: int, amount: Decimal) -> WageAccount:
    """Another amount and day of the owner's share; the share that is due already stays as it is."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    session = await work.writing()
    account = await repository.own(session, work.principal, account_id)
    check_version(account, expected)
    before = audit.fields(account, "share_day", "share_amount")
    account.state = states.ACCOUNT.apply(account.state, Action.AGREE_SHARE)
    account.share_day, account.share_amount = day, amount
    touch(account, work)
    after = audit.fields(account, "share_day", "share_amount")
    work.audit("wage-accounts.agree-share", "wage_account", account.id, before, after)
    return account


async def deposit(work: Work, account_id: UUID, new: NewEntry) -> WageEntry:
    """Book money that has come, each bank reference once; with `share_id` it pays that share of the owner's."""
    work.require(permissions.WAGE_ACCOUNTS_MANAGE)
    if new.booked_on > work.today:
        raise errors.in_future("/booked_on")
    session = await work.writing()
    account = await repository.own(session, work.principal, account_id)
    account.state = states.ACCOUNT.apply(account.state, Action.DEPOSIT)
    if new.share_id is not None:
        share = await repository.share(session, account.id, new.share_id)
        before = audit.fields(share, "state", "paid")
        paid = share.paid + new.amount
        share.state = states.SHARE.apply(share.state, ShareAction.PAY if paid >= share.amount else ShareAction.PAY_PART)
        share.paid = paid
        touch(share, work)
        work.audit("wage-shares.pay", "wage_share", share.id, before, audit.fields(share, "state", "paid"))
    entry = await book(work, account, new)
    work.emit(events.deposit_received(account, entry))
    return entry


async def book(work: Work, account: WageAccount, new: NewEntry) -> WageEntry:
    """For neighbours too: add a movement to an account that the caller holds locked.

    FailedPrecondition INSUFFICIENT_BALANCE, and nothing is written, when less is there than goes out.
    """
    session = await work.writing()
    balance = account.balance + new.amount
    if balance < 0:
        raise errors.insufficient(account.balance, -new.amount)
    before = audit.fields(account, "balance")
    account.balance, account.entries = balance, account.entries + 1
    touch(account, work)
    entry = WageEntry(
        id=new_id(),
        account_id=account.id,
        position=account.entries,
        kind=new.kind,
        amount=new.amount,
        balance=balance,
        subject_id=new.subject_id,
        share_id=new.share_id,
        bank_reference=new.bank_reference,
        booked_on=new.booked_on,
        note=new.note,
        booked_by=work.principal.subject,
        booked_at=work.now,
    )
    await repository.add(session, entry, new.bank_reference)
    work.audit(f"wage-accounts.{new.kind}", "wage_account", account.id, before, audit.fields(account, "balance"))
    return entry


async def share_due(work: Work, payload: Mapping[str, str]) -> None:
    """Job, on the day after a share was due: tell that it is overdue if it is; the next one becomes due."""
    session = await work.writing()
    account = await repository.by_id(session, WageAccount, UUID(payload["account_id"]))
    share = await repository.by_id(session, WageShare, UUID(payload["share_id"]))
    if share.state is ShareState.DUE:
        share.state = states.SHARE.apply(share.state, ShareAction.LAPSE)
        touch(share, work)
        work.audit("wage-shares.lapse", "wage_share", share.id, None, audit.fields(share, "state", "amount", "paid"))
        work.emit(events.share_overdue(share))
    if account.state in states.USABLE:
        await _next_share(work, account, share.due_on)


async def _next_share(work: Work, account: WageAccount, after: date) -> None:
    share = WageShare(
        created_at=work.now,
        updated_at=work.now,
        account_id=account.id,
        project_id=account.project_id,
        contractor_id=account.contractor_id,
        due_on=rules.next_due(after, account.share_day, calendar(), repository.rules().share_moves),
        amount=account.share_amount,
        state=states.SHARE.initial,
    )
    if await repository.add_share(await work.writing(), share):
        payload = {"account_id": str(account.id), "share_id": str(share.id)}
        await work.enqueue(SHARE_DUE, payload, due=day_begins(share.due_on + timedelta(days=1)))
        work.audit("wage-shares.fall-due", "wage_share", share.id, None, audit.fields(share, "due_on", "amount"))


async def get(work: Work, account_id: UUID) -> WageAccount:
    """One visible account."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, account_id)


async def page(work: Work, wanted: AccountFilter, request: PageRequest) -> Page[WageAccount]:
    """The visible accounts, newest first."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, WageAccount, wanted, request)


async def page_of_entries(work: Work, account_id: UUID, request: PageRequest) -> Page[WageEntry]:
    """The movements of a visible account, newest first."""
    await get(work, account_id)
    async with work.reading() as session:
        return await repository.page_of_entries(session, work.principal, work.today, account_id, request)


async def page_of_shares(work: Work, wanted: ShareFilter, request: PageRequest) -> Page[WageShare]:
    """The owner's shares, newest first."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, WageShare, wanted, request)


async def page_of_clocks(work: Work, wanted: ClockFilter, request: PageRequest) -> Page[WageClock]:
    """What has to be done by when, and whether it was; newest first."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, WageClock, wanted, request)


async def page_of_guarantees(work: Work, wanted: GuaranteeFilter, request: PageRequest) -> Page[WageGuarantee]:
    """The visible wage guarantees, newest first."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, WageGuarantee, wanted, request)


async def guarantee(work: Work, guarantee_id: UUID) -> WageGuarantee:
    """One visible wage guarantee."""
    work.require(permissions.WAGE_ACCOUNTS_READ)
    async with work.reading() as session:
        return await repository.guarantee(session, work.principal, work.today, guarantee_id)
