"""The only SQL of budgets and commitments.

Locks are taken in one order everywhere, so that nobody deadlocks: commitment, budget, lines by cost code.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from project_mgmt.budgets import errors
from project_mgmt.budgets.models import Budget, BudgetLine, Commitment
from project_mgmt.budgets.rules import ZERO, CommitmentFilters
from project_mgmt.projects import repository as projects
from project_mgmt.projects.models import Project


def visible_to(principal: Principal, today: date, project_id: Any) -> ColumnElement[bool]:
    """Money is shown to those who steer the project, see `projects.repository.steered_by`."""
    return select(col(Project.id)).where(col(Project.id) == project_id, projects.steered_by(principal, today)).exists()


async def get(session: AsyncSession, principal: Principal, project_id: UUID, today: date) -> Budget:
    """A project's budget with its lines; NotFound when none stands or the caller may not see it."""
    budget: Budget | None = await session.scalar(
        select(Budget)
        .where(col(Budget.project_id) == project_id, visible_to(principal, today, col(Budget.project_id)))
        .options(selectinload(Budget.lines))  # type: ignore[arg-type]
    )
    if budget is None:
        raise errors.budget_not_found(project_id)
    return budget


async def for_setting(session: AsyncSession, project_id: UUID) -> Budget | None:
    """The budget, locked against other settings and against commitments; its lines are locked too."""
    statement = select(Budget).where(col(Budget.project_id) == project_id).with_for_update(of=Budget)
    budget = await session.scalar(statement.execution_options(populate_existing=True))
    if budget is not None:
        await _lock_lines(session, budget.id, None)
        await session.refresh(budget, ["lines"])
    return budget


async def for_spending(session: AsyncSession, project_id: UUID) -> Budget | None:
    """The budget without its lines, locked against a new setting; other commitments go on."""
    statement = select(Budget).where(col(Budget.project_id) == project_id).with_for_update(read=True, of=Budget)
    budget: Budget | None = await session.scalar(statement.execution_options(populate_existing=True))
    return budget


async def ensure(session: AsyncSession, project_id: UUID, currency: str, now: datetime) -> Budget:
    """The budget for spending; an empty one is made for a fact that comes before any setting."""
    await session.execute(
        insert(Budget)
        .values(id=new_id(), version=1, created_at=now, updated_at=now, project_id=project_id, currency=currency)
        .on_conflict_do_nothing(index_elements=["project_id"])
    )
    budget = await for_spending(session, project_id)
    assert budget is not None  # noqa: S101 - inserted above, and budgets are never deleted
    return budget


async def ensure_lines(session: AsyncSession, budget_id: UUID, cost_codes: Iterable[str]) -> None:
    """Lines of nothing for cost codes that a fact names and the budget does not."""
    rows = [
        {
            "budget_id": budget_id,
            "cost_code": code,
            "name": "",
            "amount": ZERO,
            "reserved": ZERO,
            "confirmed": ZERO,
            "overdrawn": False,
        }
        for code in sorted(cost_codes)
    ]
    if rows:
        await session.execute(insert(BudgetLine).values(rows).on_conflict_do_nothing())


async def lines_for_update(session: AsyncSession, budget_id: UUID, cost_codes: Iterable[str]) -> dict[str, BudgetLine]:
    """The lines of these cost codes that stand, locked in cost-code order until the commit."""
    rows = await _lock_lines(session, budget_id, sorted(set(cost_codes)))
    return {row.cost_code: row for row in rows}


async def _lock_lines(session: AsyncSession, budget_id: UUID, cost_codes: list[str] | None) -> list[BudgetLine]:
    statement = select(BudgetLine).where(col(BudgetLine.budget_id) == budget_id)
    if cost_codes is not None:
        statement = statement.where(col(BudgetLine.cost_code).in_(cost_codes))
    statement = statement.order_by(col(BudgetLine.cost_code)).with_for_update()
    return list((await session.scalars(statement.execution_options(populate_existing=True))).all())


async def commitment_of(session: AsyncSession, order_id: UUID, change_id: UUID | None = None) -> Commitment | None:
    """The commitment of an order (or of a change of it), locked; None when it has never been heard of."""
    statement = (
        select(Commitment)
        .where(col(Commitment.order_id) == order_id, col(Commitment.change_id).is_not_distinct_from(change_id))
        .options(selectinload(Commitment.lines))  # type: ignore[arg-type]
        .with_for_update(of=Commitment)
    )
    commitment: Commitment | None = await session.scalar(statement.execution_options(populate_existing=True))
    return commitment


async def commitment_by_id(session: AsyncSession, commitment_id: UUID) -> Commitment | None:
    """The same by the commitment's own id, for the job that lets it lapse."""
    found = await session.execute(
        select(col(Commitment.order_id), col(Commitment.change_id)).where(col(Commitment.id) == commitment_id)
    )
    row = found.first()
    return None if row is None else await commitment_of(session, *row)


async def begin(session: AsyncSession, commitment: Commitment) -> tuple[Commitment, bool]:
    """The order's (or change's) commitment, locked, and whether this call made it (then it is `commitment`, without
    lines).

    Two callers for one order meet at the unique ids: the second waits and gets the first one's row.
    """
    made = await session.scalar(
        insert(Commitment)
        .values(
            id=commitment.id,
            version=commitment.version,
            created_at=commitment.created_at,
            updated_at=commitment.updated_at,
            project_id=commitment.project_id,
            order_id=commitment.order_id,
            change_id=commitment.change_id,
            order_version=commitment.order_version,
            organisation_id=commitment.organisation_id,
            state=commitment.state,
            currency=commitment.currency,
            expires_at=commitment.expires_at,
        )
        .on_conflict_do_nothing(constraint="commitments_once")
        .returning(col(Commitment.id))
    )
    standing = await commitment_of(session, commitment.order_id, commitment.change_id)
    assert standing is not None  # noqa: S101 - inserted above or by the other caller, and never deleted
    return standing, made is not None


async def page(
    session: AsyncSession,
    principal: Principal,
    project_id: UUID,
    filters: CommitmentFilters,
    request: PageRequest,
    today: date,
) -> Page[Commitment]:
    """The commitments of a project, newest first."""
    statement: Select[Any] = (
        select(Commitment)
        .where(
            col(Commitment.project_id) == project_id,
            visible_to(principal, today, col(Commitment.project_id)),
        )
        .options(selectinload(Commitment.lines))  # type: ignore[arg-type]
    )
    for name in ("state", "order_id", "organisation_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Commitment, name) == value)
    return await paginate(session, statement, keys=(Commitment.id,), request=request, descending=True)
