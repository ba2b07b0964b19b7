"""Use cases of contracts: reading, ending, warning. Drafts, offers and signatures stand in commands/."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.crypto import Vault
from chassis.files import repository as files
from chassis.files.models import File
from chassis.files.store import FileStore
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.contracts import errors, events, repository, states
from labour.contracts.commands.draft import Draft, Outcome, draft, draft_one, locked, renew, revise
from labour.contracts.commands.offer import annul, offer, offer_one, print_offer, withdraw
from labour.contracts.commands.sign import (
    PaperSignature,
    decline_by_link,
    follow,
    sign_by_link,
    sign_on_paper,
)
from labour.contracts.models import Contract, ContractWarning, Signature
from labour.contracts.repository import ContractFilter, WarningFilter
from labour.contracts.states import Action, State

__all__ = [
    "ContractFilter",
    "Draft",
    "Outcome",
    "PaperSignature",
    "Verification",
    "WarningFilter",
    "annul",
    "decline_by_link",
    "document",
    "draft",
    "draft_one",
    "end",
    "evidence",
    "file_of",
    "get",
    "offer",
    "offer_one",
    "page",
    "page_of_warnings",
    "print_offer",
    "renew",
    "revise",
    "sign_by_link",
    "sign_on_paper",
    "terminate",
    "verify",
    "warn",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the kept bytes are those that were signed; each figure is a SHA-256 in hex.

    `given_matches` compares with the hash of a copy in the caller's hand, None without one.
    """

    contract_id: UUID
    intact: bool
    signed_sha256: str
    stored_sha256: str
    given_matches: bool | None


async def get(work: Work, contract_id: UUID) -> Contract:
    """One visible contract."""
    work.require(permissions.CONTRACTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, contract_id)


async def page(work: Work, wanted: ContractFilter, request: PageRequest) -> Page[Contract]:
    """The visible contracts, newest first."""
    work.require(permissions.CONTRACTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def document(work: Work, contract_id: UUID) -> File:
    """The file whose bytes are shown and signed; FailedPrecondition CONTRACT_NOT_PRINTED before there is one."""
    contract = await get(work, contract_id)
    async with work.reading() as session:
        return await file_of(session, contract)


async def file_of(session: AsyncSession, contract: Contract) -> File:
    """The paper of a contract that the caller may see; FailedPrecondition CONTRACT_NOT_PRINTED."""
    if contract.file_id is None:
        raise errors.not_printed()
    return await files.by_id(session, contract.file_id)


async def evidence(work: Work, contract_id: UUID) -> Signature:
    """What stands behind a signature; NotFound CONTRACT_NOT_SIGNED."""
    contract = await get(work, contract_id)
    async with work.reading() as session:
        found = await repository.signature(session, contract.id)
    if found is None:
        raise errors.not_signed(contract_id)
    return found


async def verify(work: Work, contract_id: UUID, given: str | None, store: FileStore) -> Verification:
    """Hash the kept bytes again and compare them with what was signed, and with a copy's hash if one is given."""
    signature = await evidence(work, contract_id)
    async with work.reading() as session:
        contract = await repository.get(session, work.principal, work.today, contract_id)
        file = await file_of(session, contract)
    stored = await asyncio.to_thread(_hash, store.path(file.sha256))
    intact = stored == signature.sha256 == contract.sha256
    matches = None if given is None else given.lower() == signature.sha256
    return Verification(contract.id, intact, signature.sha256, stored, matches)


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


async def terminate(
    work: Work, contract_id: UUID, expected: int | None, day: date, reason: str, vault: Vault
) -> Contract:
    """End a signed contract before its time (解除); it binds up to and with its last day."""
    work.require(permissions.CONTRACTS_WRITE)
    session = await work.writing()
    contract = await locked(work, contract_id)
    check_version(contract, expected)
    ended = states.CONTRACT.apply(contract.state, Action.TERMINATE)
    if day < contract.valid_from or (contract.valid_to is not None and day > contract.valid_to):
        raise errors.last_day_outside()
    [worker] = (await repository.lock_workers(session, [contract.worker_id], None)).values()
    before = audit.fields(contract, "state", "last_day")
    contract.state, contract.last_day, contract.reason = ended, day, reason
    touch(contract, work)
    await session.flush()
    await follow(work, [worker], vault)
    after = audit.fields(contract, "state", "last_day", "reason")
    work.audit("contracts.terminate", "contract", contract.id, before, after)
    work.emit(events.ended(contract))
    return contract


async def end(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job, on the day after the last: the contract has run out. Without one to follow, the employer is warned."""
    session = await work.writing()
    seen = await repository.by_id(session, UUID(payload["contract_id"]))
    assert seen is not None  # noqa: S101 - contracts are never deleted
    [worker] = (await repository.lock_workers(session, [seen.worker_id], None)).values()
    contract = await repository.by_id(session, seen.id, lock=True)
    if contract is None or contract.state is not State.SIGNED:
        return
    assert contract.valid_to is not None  # noqa: S101 - an open one has no such job
    before = audit.fields(contract, "state", "last_day")
    contract.state = states.CONTRACT.apply(contract.state, Action.END)
    contract.last_day = contract.valid_to
    touch(contract, work)
    await session.flush()
    await follow(work, [worker], clients["vault"])
    work.audit("contracts.end", "contract", contract.id, before, audit.fields(contract, "state", "last_day"))
    work.emit(events.ended(contract))
    await _warn(work, contract, 0)


async def warn(work: Work, payload: Mapping[str, str]) -> None:
    """Job, some days before the last: the contract is about to end."""
    session = await work.writing()
    contract = await repository.by_id(session, UUID(payload["contract_id"]))
    if contract is None or contract.state is not State.SIGNED:
        return
    await _warn(work, contract, int(payload["days_left"]))


async def _warn(work: Work, contract: Contract, days_left: int) -> None:
    """Raise a warning unless a signed contract goes on where this one ends."""
    session = await work.writing()
    ends = contract.binds_until
    assert ends is not None  # noqa: S101 - an open contract does not end
    after = ends + timedelta(days=1)
    terms = await repository.in_force(session, [contract.worker_id], contract.project_id, after, after)
    if contract.worker_id in terms:
        return
    warning = ContractWarning(
        id=new_id(),
        contract_id=contract.id,
        employer_id=contract.employer_id,
        worker_id=contract.worker_id,
        project_id=contract.project_id,
        ends_on=ends,
        days_left=days_left,
        raised_at=work.now,
    )
    if await repository.warn(session, warning):
        work.audit("contracts.warn", "contract", contract.id, None, {"days_left": days_left})


async def page_of_warnings(work: Work, wanted: WarningFilter, request: PageRequest) -> Page[ContractWarning]:
    """Which of the caller's contracts are about to end, or have ended with nothing to follow; newest first."""
    work.require(permissions.CONTRACTS_READ)
    async with work.reading() as session:
        return await repository.page_of_warnings(session, work.principal, wanted, request)
