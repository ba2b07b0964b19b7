"""Use cases of training bases and their certificates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.sessions import repository as sessions
from labour.sessions.models import Attendee
from labour.sessions.states import State as SessionState
from labour.training_bases import errors, repository, rules, states
from labour.training_bases.models import Level, SkillCertificate, TrainingBase
from labour.training_bases.repository import BaseFilter, CertificateFilter
from labour.training_bases.rules import Standing
from labour.training_bases.states import Action

__all__ = [
    "BaseFilter",
    "CertificateFilter",
    "IssueCertificate",
    "RegisterBase",
    "Verified",
    "issue",
    "page",
    "page_of_certificates",
    "register",
    "revoke",
    "verify",
]

BASE_FIELDS = ("name", "place", "skills", "valid_from", "valid_to")
CERTIFICATE_FIELDS = ("number", "skill", "level", "issued_on", "valid_to", "state")


@dataclass(frozen=True, slots=True)
class RegisterBase:
    """A training base, who runs it and what it may certify."""

    organisation_id: UUID
    name: str
    place: str
    skills: list[str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """A certificate for who passed a session of the caller's base."""

    session_id: UUID
    worker_id: UUID
    number: str
    level: Level
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody learns of a certificate by its number."""

    certificate: SkillCertificate
    base: TrainingBase
    standing: Standing


async def register(work: Work, command: RegisterBase) -> TrainingBase:
    """Register the base of an organisation, or bring it up to date: its validity ends by `valid_to`."""
    work.require(permissions.BASES_REGISTER)
    session = await work.writing()
    await repository.one_at_a_time(session, command.organisation_id)
    base = await repository.of_organisation(session, command.organisation_id)
    before = audit.fields(base, *BASE_FIELDS) if base else None
    values = asdict(command) | {"registered_by": work.principal.organisation_id}
    if base is None:
        base = TrainingBase(id=new_id(), version=0, created_at=work.now, updated_at=work.now, **values)
        session.add(base)
    for name, value in values.items():
        setattr(base, name, value)
    touch(base, work)
    work.audit("training-bases.register", "training_base", base.id, before, audit.fields(base, *BASE_FIELDS))
    return base


async def page(work: Work, wanted: BaseFilter, request: PageRequest) -> Page[TrainingBase]:
    """The register of training bases, newest first."""
    work.require(permissions.BASES_READ)
    async with work.reading() as session:
        return await repository.page(session, wanted, request)


async def issue(work: Work, command: IssueCertificate) -> SkillCertificate:
    """Issue a certificate to somebody who passed a closed session of the caller's base.

    FailedPrecondition SESSION_NOT_PASSED or SKILL_NOT_CERTIFIED_HERE; AlreadyExists CERTIFICATE_NUMBER_TAKEN or
    CERTIFICATE_ISSUED.
    """
    work.require(permissions.CERTIFICATES_ISSUE)
    session = await work.writing()
    view = await sessions.own(session, work.principal, command.session_id, lock=True)
    base = await repository.of_organisation(session, work.principal.organisation_id, lock=True)
    skill = view.course.skill
    if base is None or view.course.base_id != base.id or not repository.may_certify(base, skill, work.today):
        raise errors.not_certifying(command.session_id)
    attendee = (await sessions.attendees(session, view.session.id, [command.worker_id])).get(command.worker_id)
    if view.session.state is not SessionState.CLOSED or attendee is None or not attendee.passed:
        raise errors.not_passed(command.worker_id)
    await _refuse_second(work, command)
    certificate = _certificate(work, command, base, skill, attendee)
    session.add(certificate)
    after = audit.fields(certificate, *CERTIFICATE_FIELDS)
    work.audit("skill-certificates.issue", "skill_certificate", certificate.id, None, after)
    return certificate


async def _refuse_second(work: Work, command: IssueCertificate) -> None:
    session = await work.writing()
    there = await repository.of_attendee(session, command.session_id, command.worker_id)
    if there is not None:
        raise errors.issued_already(there.number)
    if await repository.by_number(session, command.number) is not None:
        raise errors.number_taken(command.number)


def _certificate(
    work: Work, command: IssueCertificate, base: TrainingBase, skill: str, attendee: Attendee
) -> SkillCertificate:
    return SkillCertificate(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        base_id=base.id,
        organisation_id=base.organisation_id,
        session_id=command.session_id,
        worker_id=command.worker_id,
        employer_id=attendee.employer_id,
        number=command.number,
        skill=skill,
        level=command.level,
        issued_on=work.today,
        valid_to=command.valid_to,
        state=states.SKILL_CERTIFICATE.initial,
    )


async def revoke(work: Work, certificate_id: UUID, reason: str, expected_version: int | None) -> SkillCertificate:
    """Revoke a certificate of the caller's base."""
    work.require(permissions.CERTIFICATES_ISSUE)
    session = await work.writing()
    certificate = await repository.certificate(session, work.principal, certificate_id)
    check_version(certificate, expected_version)
    before = audit.fields(certificate, "state", "reason")
    certificate.state = states.SKILL_CERTIFICATE.apply(certificate.state, Action.REVOKE)
    certificate.reason = reason
    touch(certificate, work)
    after = audit.fields(certificate, "state", "reason")
    work.audit("skill-certificates.revoke", "skill_certificate", certificate.id, before, after)
    return certificate


async def page_of_certificates(work: Work, wanted: CertificateFilter, request: PageRequest) -> Page[SkillCertificate]:
    """What the caller's base issued and what the caller's own workers hold, newest first."""
    work.require(permissions.SKILL_CERTIFICATES_READ)
    async with work.reading() as session:
        return await repository.page_of_certificates(session, work.principal, wanted, request)


async def verify(work: Work, number: str) -> Verified:
    """What a certificate's number stands for today; NotFound CERTIFICATE_NOT_FOUND. It names no person."""
    work.require(permissions.CERTIFICATES_VERIFY)
    async with work.reading() as session:
        certificate = await repository.by_number(session, number)
        if certificate is None:
            raise errors.certificate_not_found()
        base = await repository.base(session, certificate.base_id)
    return Verified(certificate, base, rules.standing(certificate.state, certificate.valid_to, work.today))
