"""The only SQL of wage accounts. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from labour.assignments.repository import OVERSEEING
from labour.codes.models import Moves
from labour.codes.repository import term
from labour.payrolls.models import Payroll, PayrollLine
from labour.payrolls.states import LineState
from labour.payrolls.states import State as PayrollState
from labour.wage_accounts import errors
from labour.wage_accounts.models import WageAccount, WageClock, WageEntry, WageGuarantee, WageShare
from labour.wage_accounts.rules import WageRules
from labour.wage_accounts.states import ClockKind, ClockState, GuaranteeState, ShareState, State

Held = TypeVar("Held", WageAccount, WageShare, WageClock, WageGuarantee)


@lru_cache(maxsize=1)
def rules() -> WageRules:
    """What a law or a city can change, from data."""
    raw = json.loads(files("labour.wage_accounts").joinpath("data", "wage-rules.json").read_text(encoding="utf-8"))
    guarantee = raw["guarantee"]
    return WageRules(
        name_suffix=raw["account"]["name_suffix"],
        notice=term(raw["closing"]),
        clocks={ClockKind(kind): term(one) for kind, one in raw["clocks"].items()},
        share_moves=Moves(raw["share"]["moves"]),
        least_percent=Decimal(guarantee["least_percent"]),
        most_percent=Decimal(guarantee["most_percent"]),
        least_percent_several_projects=Decimal(guarantee["least_percent_several_projects"]),
        exempt_below=Decimal(guarantee["exempt_below"]),
        reduced_after_clean_years=guarantee["reduced_after_clean_years"],
        exempt_after_clean_years=guarantee["exempt_after_clean_years"],
    )


def visible_to(principal: Principal, on: date, table: type[Held]) -> ColumnElement[bool]:
    """The contractor's own; of a project for its owner, supervisor and authority; organisations of kind authority all.

    Subcontractors do not see what a contractor has on his account.
    """
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(table.contractor_id) == principal.organisation_id, col(table.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shows; None means all."""

    project_id: UUID | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class ShareFilter:
    """Which shares a list shows; None means all."""

    project_id: UUID | None = None
    account_id: UUID | None = None
    state: ShareState | None = None


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """Which clocks a list shows; None means all."""

    project_id: UUID | None = None
    kind: ClockKind | None = None
    state: ClockState | None = None


@dataclass(frozen=True, slots=True)
class GuaranteeFilter:
    """Which guarantees a list shows; None means all."""

    project_id: UUID | None = None
    state: GuaranteeState | None = None


async def get(session: AsyncSession, principal: Principal, on: date, account_id: UUID) -> WageAccount:
    """The account; NotFound WAGE_ACCOUNT_NOT_FOUND when it is not visible."""
    found = await session.scalar(
        select(WageAccount).where(visible_to(principal, on, WageAccount), col(WageAccount.id) == account_id)
    )
    if found is None:
        raise errors.account_not_found(account_id)
    return found


async def own(session: AsyncSession, principal: Principal, account_id: UUID) -> WageAccount:
    """The caller's own account, locked as it is now; NotFound WAGE_ACCOUNT_NOT_FOUND."""
    found = await session.scalar(
        select(WageAccount)
        .where(col(WageAccount.contractor_id) == principal.organisation_id, col(WageAccount.id) == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise errors.account_not_found(account_id)
    return found


async def by_id(session: AsyncSession, table: type[Held], row_id: UUID) -> Held:
    """For jobs and neighbours: a row that is there, locked as it is now."""
    statement = select(table).where(col(table.id) == row_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def guarantee(
    session: AsyncSession, principal: Principal, on: date, guarantee_id: UUID, *, own: bool = False
) -> WageGuarantee:
    """The guarantee; with `own` only the caller's, locked. NotFound WAGE_GUARANTEE_NOT_FOUND."""
    statement = select(WageGuarantee).where(
        visible_to(principal, on, WageGuarantee), col(WageGuarantee.id) == guarantee_id
    )
    if own:
        statement = statement.where(col(WageGuarantee.contractor_id) == principal.organisation_id).with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=own))
    if found is None:
        raise errors.guarantee_not_found(guarantee_id)
    return found


async def share(session: AsyncSession, account_id: UUID, share_id: UUID) -> WageShare:
    """A share of a locked account; NotFound WAGE_SHARE_NOT_FOUND."""
    found = await session.scalar(
        select(WageShare).where(col(WageShare.account_id) == account_id, col(WageShare.id) == share_id)
    )
    if found is None:
        raise errors.share_not_found(share_id)
    return found


async def page(
    session: AsyncSession,
    principal: Principal,
    on: date,
    table: type[Held],
    wanted: AccountFilter | ShareFilter | ClockFilter | GuaranteeFilter,
    request: PageRequest,
) -> Page[Held]:
    """The visible rows of a table, newest first."""
    statement = select(table).where(visible_to(principal, on, table))
    for name in wanted.__dataclass_fields__:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(table, name) == value)
    return await paginate(session, statement, keys=(table.id,), request=request, descending=True)


async def page_of_entries(
    session: AsyncSession, principal: Principal, on: date, account_id: UUID, request: PageRequest
) -> Page[WageEntry]:
    """The movements of a visible account, newest first."""
    statement = (
        select(WageEntry)
        .join(WageAccount, col(WageAccount.id) == col(WageEntry.account_id))
        .where(visible_to(principal, on, WageAccount), col(WageEntry.account_id) == account_id)
    )
    return await paginate(session, statement, keys=(WageEntry.position,), request=request, descending=True)


BROKEN = {
    "wage_accounts_once": errors.account_exists,
    "wage_guarantees_once": errors.guarantee_exists,
}
"""What a broken constraint means; the subject is the id in question."""


async def add(session: AsyncSession, row: SQLModel, subject: Any) -> None:
    """Write a new row (or the changes of a known one); AlreadyExists when there is one like it."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        name = constraint_of(error) or ""
        if name in BROKEN:
            raise BROKEN[name](subject) from None
        if name == "wage_accounts_number_taken":
            raise errors.number_taken() from None
        if name == "wage_entries_deposit_once":
            raise errors.deposit_known(str(subject)) from None
        raise


async def add_share(session: AsyncSession, share_: WageShare) -> bool:
    """Write a share unless one is due on that day; answers whether it is new."""
    statement = insert(WageShare).values(share_.model_dump()).on_conflict_do_nothing(constraint="wage_shares_once")
    return (await session.execute(statement.returning(col(WageShare.id)))).first() is not None


async def clock_of(session: AsyncSession, subject_id: UUID, kind: ClockKind) -> WageClock | None:
    """The clock of this kind that is not met, locked."""
    found: WageClock | None = await session.scalar(
        select(WageClock)
        .where(
            col(WageClock.subject_id) == subject_id,
            col(WageClock.kind) == kind,
            col(WageClock.state).in_((ClockState.RUNNING, ClockState.MISSED)),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def open_lines(session: AsyncSession, project_id: UUID) -> int:
    """How many wage lines of a project are owed and not paid; what a cancelled sheet says does not count."""
    statement = (
        select(func.count())
        .select_from(PayrollLine)
        .join(Payroll, col(Payroll.id) == col(PayrollLine.payroll_id))
        .where(
            col(PayrollLine.project_id) == project_id,
            col(PayrollLine.state) != LineState.PAID,
            col(PayrollLine.net) > 0,
            col(Payroll.state) != PayrollState.CANCELLED,
        )
    )
    return await session.scalar(statement) or 0


async def account_of(session: AsyncSession, project_id: UUID) -> WageAccount | None:
    """For neighbours: the account of a project."""
    found: WageAccount | None = await session.scalar(
        select(WageAccount).where(col(WageAccount.project_id) == project_id)
    )
    return found


async def names(session: AsyncSession, contractor_id: UUID, project_id: UUID) -> tuple[str, str]:
    """The names of contractor and project as facts have told them; FailedPrecondition NAME_UNKNOWN."""
    project = await replica.project(session, project_id)
    contractor = (await replica.organisations(session, [contractor_id])).get(contractor_id)
    if project is None or contractor is None:
        raise errors.name_unknown()
    return contractor.name, project.name_zh
