"""REST door of training bases and their certificates: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.courses.schemas import Skill
from labour.training_bases import service
from labour.training_bases.schemas import (
    BaseIn,
    BaseOut,
    CertificateNumber,
    IssueIn,
    RevokeIn,
    SkillCertificateOut,
    VerifiedOut,
)
from labour.training_bases.service import (
    BaseFilter,
    CertificateFilter,
    IssueCertificate,
    RegisterBase,
    Verified,
)
from labour.training_bases.states import State

router = APIRouter(prefix="/training", tags=["training"])


class BaseFilters(Filters):
    """Which bases to list."""

    organisation_id: UUID | None = None
    skill: Skill | None = None


class CertificateFilters(Filters):
    """Which certificates to list."""

    worker_id: UUID | None = None
    session_id: UUID | None = None
    skill: Skill | None = None
    state: State | None = None


def _verified(found: Verified) -> VerifiedOut:
    return VerifiedOut(
        number=found.certificate.number,
        standing=found.standing,
        skill=found.certificate.skill,
        level=found.certificate.level,
        issued_on=found.certificate.issued_on,
        valid_to=found.certificate.valid_to,
        base_name=found.base.name,
    )


@router.post("/bases", operation_id="registerTrainingBase", response_model=BaseOut, responses=problems())
async def register(body: BaseIn, edge: EdgeDep) -> Response:
    """Register the training base of an organisation and what it may certify, or bring it up to date."""
    command = RegisterBase(**body.model_dump())
    return await edge.write(lambda work: service.register(work, command), BaseOut.model_validate)


@router.get("/bases", operation_id="listTrainingBases", response_model=PageOut[BaseOut], responses=problems())
async def list_bases(filters: Annotated[BaseFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The register of training bases, newest first."""
    wanted = BaseFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), BaseOut.model_validate)


@router.post(
    "/certificates",
    operation_id="issueSkillCertificate",
    status_code=201,
    response_model=SkillCertificateOut,
    responses=problems(NotFound, FailedPrecondition, AlreadyExists),
)
async def issue(body: IssueIn, edge: EdgeDep) -> Response:
    """Issue a certificate to somebody who passed a closed session of the caller's training base."""
    command = IssueCertificate(**body.model_dump())
    return await edge.write(lambda work: service.issue(work, command), SkillCertificateOut.model_validate, status=201)


@router.get(
    "/certificates",
    operation_id="listSkillCertificates",
    response_model=PageOut[SkillCertificateOut],
    responses=problems(),
)
async def list_certificates(filters: Annotated[CertificateFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What the caller's base issued and what the caller's own workers hold, newest first."""
    wanted = CertificateFilter(**filters.model_dump())
    return await edge.page(
        lambda work: service.page_of_certificates(work, wanted, page), SkillCertificateOut.model_validate
    )


@router.get(
    "/certificates:verify",
    operation_id="verifySkillCertificate",
    response_model=VerifiedOut,
    responses=problems(NotFound),
)
async def verify(number: CertificateNumber, edge: EdgeDep) -> Response:
    """What a certificate's number stands for today; anybody may ask, no person is named."""
    return await edge.read(lambda work: service.verify(work, number), _verified)


@router.post(
    "/certificates/{certificate_id}:revoke",
    operation_id="revokeSkillCertificate",
    response_model=SkillCertificateOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def revoke(certificate_id: UUID, body: RevokeIn, edge: EdgeDep) -> Response:
    """Revoke a certificate of the caller's training base."""
    return await edge.write(
        lambda work: service.revoke(work, certificate_id, body.reason, edge.expected_version),
        SkillCertificateOut.model_validate,
    )
