"""Reads the platform's matrices from data, and the only SQL of approval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Principal, Role
from chassis.pages import Page, PageRequest, paginate
from procurement.approvals import errors
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation, DocumentKind
from procurement.approvals.rules import Band, Mandate, Matrix
from procurement.approvals.states import DelegationState, State


def visible_to(principal: Principal, table: Any) -> ColumnElement[bool]:
    """An organisation's matrices, steps and delegations are its own business."""
    own: ColumnElement[bool] = table.organisation_id == principal.organisation_id
    return own


def bands_of(raw: Sequence[dict[str, Any]]) -> tuple[Band, ...]:
    """Bands as they are kept → values."""
    return tuple(
        Band(None if one["up_to"] is None else Decimal(one["up_to"]), tuple(Role(role) for role in one["roles"]))
        for one in raw
    )


@cache
def platform_matrices() -> dict[DocumentKind, Matrix]:
    """What counts for an organisation that has set no matrix."""
    text = files("procurement.approvals").joinpath("data", "matrices.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    since = raw["valid_from"]
    return {
        DocumentKind(one["document_kind"]): Matrix(
            f"{one['document_kind']}@{since}", bands_of(one["bands"]), date.fromisoformat(since), raw["source"]
        )
        for one in raw["matrices"]
    }


async def matrices(session: AsyncSession, organisation_id: UUID, kind: DocumentKind) -> list[Matrix]:
    """All that an organisation has ever set for a kind of document."""
    rows = await session.scalars(
        select(ApprovalMatrix).where(
            col(ApprovalMatrix.organisation_id) == organisation_id, col(ApprovalMatrix.document_kind) == kind
        )
    )
    return [Matrix(str(row.id), bands_of(row.bands), row.valid_from, row.source, row.same_person) for row in rows]


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """Which matrices a list shows; None means all."""

    document_kind: DocumentKind | None = None


async def matrix_page(
    session: AsyncSession, principal: Principal, wanted: MatrixFilter, request: PageRequest
) -> Page[ApprovalMatrix]:
    """The organisation's matrices, newest first."""
    statement = select(ApprovalMatrix).where(visible_to(principal, ApprovalMatrix))
    if wanted.document_kind is not None:
        statement = statement.where(col(ApprovalMatrix.document_kind) == wanted.document_kind)
    return await paginate(session, statement, keys=(ApprovalMatrix.id,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class StepFilter:
    """Which steps a list shows; None means all. `mine`: those that wait now and that the caller may decide."""

    document_kind: DocumentKind | None = None
    document_id: UUID | None = None
    state: State | None = None
    mine: bool = False


def waits_for(me: str, roles: frozenset[Role]) -> tuple[ColumnElement[bool], ...]:
    """Steps that are next in line for one of these roles, on documents of somebody else than the caller."""
    other = aliased(ApprovalStep)
    same = and_(
        col(other.document_kind) == col(ApprovalStep.document_kind),
        col(other.document_id) == col(ApprovalStep.document_id),
        col(other.round) == col(ApprovalStep.round),
    )
    earlier = select(col(other.id)).where(
        same, col(other.state) == State.WAITING, col(other.position) < col(ApprovalStep.position)
    )
    decided = select(col(other.id)).where(same, (col(other.decided_by) == me) | (col(other.decided_for) == me))
    return (
        col(ApprovalStep.state) == State.WAITING,
        col(ApprovalStep.role).in_(roles),
        ~col(ApprovalStep.authors).contains([me]),
        ~earlier.exists(),
        or_(col(ApprovalStep.same_person), ~decided.exists()),
    )


def document_waits_for(
    principal: Principal, roles: frozenset[Role], kind: DocumentKind, document_id: Any
) -> ColumnElement[bool]:
    """Whether a step of this document (a column) waits for the caller, who decides as these roles."""
    own = visible_to(principal, ApprovalStep), *waits_for(principal.subject, roles)
    return exists().where(*own, col(ApprovalStep.document_kind) == kind, col(ApprovalStep.document_id) == document_id)


async def step_page(
    session: AsyncSession,
    principal: Principal,
    wanted: StepFilter,
    roles: frozenset[Role],
    request: PageRequest,
) -> Page[ApprovalStep]:
    """Steps, newest first; with `mine` those next in line for one of `roles` on documents of somebody else."""
    statement = select(ApprovalStep).where(visible_to(principal, ApprovalStep))
    for name in ("document_kind", "document_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(ApprovalStep, name) == value)
    if wanted.mine:
        statement = statement.where(*waits_for(principal.subject, roles))
    return await paginate(session, statement, keys=(ApprovalStep.id,), request=request, descending=True)


async def steps(
    session: AsyncSession, kind: DocumentKind, document_id: UUID, *, lock: bool = False
) -> list[ApprovalStep]:
    """The steps of the latest round of a document that the caller has been shown to see, in sequence."""
    other = aliased(ApprovalStep)
    latest = select(func.max(col(other.round))).where(
        col(other.document_kind) == kind, col(other.document_id) == document_id
    )
    statement = (
        select(ApprovalStep)
        .where(
            col(ApprovalStep.document_kind) == kind,
            col(ApprovalStep.document_id) == document_id,
            col(ApprovalStep.round) == latest.scalar_subquery(),
        )
        .order_by(col(ApprovalStep.position))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return list((await session.scalars(statement)).all())


async def delegations(session: AsyncSession, organisation_id: UUID, until: date) -> list[Mandate]:
    """The delegations of an organisation that are not revoked and not over on a day."""
    rows = await session.scalars(
        select(Delegation)
        .where(
            col(Delegation.organisation_id) == organisation_id,
            col(Delegation.state) == DelegationState.GRANTED,
            col(Delegation.valid_to) >= until,
        )
        .order_by(col(Delegation.id))
    )
    return [
        Mandate(
            row.id,
            row.from_subject,
            row.to_subject,
            frozenset(Role(role) for role in row.roles),
            row.valid_from,
            row.valid_to,
            row.absent,
        )
        for row in rows
    ]


async def lock_delegations(session: AsyncSession, organisation_id: UUID) -> None:
    """One at a time per organisation: two delegations at once could close a loop that neither sees."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"delegations/{organisation_id}", 0)))
    )


async def get_delegation_for_update(session: AsyncSession, principal: Principal, delegation_id: UUID) -> Delegation:
    """NotFound DELEGATION_NOT_FOUND; locked."""
    statement = (
        select(Delegation)
        .where(visible_to(principal, Delegation), col(Delegation.id) == delegation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise errors.delegation_not_found(delegation_id)
    return found


@dataclass(frozen=True, slots=True)
class DelegationFilter:
    """Which delegations a list shows; None means all."""

    from_subject: str | None = None
    to_subject: str | None = None
    state: DelegationState | None = None


async def delegation_page(
    session: AsyncSession, principal: Principal, wanted: DelegationFilter, request: PageRequest
) -> Page[Delegation]:
    """The organisation's delegations, newest first."""
    statement = select(Delegation).where(visible_to(principal, Delegation))
    for name in ("from_subject", "to_subject", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Delegation, name) == value)
    return await paginate(session, statement, keys=(Delegation.id,), request=request, descending=True)
