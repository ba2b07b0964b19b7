"""Sign contracts: by the worker through his link, or on paper that the clerk files; or decline.

With the signature the worker's agreement on record follows, and with it what the gates say of him: one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.clock import day_begins
from chassis.crypto import Vault
from chassis.files import service as files
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.contracts import errors, events, repository, rules, states
from labour.contracts.commands.draft import AUDITED, locked, overlapping
from labour.contracts.commands.offer import unoffered
from labour.contracts.models import Contract, Signature
from labour.contracts.states import Action, Method
from labour.links import service as links
from labour.links.models import Link
from labour.links.service import Origin
from labour.links.states import Purpose
from labour.workers.models import Worker

END, WARN = "contracts.end", "contracts.warn"
AGREEMENT = ("agreement_kind", "agreement_number", "agreement_from", "agreement_to")


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """A contract that was signed on paper: the scan, the day on it, and why it was not signed by link."""

    contract_id: UUID
    expected_version: int | None
    file_id: UUID
    signed_on: date
    reason: str


async def sign_by_link(work: Work, contract_id: UUID, sha256: str, origin: Origin, vault: Vault) -> Contract:
    """Sign as the holder of a link for this contract; `sha256` is that of the paper that he has read.

    FailedPrecondition CONTRACT_NOT_PRINTED, DOCUMENT_CHANGED, CONTRACT_OVERLAP. The link is used up.
    """
    session = await work.writing()
    link, contract, worker = await _through_link(work, session, contract_id)
    states.CONTRACT.apply(contract.state, Action.SIGN)
    if contract.file_id is None:
        raise errors.not_printed()
    if contract.sha256 != sha256:
        raise errors.other_document()
    proof = await links.proof(session, link, origin, vault)
    signature = Signature(
        contract_id=contract.id,
        worker_id=worker.id,
        method=Method.LINK,
        signed_at=work.now,
        sha256=sha256,
        link_id=proof.link_id,
        checked_at=proof.checked_at,
        code_sent_to=proof.code_sent_to,
        code_sent_at=proof.code_sent_at,
        address_hash=proof.address_hash,
        user_agent=proof.user_agent,
        signed_on=work.today,
    )
    await links.use(work, session, link)
    await _signed(work, contract, worker, signature, Action.SIGN, vault)
    return contract


async def decline_by_link(work: Work, contract_id: UUID, reason: str) -> Contract:
    """Decline as the holder of a link for this contract: it is a draft again, with his reason. The link is used up."""
    session = await work.writing()
    link, contract, _ = await _through_link(work, session, contract_id)
    await unoffered(work, contract, Action.DECLINE, reason)
    await links.use(work, session, link)
    return contract


async def _through_link(work: Work, session: AsyncSession, contract_id: UUID) -> tuple[Link, Contract, Worker]:
    """Link, contract and worker, locked in the order that `lock_workers` names; a foreign contract is not found."""
    seen = await links.opened(work, session, Purpose.CONTRACT)
    if seen.subject_id != contract_id:
        raise errors.contract_not_found(contract_id)
    [worker] = (await repository.lock_workers(session, [seen.worker_id], None)).values()
    contract = await repository.by_id(session, contract_id, lock=True)
    link = await links.opened(work, session, Purpose.CONTRACT, lock=True)
    assert contract is not None  # noqa: S101 - its link was issued with it
    return link, contract, worker


async def sign_on_paper(work: Work, command: PaperSignature, vault: Vault) -> Contract:
    """File the scan of a contract that was signed by hand, for a stated reason; an open link is revoked."""
    work.require(permissions.CONTRACTS_WRITE)
    if command.signed_on > work.today:
        raise errors.signed_in_future()
    session = await work.writing()
    contract = await locked(work, command.contract_id)
    check_version(contract, command.expected_version)
    states.CONTRACT.apply(contract.state, Action.SIGN_ON_PAPER)
    [worker] = (await repository.lock_workers(session, [contract.worker_id], None)).values()
    [scan] = await files.attach(work, [command.file_id], share_with=(), pointers=["/file_id"])
    contract.file_id, contract.sha256 = scan.id, scan.sha256
    signature = Signature(
        contract_id=contract.id,
        worker_id=worker.id,
        method=Method.PAPER,
        signed_at=work.now,
        sha256=scan.sha256,
        signed_on=command.signed_on,
        filed_by=work.principal.subject,
        reason=command.reason,
    )
    await links.withdraw(work, contract.worker_id, Purpose.CONTRACT, contract.id)
    await _signed(work, contract, worker, signature, Action.SIGN_ON_PAPER, vault)
    return contract


async def _signed(
    work: Work, contract: Contract, worker: Worker, signature: Signature, action: Action, vault: Vault
) -> None:
    session = await work.writing()
    before = audit.fields(contract, *AUDITED)
    others = (await repository.standing(session, [worker.id], offered=False)).get(worker.id, [])
    other = overlapping(contract, others)
    if other is not None:
        raise errors.overlapping(other.number)
    contract.state = states.CONTRACT.apply(contract.state, action)
    contract.signed_at = work.now
    touch(contract, work)
    session.add(signature)
    await session.flush()
    await follow(work, [worker], vault)
    await _schedule(work, contract)
    after = audit.fields(contract, *AUDITED, "sha256") | {"method": signature.method.value}
    work.audit("contracts.sign", "contract", contract.id, before, after)
    work.emit(events.signed(contract, signature))


async def follow(work: Work, locked: Sequence[Worker], vault: Vault) -> None:
    """Bring the agreement on record of workers to what their contracts say, and ask the gates anew."""
    await _put_on_record(work, locked)
    # Whatever stands on record: a contract for another project opens and shuts other gates.
    await assignments.refresh(work, [worker.id for worker in locked], vault)


async def follow_all(work: Work, worker_ids: Iterable[UUID]) -> None:
    """The record alone, of workers whose employer has just registered or changed them: what they signed outweighs it.

    The caller asks the gates anew.
    """
    session = await work.writing()
    bound = await repository.standing(session, worker_ids, offered=False)
    if bound:
        await _put_on_record(work, list((await repository.lock_workers(session, bound, None)).values()))


async def _put_on_record(work: Work, locked: Sequence[Worker]) -> None:
    session = await work.writing()
    found = await repository.standing(session, [worker.id for worker in locked], offered=False)
    for worker in locked:
        agreement = rules.agreement_of(repository.binding(found.get(worker.id, ())), work.today)
        before = audit.fields(worker, *AGREEMENT)
        if agreement is not None:
            worker.agreement_kind, worker.agreement_number = agreement.kind.value, agreement.number
            worker.agreement_from, worker.agreement_to = agreement.valid_from, agreement.valid_to
        after = audit.fields(worker, *AGREEMENT)
        if before != after:
            touch(worker, work)
            work.audit("workers.follow-contract", "worker", worker.id, before, after)
    await session.flush()


async def _schedule(work: Work, contract: Contract) -> None:
    """The jobs before and after the end; a warning whose day is past would say less than the next one."""
    if contract.valid_to is None:
        return
    payload = {"contract_id": str(contract.id)}
    for days in repository.rules().warn_days:
        due = day_begins(contract.valid_to - timedelta(days=days))
        if due > work.now:
            await work.enqueue(WARN, payload | {"days_left": str(days)}, due=due)
    await work.enqueue(END, payload, due=max(day_begins(contract.valid_to + timedelta(days=1)), work.now))
