"""REST door of workers: only translates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from chassis.files.endpoints import LARGEST_FILE, FileStoreDep
from chassis.http.edge import Download, EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut, RowResult
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX, exporting
from labour.clients import VaultDep
from labour.workers import schemas, service
from labour.workers.commands import workbook
from labour.workers.schemas import (
    CertificateIn,
    CertificateOut,
    ChangeWorkerIn,
    FilterText,
    TrainingIn,
    TrainingOut,
    UnmaskedOut,
    UnmaskIn,
    WorkerBatchIn,
    WorkerBatchOut,
    WorkerIn,
    WorkerOut,
    field_fault,
)
from labour.workers.service import ChangeWorker, ClearNumbers, MaskedWorker, NewPhoto, Outcome, WorkerFilter

router = APIRouter(prefix="/workers", tags=["workers"])

BATCH_BYTES = 4 * 1024 * 1024
LARGEST_ROSTER = 4 * 1024 * 1024
EXAMPLE = (
    "external_id,worker_name,id_card_number,work_type,cell_phone,agreement_kind,agreement_number,agreement_from\n"
    "W-0001,张伟,11010519491231002X,020,13800138000,劳动合同,LD-2026-0001,2026-01-01\n"
)
WORKBOOK = "(an XLSX workbook with the same columns)"
DryRun = Annotated[bool, Query(description="Only check; nothing is written.")]


class WorkerFilters(Filters):
    """Which workers to list."""

    external_id: FilterText | None = None
    work_type: FilterText | None = None
    work_role: FilterText | None = None
    name: FilterText | None = None


def _worker(masked: MaskedWorker) -> WorkerOut:
    worker = masked.worker
    return WorkerOut.model_validate(
        {
            **worker.model_dump(),
            "id_card_type": masked.id_card_type,
            "id_card_number_masked": masked.id_card_number,
            "age": masked.age,
            "cell_phone_masked": masked.cell_phone,
            "payroll_bank_card_masked": masked.payroll_bank_card,
            "urgent_contact_masked": masked.urgent_contact,
            "has_photo": worker.photo_file_id is not None,
            "consent_missing": masked.consent_missing,
            "agreement": {
                "kind": worker.agreement_kind,
                "number": worker.agreement_number,
                "valid_from": worker.agreement_from,
                "valid_to": worker.agreement_to,
            },
        }
    )


def _clear(numbers: ClearNumbers) -> UnmaskedOut:
    return UnmaskedOut(
        id=numbers.worker_id,
        id_card_type=numbers.id_card_type,
        id_card_number=numbers.id_card_number,
        birth_date=numbers.birth_date,
        cell_phone=numbers.cell_phone,
        payroll_bank_card_number=numbers.payroll_bank_card,
        urgent_contact=numbers.urgent_contact,
    )


def _batch(outcomes: Sequence[Outcome]) -> WorkerBatchOut:
    counts = Counter(outcome.status for outcome in outcomes)
    return WorkerBatchOut(
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        results=[
            RowResult(
                row=outcome.row,
                status=outcome.status,
                external_id=outcome.external_id,
                id=str(outcome.worker_id or ""),
                errors=[field_fault(one) for one in outcome.faults],
            )
            for outcome in outcomes
        ],
    )


def _imported(outcomes: Sequence[Outcome]) -> WorkerBatchOut:
    at = [
        replace(one, faults=[replace(bad, pointer=f"/rows/{one.row}/{bad.pointer}") for bad in one.faults])
        for one in outcomes
    ]
    return _batch(at)


@router.post(
    ":batch",
    operation_id="registerWorkers",
    response_model=WorkerBatchOut,
    responses=problems(),
    max_body_size=BATCH_BYTES,
)
async def register_batch(body: WorkerBatchIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Create or update up to 1,000 workers by external_id; the answer says row by row what became of them."""
    rows = schemas.read_rows(body.workers)
    return await edge.write(lambda work: service.register_batch(work, rows, vault), _batch, hide=vault.hide)


@router.get(
    ":template",
    operation_id="getRosterTemplate",
    response_class=Response,
    responses=problems() | download({XLSX: WORKBOOK}),
)
async def blank(edge: EdgeDep, language: Language = None) -> Response:
    """A roster (花名册) to fill in, with drop-downs of the codes in force; room for three certificates a worker."""
    wanted = language_of(language, edge)
    return await edge.generate(lambda work: workbook.blank(work, wanted), media_type=XLSX, name="roster-template.xlsx")


@router.post(
    ":check",
    operation_id="checkRoster",
    response_class=Response,
    responses=problems(PayloadTooLarge, UnsupportedMediaType) | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_ROSTER,
)
async def check(edge: EdgeDep, vault: VaultDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing of it is kept.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: it would rest in clear. Asked again
    it says the same.
    """
    edge.demand_key()
    content = await edge.body(limit=LARGEST_ROSTER, types=(CSV, XLSX))
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.check(work, content, edge.media_type, wanted, vault),
        media_type=XLSX,
        name="roster-checked.xlsx",
    )


@router.post(
    ":import",
    operation_id="importRoster",
    response_model=WorkerBatchOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_ROSTER,
)
async def import_roster(edge: EdgeDep, vault: VaultDep, dry_run: DryRun = False) -> Response:
    """Create or update up to 5,000 workers of a roster (CSV, XLSX) by external_id; answered row by row.

    A fault points at `/rows/{row}/{column}`; rows count from 0 below the header, blank ones too. Identity and bank card
    numbers have to be text cells. Neither the file nor a number of it is kept under the Idempotency-Key.
    """
    content = await edge.body(limit=LARGEST_ROSTER, types=(CSV, XLSX))
    return await edge.write(
        lambda work: workbook.import_rows(work, content, edge.media_type, vault, dry_run=dry_run),
        _imported,
        hide=vault.hide,
    )


@router.post(
    "",
    operation_id="registerWorker",
    status_code=201,
    response_model=WorkerOut,
    responses=problems(AlreadyExists),
)
async def register(body: WorkerIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Register one worker."""
    given = body.registration()
    return await edge.write(
        lambda work: service.register_worker(work, given, vault), _worker, status=201, hide=vault.hide
    )


@router.get("", operation_id="listWorkers", response_model=PageOut[WorkerOut], responses=problems())
async def list_workers(
    filters: Annotated[WorkerFilters, Query()], page: PageDep, edge: EdgeDep, vault: VaultDep
) -> Response:
    """The caller's own workers, newest first."""
    wanted = WorkerFilter(**filters.model_dump())
    exported = exporting.wanted(edge.request.headers.get("accept", "")) != exporting.JSON
    return await edge.page(lambda work: service.page(work, wanted, page, vault, exported=exported), _worker)


@router.get("/{worker_id}", operation_id="getWorker", response_model=WorkerOut, responses=problems(NotFound))
async def get(worker_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """One of the caller's own workers, numbers masked. The worker can see who asked."""
    return await edge.read(lambda work: service.get(work, worker_id, vault), _worker)


@router.get(
    "/{worker_id}/photo",
    operation_id="getWorkerPhoto",
    response_class=Response,
    responses=download({"image/jpeg": "(bytes)", "image/png": "(bytes)"}) | problems(NotFound, FailedPrecondition),
)
async def photo(worker_id: UUID, edge: EdgeDep, store: FileStoreDep) -> Response:
    """The head image of a worker. The worker can see who asked."""
    return await edge.download(
        lambda work: service.photo(work, worker_id),
        lambda file: Download(store.path(file.sha256), file.media_type, file.name),
    )


@router.post(
    "/{worker_id}/photo",
    operation_id="setWorkerPhoto",
    response_model=WorkerOut,
    responses=problems(NotFound, Aborted, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload(dict.fromkeys(service.PHOTOS, "(bytes)")),
    max_body_size=LARGEST_FILE,
)
async def set_photo(worker_id: UUID, edge: EdgeDep, store: FileStoreDep, vault: VaultDep) -> Response:
    """Set the head image: a JPEG or PNG as the raw body. Kept is a JPEG of at most 50 KB without any metadata."""
    content = await edge.body(limit=LARGEST_FILE, types=service.PHOTOS)
    command = NewPhoto(worker_id, edge.expected_version, content)
    return await edge.write(lambda work: service.set_photo(work, command, store, vault), _worker, hide=vault.hide)


@router.patch(
    "/{worker_id}", operation_id="changeWorker", response_model=WorkerOut, responses=problems(NotFound, Aborted)
)
async def change(worker_id: UUID, body: ChangeWorkerIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Change some fields of a worker; what is absent or null stays. If-Match is required."""
    values = body.model_dump(exclude_none=True, exclude={"payroll_bank_card_number", "agreement"})
    agreement = body.agreement.terms() if body.agreement else None
    command = ChangeWorker(worker_id, edge.required_version, values, body.payroll_bank_card_number, agreement)
    return await edge.change(lambda work: service.change(work, command, vault), _worker)


@router.post(
    "/{worker_id}:unmask", operation_id="unmaskWorker", response_model=UnmaskedOut, responses=problems(NotFound)
)
async def unmask(worker_id: UUID, body: UnmaskIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """The numbers in clear, for a personal data officer and a stated reason; the asking is audited.

    An Idempotency-Key is demanded as everywhere, but the answer is not kept under it: it would rest in clear.
    Asking again is another look, with another audit row.
    """
    edge.demand_key()
    return await edge.change(lambda work: service.unmask(work, worker_id, body.reason, vault), _clear)


@router.post(
    "/{worker_id}/certificates",
    operation_id="recordCertificate",
    response_model=CertificateOut,
    responses=problems(NotFound),
)
async def record_certificate(worker_id: UUID, body: CertificateIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put a special-trade certificate on record, or bring the one with this number up to date."""
    return await edge.write(
        lambda work: service.record_certificate(work, worker_id, body.record(), vault), CertificateOut.model_validate
    )


@router.get(
    "/{worker_id}/certificates",
    operation_id="listCertificates",
    response_model=PageOut[CertificateOut],
    responses=problems(NotFound),
)
async def list_certificates(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The certificates of a worker."""
    return await edge.page(
        lambda work: service.page_of_certificates(work, worker_id, page), CertificateOut.model_validate
    )


@router.post(
    "/{worker_id}/trainings",
    operation_id="recordTraining",
    response_model=TrainingOut,
    responses=problems(NotFound),
)
async def record_training(worker_id: UUID, body: TrainingIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put a safety training on record."""
    return await edge.write(
        lambda work: service.record_training(work, worker_id, body.record(), vault), TrainingOut.model_validate
    )


@router.get(
    "/{worker_id}/trainings",
    operation_id="listTrainings",
    response_model=PageOut[TrainingOut],
    responses=problems(NotFound),
)
async def list_trainings(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The trainings of a worker."""
    return await edge.page(lambda work: service.page_of_trainings(work, worker_id, page), TrainingOut.model_validate)
