"""REST door of a worker's own pages, `/labour/v1/my/…`, opened by the header Zhulian-Link: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.files.endpoints import EXAMPLE, FileStoreDep
from chassis.http.edge import Download, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download
from chassis.typesetting import PDF
from labour.clients import VaultDep
from labour.consents.schemas import ConsentOut, ConsentTextOut, WithdrawalOut
from labour.contracts import service as contracts
from labour.contracts.schemas import ContractOut
from labour.days.schemas import WorkerDayOut
from labour.links.endpoints import LinkEdgeDep, OriginDep
from labour.payrolls.commands import signing
from labour.payrolls.schemas import ObjectIn, PayrollLineDetail, PayrollLineOut, SignLineIn
from labour.privacy.schemas import AccessOut
from labour.self_service import service
from labour.self_service.repository import DayFilter
from labour.self_service.schemas import (
    DeclineIn,
    MyConsentIn,
    MyRecordOut,
    PhoneChangedOut,
    PhoneCodeIn,
    PhoneIn,
    PhoneSentOut,
    SignIn,
)
from labour.workers.service import MaskedWorker

router = APIRouter(prefix="/my", tags=["self-service"])

ABOUT_A_CONTRACT = problems(NotFound, FailedPrecondition)


class DayFilters(Filters):
    """Which days to list."""

    first: date | None = None
    last: date | None = None


def _record(found: MaskedWorker) -> MyRecordOut:
    worker = found.worker
    return MyRecordOut.model_validate(
        {
            **worker.model_dump(),
            "worker_id": worker.id,
            "id_card_type": found.id_card_type,
            "id_card_number_masked": found.id_card_number,
            "age": found.age,
            "cell_phone_masked": found.cell_phone,
            "payroll_bank_card_masked": found.payroll_bank_card,
            "agreement": {
                "kind": worker.agreement_kind,
                "number": worker.agreement_number,
                "valid_from": worker.agreement_from,
                "valid_to": worker.agreement_to,
            },
        }
    )


@router.get("/record", operation_id="getMyRecord", response_model=MyRecordOut, responses=problems())
async def record(edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """What the employer has registered of the worker, numbers masked."""
    return await edge.read(lambda work: service.record(work, vault), _record)


@router.get("/accesses", operation_id="listMyAccesses", response_model=PageOut[AccessOut], responses=problems())
async def list_accesses(page: PageDep, edge: LinkEdgeDep) -> Response:
    """Who saw the worker's data at this employer, when, how and what for; newest first."""
    return await edge.page(lambda work: service.page_of_accesses(work, page), AccessOut.model_validate)


@router.get("/consents", operation_id="listMyConsents", response_model=PageOut[ConsentOut], responses=problems())
async def list_consents(page: PageDep, edge: LinkEdgeDep) -> Response:
    """What the worker has consented to at this employer, replaced and withdrawn ones too; newest first."""
    return await edge.page(lambda work: service.page_of_consents(work, page), ConsentOut.model_validate)


@router.get(
    "/consent-texts", operation_id="listMyConsentTexts", response_model=PageOut[ConsentTextOut], responses=problems()
)
async def list_consent_texts(page: PageDep, edge: LinkEdgeDep) -> Response:
    """What the worker is asked for each purpose: the editions in force today."""
    return await edge.page(lambda work: service.page_of_consent_texts(work, page), ConsentTextOut.model_validate)


@router.post(
    "/consents", operation_id="giveMyConsent", status_code=201, response_model=ConsentOut, responses=problems()
)
async def give_consent(body: MyConsentIn, edge: LinkEdgeDep) -> Response:
    """Consent to a purpose, to the text that was shown; it replaces a consent to the same purpose."""
    return await edge.write(
        lambda work: service.give_consent(work, body.purpose, body.text_version),
        ConsentOut.model_validate,
        status=201,
    )


@router.post(
    "/consents/{consent_id}:withdraw",
    operation_id="withdrawMyConsent",
    response_model=WithdrawalOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def withdraw_consent(consent_id: UUID, edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """Take a consent back: the use stops at once; the answer says what is erased and what the law keeps."""
    return await edge.write(lambda work: service.withdraw_consent(work, consent_id, vault), WithdrawalOut.of)


@router.get("/days", operation_id="listMyDays", response_model=PageOut[WorkerDayOut], responses=problems())
async def days(filters: Annotated[DayFilters, Query()], page: PageDep, edge: LinkEdgeDep) -> Response:
    """The worker's days with this employer, newest first."""
    wanted = DayFilter(**filters.model_dump())
    return await edge.page(lambda work: service.days(work, wanted, page), WorkerDayOut.model_validate)


@router.get("/contracts", operation_id="listMyContracts", response_model=PageOut[ContractOut], responses=problems())
async def list_contracts(page: PageDep, edge: LinkEdgeDep) -> Response:
    """The contracts that were shown to the worker, newest first."""
    return await edge.page(lambda work: service.page_of_contracts(work, page), ContractOut.of)


@router.get(
    "/contracts/{contract_id}", operation_id="getMyContract", response_model=ContractOut, responses=problems(NotFound)
)
async def contract(contract_id: UUID, edge: LinkEdgeDep) -> Response:
    """One of the worker's contracts; through a link to sign, that one alone."""
    return await edge.read(lambda work: service.contract(work, contract_id), ContractOut.of)


@router.get(
    "/contracts/{contract_id}/document",
    operation_id="getMyContractDocument",
    response_class=Response,
    responses=ABOUT_A_CONTRACT | download({PDF: EXAMPLE}),
)
async def document(contract_id: UUID, edge: LinkEdgeDep, store: FileStoreDep) -> Response:
    """The paper of the contract: the bytes that are signed."""
    return await edge.download(
        lambda work: service.document(work, contract_id),
        lambda file: Download(store.path(file.sha256), file.media_type, file.name),
    )


@router.post(
    "/contracts/{contract_id}:sign",
    operation_id="signMyContract",
    response_model=ContractOut,
    responses=ABOUT_A_CONTRACT,
)
async def sign(contract_id: UUID, body: SignIn, edge: LinkEdgeDep, origin: OriginDep, vault: VaultDep) -> Response:
    """Sign the paper with this SHA-256; the link is used up."""
    return await edge.write(
        lambda work: contracts.sign_by_link(work, contract_id, body.sha256, origin, vault), ContractOut.of
    )


@router.post(
    "/contracts/{contract_id}:decline",
    operation_id="declineMyContract",
    response_model=ContractOut,
    responses=ABOUT_A_CONTRACT,
)
async def decline(contract_id: UUID, body: DeclineIn, edge: LinkEdgeDep) -> Response:
    """Decline, with a reason that the employer reads; the link is used up."""
    return await edge.write(lambda work: contracts.decline_by_link(work, contract_id, body.reason), ContractOut.of)


@router.get("/slips", operation_id="listMySlips", response_model=PageOut[PayrollLineOut], responses=problems())
async def list_slips(page: PageDep, edge: LinkEdgeDep) -> Response:
    """The worker's pay slips (工资条), newest first; a month is there once its payroll is approved."""
    return await edge.page(lambda work: service.page_of_slips(work, page), PayrollLineOut.model_validate)


@router.get(
    "/slips/{line_id}", operation_id="getMySlip", response_model=PayrollLineDetail, responses=problems(NotFound)
)
async def slip(line_id: UUID, edge: LinkEdgeDep) -> Response:
    """One of the worker's pay slips."""
    return await edge.read(lambda work: service.slip(work, line_id), PayrollLineDetail.of)


@router.get(
    "/slips/{line_id}/document",
    operation_id="getMySlipDocument",
    response_class=Response,
    responses=problems(NotFound) | download({PDF: "(a PDF)"}),
)
async def slip_document(line_id: UUID, edge: LinkEdgeDep, vault: VaultDep, language: Language = None) -> Response:
    """One of the worker's pay slips as PDF, to keep."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.slip_document(work, line_id, wanted, vault), media_type=PDF, name=f"slip-{line_id}.pdf"
    )


@router.get(
    "/wages/{line_id}", operation_id="getMyWages", response_model=PayrollLineDetail, responses=problems(NotFound)
)
async def wages(line_id: UUID, edge: LinkEdgeDep) -> Response:
    """The line of the wage sheet that the worker is asked to sign, with every item and the hash that is signed."""
    return await edge.read(lambda work: signing.my_line(work, line_id), PayrollLineDetail.of)


@router.post(
    "/wages/{line_id}:sign",
    operation_id="signMyWages",
    response_model=PayrollLineDetail,
    responses=problems(NotFound, FailedPrecondition),
)
async def sign_wages(
    line_id: UUID, body: SignLineIn, edge: LinkEdgeDep, origin: OriginDep, vault: VaultDep
) -> Response:
    """Sign the line with this SHA-256; the link is used up."""
    return await edge.write(
        lambda work: signing.sign_by_link(work, line_id, body.sha256, origin, vault), PayrollLineDetail.of
    )


@router.post(
    "/wages/{line_id}:object",
    operation_id="objectToMyWages",
    response_model=PayrollLineDetail,
    responses=problems(NotFound, FailedPrecondition),
)
async def object_to_wages(line_id: UUID, body: ObjectIn, edge: LinkEdgeDep) -> Response:
    """Object to the line and say why; the employer has to answer. The link is used up."""
    return await edge.write(lambda work: signing.object_by_link(work, line_id, body.reason), PayrollLineDetail.of)


@router.post("/phone", operation_id="sendMyPhoneCode", response_model=PhoneSentOut, responses=problems())
async def send_phone_code(body: PhoneIn, edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """Send a code to the worker's new number."""
    return await edge.write(
        lambda work: service.send_phone_code(work, body.cell_phone, vault), PhoneSentOut.model_validate
    )


@router.post("/phone:confirm", operation_id="changeMyPhone", response_model=PhoneChangedOut, responses=problems())
async def change_phone(body: PhoneCodeIn, edge: LinkEdgeDep, vault: VaultDep) -> Response:
    """Take the new number over, with the code that came to it."""
    return await edge.write(lambda work: service.change_phone(work, body.code, vault), PhoneChangedOut.model_validate)
