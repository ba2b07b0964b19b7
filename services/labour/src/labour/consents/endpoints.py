"""REST door of consents: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import PageOut
from labour.clients import VaultDep
from labour.consents import service
from labour.consents.schemas import ConsentIn, ConsentOut, ConsentTextOut, WithdrawalOut

router = APIRouter(tags=["consents"])


@router.get(
    "/consent-texts", operation_id="listConsentTexts", response_model=PageOut[ConsentTextOut], responses=problems()
)
async def list_texts(page: PageDep, edge: EdgeDep) -> Response:
    """What a person is asked for each purpose, every edition with source and validity."""
    return await edge.page(lambda work: service.texts(work, page), ConsentTextOut.model_validate)


@router.post(
    "/workers/{worker_id}/consents",
    operation_id="giveConsent",
    status_code=201,
    response_model=ConsentOut,
    responses=problems(NotFound),
)
async def give(worker_id: UUID, body: ConsentIn, edge: EdgeDep) -> Response:
    """Put a consent that the worker gave on paper on record; it replaces one to the same purpose."""
    return await edge.write(
        lambda work: service.give(work, worker_id, body.given()), ConsentOut.model_validate, status=201
    )


@router.get(
    "/workers/{worker_id}/consents",
    operation_id="listConsents",
    response_model=PageOut[ConsentOut],
    responses=problems(NotFound),
)
async def list_consents(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The consents of a worker, replaced and withdrawn ones too."""
    return await edge.page(lambda work: service.page(work, worker_id, page), ConsentOut.model_validate)


@router.post(
    "/consents/{consent_id}:withdraw",
    operation_id="withdrawConsent",
    response_model=WithdrawalOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def withdraw(consent_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """Take a consent back: the use stops at once; the answer says what is erased and what the law makes us keep."""
    return await edge.write(
        lambda work: service.withdraw(work, consent_id, edge.expected_version, vault), WithdrawalOut.of
    )
