"""The only SQL of training bases. Every query of a caller starts from `visible_to`; the register of bases is public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.training_bases import errors
from labour.training_bases.models import SkillCertificate, TrainingBase
from labour.training_bases.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A base sees what it issued, an employer what its own workers hold."""
    mine = principal.organisation_id
    return or_(col(SkillCertificate.organisation_id) == mine, col(SkillCertificate.employer_id) == mine)


@dataclass(frozen=True, slots=True)
class BaseFilter:
    """Which bases a list shows; None means all."""

    organisation_id: UUID | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class CertificateFilter:
    """Which certificates a list shows; None means all."""

    worker_id: UUID | None = None
    session_id: UUID | None = None
    skill: str | None = None
    state: State | None = None


def may_certify(base: TrainingBase, skill: str, on: date) -> bool:
    """Whether a base may certify a skill on a day."""
    return skill in base.skills and base.valid_from <= on and (base.valid_to is None or on <= base.valid_to)


async def of_organisation(session: AsyncSession, organisation_id: UUID, *, lock: bool = False) -> TrainingBase | None:
    """The base that an organisation runs, locked against change if asked so."""
    statement = select(TrainingBase).where(col(TrainingBase.organisation_id) == organisation_id)
    if lock:
        statement = statement.with_for_update(read=True).execution_options(populate_existing=True)
    found: TrainingBase | None = await session.scalar(statement)
    return found


async def one_at_a_time(session: AsyncSession, organisation_id: UUID) -> None:
    """Two registrations of one organisation's base run one after the other."""
    name = f"labour.training_bases:{organisation_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def page(session: AsyncSession, wanted: BaseFilter, request: PageRequest) -> Page[TrainingBase]:
    """The registered bases, newest first."""
    statement = select(TrainingBase)
    if wanted.organisation_id is not None:
        statement = statement.where(col(TrainingBase.organisation_id) == wanted.organisation_id)
    if wanted.skill is not None:
        statement = statement.where(literal(wanted.skill) == any_(col(TrainingBase.skills)))
    return await paginate(session, statement, keys=(TrainingBase.id,), request=request, descending=True)


async def certificate(session: AsyncSession, principal: Principal, certificate_id: UUID) -> SkillCertificate:
    """A certificate that the caller's base issued, locked; NotFound CERTIFICATE_NOT_FOUND otherwise."""
    statement = (
        select(SkillCertificate)
        .where(visible_to(principal), col(SkillCertificate.organisation_id) == principal.organisation_id)
        .where(col(SkillCertificate.id) == certificate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: SkillCertificate | None = await session.scalar(statement)
    if found is None:
        raise errors.certificate_not_found()
    return found


async def by_number(session: AsyncSession, number: str) -> SkillCertificate | None:
    """A certificate by its number, whoever issued it."""
    found: SkillCertificate | None = await session.scalar(
        select(SkillCertificate).where(col(SkillCertificate.number) == number)
    )
    return found


async def of_attendee(session: AsyncSession, session_id: UUID, worker_id: UUID) -> SkillCertificate | None:
    """The certificate of a worker for a session."""
    found: SkillCertificate | None = await session.scalar(
        select(SkillCertificate).where(
            col(SkillCertificate.session_id) == session_id, col(SkillCertificate.worker_id) == worker_id
        )
    )
    return found


async def base(session: AsyncSession, base_id: UUID) -> TrainingBase:
    """A base that a certificate names."""
    return await session.get_one(TrainingBase, base_id)


async def page_of_certificates(
    session: AsyncSession, principal: Principal, wanted: CertificateFilter, request: PageRequest
) -> Page[SkillCertificate]:
    """The visible certificates, newest first."""
    statement = select(SkillCertificate).where(visible_to(principal))
    for name in ("worker_id", "session_id", "skill", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(SkillCertificate, name) == value)
    return await paginate(session, statement, keys=(SkillCertificate.id,), request=request, descending=True)
