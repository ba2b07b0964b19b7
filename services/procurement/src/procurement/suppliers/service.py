"""Use cases of supplier files. Inviting and joining stand in commands/join.py, licences in commands/licences.py."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.crypto import Vault, mask
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.suppliers import errors, events, repository, rules, states
from procurement.suppliers.models import SupplierFile, SupplierPolicy
from procurement.suppliers.repository import FileFilter
from procurement.suppliers.states import Action
from zhulian.procurement.v1.suppliers_events_pb2 import SupplierChanged

LIFT_JOB = "suppliers.lift"
AUDITED = ("uscc", "name_zh", "name_en", "small_firm", "kinds", "contacts", "note", "state", "reason", "until")


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a buyer writes about a supplier; `contacts` as they stand in the file."""

    name_zh: str
    name_en: str
    small_firm: bool
    kinds: tuple[str, ...]
    contacts: tuple[dict[str, Any], ...]
    note: str


@dataclass(frozen=True, slots=True)
class ReviseFile:
    """New content of a file."""

    file_id: UUID
    expected_version: int
    content: FileContent


@dataclass(frozen=True, slots=True)
class SetAccount:
    """The bank account to which the supplier is paid."""

    file_id: UUID
    expected_version: int
    holder: str
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a file, the version that the caller saw, and why."""

    file_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A suspension or blacklisting up to and including a day; `reason` is told to the supplier."""

    file_id: UUID
    expected_version: int | None
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """A policy that counts from a day on; `source` names the buyer's own document."""

    valid_from: date
    file_required: bool
    warning_days: int
    source: str


@dataclass(frozen=True, slots=True)
class MaskedFile:
    """A file as its buyer sees it."""

    file: SupplierFile
    account_number: str

    @property
    def version(self) -> int:
        """Of the file, for the entity tag."""
        return self.file.version


@dataclass(frozen=True, slots=True)
class ClearAccount:
    """A supplier's bank account in clear."""

    supplier_file_id: UUID
    holder: str
    bank: str
    number: str


async def get(work: Work, file_id: UUID, vault: Vault) -> MaskedFile:
    """One of the buyer's files, its account number masked."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        return masked(await repository.get(session, work.principal, file_id), vault)


async def page(work: Work, wanted: FileFilter, request: PageRequest, vault: Vault) -> Page[MaskedFile]:
    """The buyer's files, newest first, account numbers masked."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, wanted, request)
    return found.map(lambda file: masked(file, vault))


async def standing(work: Work, file_id: UUID) -> SupplierFile:
    """For a supplier: the file that a buyer keeps about it. Only what `StandingOut` names leaves the house."""
    work.require(permissions.STANDINGS_READ)
    async with work.reading() as session:
        return await repository.standing(session, work.principal, file_id)


async def page_of_standings(work: Work, buyer_id: UUID | None, request: PageRequest) -> Page[SupplierFile]:
    """For a supplier: where it stands with its buyers, newest first."""
    work.require(permissions.STANDINGS_READ)
    async with work.reading() as session:
        return await repository.page_of_standings(session, work.principal, buyer_id, request)


async def revise(work: Work, command: ReviseFile, vault: Vault) -> MaskedFile:
    """Replace what the buyer writes about the supplier; its code and its state stay."""
    work.require(permissions.SUPPLIERS_MANAGE)
    session = await work.writing()
    file = await repository.get(session, work.principal, command.file_id, lock=True)
    check_version(file, command.expected_version)
    before = audited(file)
    content = command.content
    file.name_zh, file.name_en, file.small_firm = content.name_zh, content.name_en, content.small_firm
    file.kinds, file.contacts, file.note = rules.distinct(content.kinds), list(content.contacts), content.note
    touch(file, work)
    work.audit("suppliers.revise", "supplier_file", file.id, before, audited(file))
    return masked(file, vault)


async def set_account(work: Work, command: SetAccount, vault: Vault) -> MaskedFile:
    """Put the bank account on record: encrypted, findable by its blind index only. The audit holds it masked."""
    work.require(permissions.SUPPLIERS_MANAGE)
    session = await work.writing()
    file = await repository.get(session, work.principal, command.file_id, lock=True)
    check_version(file, command.expected_version)
    before = _account(file, vault)
    file.account_holder, file.account_bank = command.holder, command.bank
    file.account_number = vault.encrypt(command.number, rules.account_place(file.id))
    file.account_index = vault.index("bank_account", command.number)
    touch(file, work)
    work.audit("suppliers.set-account", "supplier_file", file.id, before, _account(file, vault))
    return masked(file, vault)


async def unmask(work: Work, file_id: UUID, reason: str, vault: Vault) -> ClearAccount:
    """The account number in clear, for a stated reason; who asked stands in the audit."""
    work.require(permissions.SUPPLIERS_UNMASK)
    session = await work.writing()
    file = await repository.get(session, work.principal, file_id)
    if not file.account_number:
        raise errors.no_account()
    work.audit("suppliers.unmask", "supplier_file", file.id, None, {"reason": reason})
    return ClearAccount(file.id, file.account_holder, file.account_bank, _number(file, vault))


async def suspend(work: Work, command: Bar, vault: Vault) -> MaskedFile:
    """Give the supplier no orders up to and including a day (暂停); ends by itself."""
    work.require(permissions.SUPPLIERS_JUDGE)
    return await _bar(work, command, Action.SUSPEND, vault)


async def blacklist(work: Work, command: Bar, vault: Vault) -> MaskedFile:
    """Put the supplier on the blacklist (黑名单) up to and including a day; ends by itself."""
    work.require(permissions.SUPPLIERS_JUDGE)
    return await _bar(work, command, Action.BLACKLIST, vault)


async def lift(work: Work, command: Verb, vault: Vault) -> MaskedFile:
    """End a suspension or blacklisting before its day; the reason stands in the audit."""
    work.require(permissions.SUPPLIERS_JUDGE)
    session = await work.writing()
    file = await repository.get(session, work.principal, command.file_id, lock=True)
    check_version(file, command.expected_version)
    _lift(work, file, command.reason)
    return masked(file, vault)


async def lift_when_over(work: Work, file_id: UUID) -> None:
    """For the job: end a suspension or blacklisting whose last day is over; does nothing when it was lifted or
    prolonged meanwhile."""
    work.require(permissions.SUPPLIERS_CLOCK)
    file = await repository.locked(await work.writing(), file_id)
    if file.until is not None and file.until < work.today:
        _lift(work, file, "until")


async def usable(work: Work, buyer_id: UUID, supplier_ids: Collection[UUID]) -> None:
    """For sourcing and orders, before they write: FailedPrecondition unless the buyer may deal with all of them today.

    SUPPLIER_SUSPENDED or SUPPLIER_BLACKLISTED (metadata `until`), SUPPLIER_LICENCE_EXPIRED (metadata `kinds`),
    SUPPLIER_FILE_REQUIRED: there is no file, and the buyer's policy of today demands one.
    """
    async with work.reading() as session:
        files = await repository.files_about(session, buyer_id, supplier_ids)
        if len(files) < len(supplier_ids) and (await repository.policy_on(session, buyer_id, work.today)).file_required:
            raise errors.file_required()
        licences = await repository.licences_of(session, *(file.id for file in files)) if files else []
    for file in files:
        if file.until is not None and rules.is_barred(file.state, file.until, work.today):
            raise errors.barred(file.state, file.until)
        kinds = rules.lacking((one for one in licences if one.supplier_file_id == file.id), work.today)
        if kinds:
            raise errors.licence_lacking(kinds)


async def small_firm(work: Work, buyer_id: UUID, supplier_id: UUID) -> bool | None:
    """For payables: whether the buyer's file says that the supplier is a small firm (中小企业); None without a file."""
    async with work.reading() as session:
        file = await repository.file_about(session, buyer_id, supplier_id)
    return None if file is None else file.small_firm


async def account_of(work: Work, buyer_id: UUID, supplier_id: UUID, vault: Vault) -> ClearAccount | None:
    """For payments: the account to which the buyer pays the supplier, in clear; None when none is on record."""
    async with work.reading() as session:
        file = await repository.file_about(session, buyer_id, supplier_id)
    if file is None or not file.account_number:
        return None
    return ClearAccount(file.id, file.account_holder, file.account_bank, _number(file, vault))


async def set_policy(work: Work, command: SetPolicy) -> SupplierPolicy:
    """Say how the buyer treats suppliers from a day on, today at the earliest: what was decided before stays so."""
    work.require(permissions.SUPPLIERS_JUDGE)
    if command.valid_from < work.today:
        raise errors.in_the_past("/valid_from")
    policy = SupplierPolicy(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        buyer_id=work.principal.organisation_id,
        valid_from=command.valid_from,
        file_required=command.file_required,
        warning_days=command.warning_days,
        source=command.source,
    )
    await repository.add(await work.writing(), policy)
    after = audit.fields(policy, "valid_from", "file_required", "warning_days", "source")
    work.audit("suppliers.set-policy", "supplier_policy", policy.id, None, after)
    return policy


async def page_of_policies(work: Work, request: PageRequest) -> Page[SupplierPolicy]:
    """The buyer's policies, the latest first."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        return await repository.page_of_policies(session, work.principal, request)


BARRING = {Action.SUSPEND: SupplierChanged.CHANGE_SUSPENDED, Action.BLACKLIST: SupplierChanged.CHANGE_BLACKLISTED}


async def _bar(work: Work, command: Bar, action: Action, vault: Vault) -> MaskedFile:
    if command.until < work.today:
        raise errors.in_the_past("/until")
    session = await work.writing()
    file = await repository.get(session, work.principal, command.file_id, lock=True)
    check_version(file, command.expected_version)
    before = audited(file)
    file.state = states.SUPPLIER.apply(file.state, action)
    file.reason, file.until = command.reason, command.until
    touch(file, work)
    work.audit(f"suppliers.{action}", "supplier_file", file.id, before, audited(file))
    work.emit(events.changed(file, BARRING[action]))
    due = day_begins(rules.day_after(command.until))
    await work.enqueue(LIFT_JOB, {"supplier_file_id": str(file.id)}, due=due)
    return masked(file, vault)


def _lift(work: Work, file: SupplierFile, why: str) -> None:
    before = audited(file)
    file.state = states.SUPPLIER.apply(file.state, Action.LIFT)
    file.reason, file.until = "", None
    touch(file, work)
    work.audit("suppliers.lift", "supplier_file", file.id, before, audited(file) | {"why": why})
    work.emit(events.changed(file, SupplierChanged.CHANGE_LIFTED))


def masked(file: SupplierFile, vault: Vault) -> MaskedFile:
    """The file with its account number as people see it, e.g. `4403**********1234`."""
    return MaskedFile(file, mask(_number(file, vault)))


def audited(file: SupplierFile) -> audit.Fields:
    """What the audit keeps of a file; the account has a verb of its own."""
    return audit.fields(file, *AUDITED)


def _account(file: SupplierFile, vault: Vault) -> audit.Fields:
    return audit.fields(file, "account_holder", "account_bank") | {"account_number": mask(_number(file, vault))}


def _number(file: SupplierFile, vault: Vault) -> str:
    return vault.decrypt(file.account_number, rules.account_place(file.id)) if file.account_number else ""
