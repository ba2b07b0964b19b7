"""Offer contracts: the employer's side stands by the terms, and each worker gets a link to sign."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.errors import ServiceError, Violation
from chassis.files import service as files
from chassis.files.rules import MediaType
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.contracts import errors, repository, states
from labour.contracts.commands.draft import Outcome, locked, overlapping
from labour.contracts.models import Contract
from labour.contracts.states import Action, State
from labour.links import service as links
from labour.links.service import NewLink
from labour.links.states import Purpose
from labour.paper import service as paper

PRINT = "contracts.print"


async def offer_one(work: Work, contract_id: UUID, expected: int | None) -> tuple[Contract, str]:
    """Offer one contract; answers it and the secret of its link. Offered again, the earlier link is revoked."""
    work.require(permissions.CONTRACTS_WRITE)
    contract = await locked(work, contract_id)
    check_version(contract, expected)
    session = await work.writing()
    standing = await repository.standing(session, [contract.worker_id], offered=True)
    _offer(work, contract, standing.get(contract.worker_id, []))
    [secret] = (await _hand_out(work, [contract])).values()
    return contract, secret


async def offer(work: Work, contract_ids: Sequence[UUID]) -> tuple[list[Outcome], dict[str, str]]:
    """Offer a crew's contracts, each judged by itself; answers also the secret of each link by contract."""
    work.require(permissions.CONTRACTS_WRITE)
    session = await work.writing()
    seen = await repository.own(session, work.principal, contract_ids)
    workers = await repository.lock_workers(session, {one.worker_id for one in seen.values()}, None)
    contracts = await repository.own(session, work.principal, contract_ids, lock=True)
    standing = await repository.standing(session, workers, offered=True)
    outcomes: list[Outcome] = []
    offered: dict[UUID, Contract] = {}
    for row, contract_id in enumerate(contract_ids):
        contract = contracts.get(contract_id)
        try:
            if contract is None:
                raise errors.contract_not_found(contract_id)
            if contract_id in offered:
                raise errors.named_twice()
            _offer(work, contract, standing.setdefault(contract.worker_id, []))
        except ServiceError as error:
            fault = Violation(f"/contract_ids/{row}", error.reason, error.zh, error.en)
            external_id = "" if contract is None else workers[contract.worker_id].external_id
            outcomes.append(Outcome(row, "refused", None, external_id, [fault]))
        else:
            offered[contract_id] = contract
            outcomes.append(Outcome(row, "updated", contract, workers[contract.worker_id].external_id))
    return outcomes, await _hand_out(work, list(offered.values()))


def _offer(work: Work, contract: Contract, standing: list[Contract]) -> None:
    offered = states.CONTRACT.apply(contract.state, Action.OFFER)
    other = overlapping(contract, [one for one in standing if one.id != contract.id])
    if other is not None:
        raise errors.overlapping(other.number)
    before = audit.fields(contract, "state")
    standing.append(contract)
    contract.state, contract.reason = offered, ""
    contract.offered_at, contract.offered_by = work.now, work.principal.subject
    touch(contract, work)
    work.audit("contracts.offer", "contract", contract.id, before, audit.fields(contract, "state"))


async def _hand_out(work: Work, offered: Sequence[Contract]) -> dict[str, str]:
    """The links of offered contracts, secret by contract; what has no paper yet gets one by a job."""
    valid_for = repository.rules().link_valid_for
    issued = await links.issue_all(
        work, [NewLink(one.worker_id, Purpose.CONTRACT, one.id, valid_for) for one in offered]
    )
    for contract in offered:
        if contract.file_id is None:
            await work.enqueue(PRINT, {"contract_id": str(contract.id)})
    return {str(contract.id): one.secret for contract, one in zip(offered, issued, strict=True)}


async def withdraw(work: Work, contract_id: UUID, expected: int | None, reason: str) -> Contract:
    """Take an offer back, so that it can be revised; its link is revoked and its paper void."""
    return await _taken_back(work, contract_id, expected, Action.WITHDRAW, reason)


async def annul(work: Work, contract_id: UUID, expected: int | None, reason: str) -> Contract:
    """Give up a contract that nobody has signed (作废)."""
    return await _taken_back(work, contract_id, expected, Action.VOID, reason)


async def _taken_back(work: Work, contract_id: UUID, expected: int | None, action: Action, reason: str) -> Contract:
    work.require(permissions.CONTRACTS_WRITE)
    contract = await locked(work, contract_id)
    check_version(contract, expected)
    await unoffered(work, contract, action, reason)
    await links.withdraw(work, contract.worker_id, Purpose.CONTRACT, contract.id)
    return contract


async def unoffered(work: Work, contract: Contract, action: Action, reason: str) -> None:
    """Back from the offer: the paper that was shown does not count any more."""
    before = audit.fields(contract, "state")
    contract.state = states.CONTRACT.apply(contract.state, action)
    contract.file_id, contract.sha256, contract.reason = None, "", reason
    contract.offered_at, contract.offered_by = None, ""
    touch(contract, work)
    work.audit(f"contracts.{action}", "contract", contract.id, before, audit.fields(contract, "state", "reason"))


async def print_offer(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: typeset an offered contract and keep the bytes, which are then shown and signed."""
    contract_id = UUID(payload["contract_id"])
    async with work.reading() as session:
        contract = await repository.by_id(session, contract_id)
        if contract is None or contract.state is not State.OFFERED or contract.file_id is not None:
            return
        printed = await paper.contract_paper(session, contract, clients["vault"])
    pdf = await paper.contract_document(printed)
    async with clients["files"].receive(_once(pdf)) as staged:
        session = await work.writing()
        current = await repository.by_id(session, contract_id, lock=True)
        if current is None or current.version != contract.version:
            return  # another offer has come between, with a job of its own
        file = await files.keep_made(
            work,
            current.employer_id,
            files.Keep(f"contract-{contract_id}.pdf", MediaType.PDF, staged),
            clients["files"],
        )
        current.file_id, current.sha256 = file.id, file.sha256
        touch(current, work)
        after = audit.fields(current, "file_id", "sha256")
        work.audit("contracts.print", "contract", current.id, None, after)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
