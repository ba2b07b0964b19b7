"""REST door of contracts for employers: only translates. The worker's door stands in self_service/."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.files.endpoints import EXAMPLE, FileStoreDep
from chassis.http.edge import Download, EdgeDep, PageDep
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut, RowResult
from chassis.http.uploads import download
from chassis.typesetting import PDF
from labour.clients import ProjectsDep, VaultDep
from labour.contracts import schemas, service
from labour.contracts.models import Contract, Signature
from labour.contracts.schemas import (
    ContractIn,
    ContractOut,
    ContractsIn,
    ContractWarningOut,
    DraftsOut,
    OfferedOut,
    OfferIn,
    OffersOut,
    PaperSignatureIn,
    ReasonIn,
    RenewContractIn,
    ReviseContractIn,
    Sha256,
    SignatureOut,
    TerminationIn,
    VerificationOut,
)
from labour.contracts.service import ContractFilter, Outcome, PaperSignature, WarningFilter
from labour.contracts.states import State
from labour.workers.schemas import FilterText, field_fault

router = APIRouter(tags=["contracts"])

VERB = problems(NotFound, FailedPrecondition, Aborted)
BATCH_BYTES = 2 * 1024 * 1024


class ContractFilters(Filters):
    """Which contracts to list."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    state: State | None = None
    number: FilterText | None = None
    ends_by: date | None = None


class WarningFilters(Filters):
    """Which warnings to list."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    contract_id: UUID | None = None


def _row(outcome: Outcome) -> RowResult:
    return RowResult(
        row=outcome.row,
        status=outcome.status,
        external_id=outcome.external_id,
        id="" if outcome.contract is None else str(outcome.contract.id),
        errors=[field_fault(one) for one in outcome.faults],
    )


def _drafts(outcomes: Sequence[Outcome]) -> DraftsOut:
    refused = sum(outcome.status == "refused" for outcome in outcomes)
    return DraftsOut(created=len(outcomes) - refused, refused=refused, results=[_row(one) for one in outcomes])


def _offers(outcomes: Sequence[Outcome]) -> OffersOut:
    refused = sum(outcome.status == "refused" for outcome in outcomes)
    results = [_row(one) for one in outcomes]
    return OffersOut(offered=len(outcomes) - refused, refused=refused, results=results, links={})


def _offered(contract: Contract) -> OfferedOut:
    return OfferedOut(version=contract.version, contract=ContractOut.of(contract), link="")


def _signature(row: Signature) -> SignatureOut:
    shown = row.model_dump() | {
        "identity_checked": row.checked_at is not None,
        "address_hash": "" if row.address_hash is None else row.address_hash.hex(),
    }
    return SignatureOut.model_validate(shown)


@router.post(
    "/contracts",
    operation_id="draftContract",
    status_code=201,
    response_model=ContractOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def draft(body: ContractIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Write a labour contract or written agreement down as a draft."""
    given = body.draft()
    return await edge.write(lambda work: service.draft_one(work, given, projects), ContractOut.of, status=201)


@router.post(
    "/contracts:batch",
    operation_id="draftContracts",
    response_model=DraftsOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
    max_body_size=BATCH_BYTES,
)
async def draft_batch(body: ContractsIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Write a crew's contracts down as drafts, up to 1,000; the answer says row by row what became of them."""
    rows = schemas.read_rows(body.contracts)
    return await edge.write(lambda work: service.draft(work, rows, projects), _drafts)


@router.post("/contracts:offer", operation_id="offerContracts", response_model=OffersOut, responses=problems())
async def offer_batch(body: OfferIn, edge: EdgeDep) -> Response:
    """Offer a crew's contracts, up to 1,000; the answer holds each worker's link, this once."""
    ids = body.contract_ids
    return await write_once(edge, lambda work: service.offer(work, ids), _offers, field="links")


@router.get("/contracts", operation_id="listContracts", response_model=PageOut[ContractOut], responses=problems())
async def list_contracts(filters: Annotated[ContractFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The contracts that the caller may see, newest first."""
    wanted = ContractFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), ContractOut.of)


@router.get(
    "/contracts/{contract_id}", operation_id="getContract", response_model=ContractOut, responses=problems(NotFound)
)
async def get(contract_id: UUID, edge: EdgeDep) -> Response:
    """One contract."""
    return await edge.read(lambda work: service.get(work, contract_id), ContractOut.of)


@router.patch(
    "/contracts/{contract_id}",
    operation_id="reviseContract",
    response_model=ContractOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def revise(contract_id: UUID, body: ReviseContractIn, edge: EdgeDep) -> Response:
    """Change some terms of a draft; what is absent or null stays. If-Match is required."""
    values, expected = body.model_dump(exclude_none=True), edge.required_version
    return await edge.change(lambda work: service.revise(work, contract_id, expected, values), ContractOut.of)


@router.post("/contracts/{contract_id}:offer", operation_id="offerContract", response_model=OfferedOut, responses=VERB)
async def offer(contract_id: UUID, edge: EdgeDep) -> Response:
    """Offer a contract: the employer stands by it, the worker's link to sign is in the answer, this once.

    Offered again, the earlier link is revoked. The paper is ready some seconds later.
    """
    expected = edge.expected_version
    return await write_once(edge, lambda work: service.offer_one(work, contract_id, expected), _offered, field="link")


@router.post(
    "/contracts/{contract_id}:withdraw", operation_id="withdrawContract", response_model=ContractOut, responses=VERB
)
async def withdraw(contract_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Take an offer back: it is a draft again, and its link is revoked."""
    expected = edge.expected_version
    return await edge.write(lambda work: service.withdraw(work, contract_id, expected, body.reason), ContractOut.of)


@router.post("/contracts/{contract_id}:void", operation_id="voidContract", response_model=ContractOut, responses=VERB)
async def annul(contract_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Give up a contract that nobody has signed (作废)."""
    expected = edge.expected_version
    return await edge.write(lambda work: service.annul(work, contract_id, expected, body.reason), ContractOut.of)


@router.post(
    "/contracts/{contract_id}:sign-on-paper",
    operation_id="signContractOnPaper",
    response_model=ContractOut,
    responses=VERB,
)
async def sign_on_paper(contract_id: UUID, body: PaperSignatureIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """File the scan of a contract that the worker signed by hand, with the reason why it was not by link."""
    command = PaperSignature(contract_id, edge.expected_version, body.file_id, body.signed_on, body.reason)
    return await edge.write(lambda work: service.sign_on_paper(work, command, vault), ContractOut.of)


@router.post(
    "/contracts/{contract_id}:terminate", operation_id="terminateContract", response_model=ContractOut, responses=VERB
)
async def terminate(contract_id: UUID, body: TerminationIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """End a signed contract before its time (解除); wages are counted up to and with its last day."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: service.terminate(work, contract_id, expected, body.last_day, body.reason, vault), ContractOut.of
    )


@router.post(
    "/contracts/{contract_id}:renew",
    operation_id="renewContract",
    status_code=201,
    response_model=ContractOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def renew(contract_id: UUID, body: RenewContractIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Draft the contract that follows this one (续签), with its terms but for those that are given."""
    values = body.values()
    return await edge.write(lambda work: service.renew(work, contract_id, values, projects), ContractOut.of, status=201)


@router.get(
    "/contracts/{contract_id}/document",
    operation_id="getContractDocument",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({PDF: EXAMPLE}),
)
async def document(contract_id: UUID, edge: EdgeDep, store: FileStoreDep) -> Response:
    """The paper of a contract: the very bytes that are shown to the worker and signed."""
    return await edge.download(
        lambda work: service.document(work, contract_id),
        lambda file: Download(store.path(file.sha256), file.media_type, file.name),
    )


@router.get(
    "/contracts/{contract_id}/evidence",
    operation_id="getContractEvidence",
    response_model=SignatureOut,
    responses=problems(NotFound),
)
async def evidence(contract_id: UUID, edge: EdgeDep) -> Response:
    """What stands behind the worker's signature."""
    return await edge.read(lambda work: service.evidence(work, contract_id), _signature)


@router.get(
    "/contracts/{contract_id}/verification",
    operation_id="verifyContract",
    response_model=VerificationOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def verification(
    contract_id: UUID, edge: EdgeDep, store: FileStoreDep, sha256: Annotated[Sha256 | None, Query()] = None
) -> Response:
    """Hash the kept bytes anew: are they what was signed, and is a copy with this hash (`sha256`) one of them?"""
    return await edge.read(
        lambda work: service.verify(work, contract_id, sha256, store), VerificationOut.model_validate
    )


@router.get(
    "/contract-warnings",
    operation_id="listContractWarnings",
    response_model=PageOut[ContractWarningOut],
    responses=problems(),
)
async def list_warnings(filters: Annotated[WarningFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Which of the caller's contracts are about to end, or have ended with nothing to follow; newest first."""
    wanted = WarningFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_warnings(work, wanted, page), ContractWarningOut.model_validate)
