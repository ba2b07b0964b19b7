"""The only SQL of contracts. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.models import Assignment
from labour.contracts import errors
from labour.contracts.models import Contract, ContractWarning, Signature
from labour.contracts.rules import Binding, Rules, Terms
from labour.contracts.states import BINDING, State
from labour.workers.models import Worker

READING_PARTY = "general_contractor"
"""The role in a project that sees its contracts: who pays the wages on behalf (总包代发) has to know them."""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Warnings and the life of a link, from data."""
    raw = json.loads(files("labour.contracts").joinpath("data", "contract-rules.json").read_text(encoding="utf-8"))
    return Rules(tuple(raw["end_warnings"]["days_before"]), timedelta(days=raw["signing"]["link_days"]))


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The employer's own; those that count on a project for its general contractor; the authority all.

    A contract for all projects counts where its worker is assigned. Drafts and what was never signed are the
    employer's alone.
    """
    own = col(Contract.employer_id) == principal.organisation_id
    bound = col(Contract.state).in_(BINDING)
    if Kind.AUTHORITY in principal.kinds:
        return or_(own, bound)
    led = replica.takes_part(principal.organisation_id, on, READING_PARTY)
    there = select(col(Assignment.id)).where(
        col(Assignment.worker_id) == col(Contract.worker_id), col(Assignment.project_id).in_(led)
    )
    everywhere = and_(col(Contract.project_id).is_(None), there.exists())
    return or_(own, and_(bound, or_(col(Contract.project_id).in_(led), everywhere)))


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts a list shows; None means all. `ends_by`: those that end on that day or before."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    state: State | None = None
    number: str | None = None
    ends_by: date | None = None


async def get(session: AsyncSession, principal: Principal, on: date, contract_id: UUID) -> Contract:
    """The contract; NotFound CONTRACT_NOT_FOUND when the caller may not see it."""
    contract = await session.scalar(select(Contract).where(visible_to(principal, on), col(Contract.id) == contract_id))
    if contract is None:
        raise errors.contract_not_found(contract_id)
    return contract


async def own(
    session: AsyncSession, principal: Principal, contract_ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, Contract]:
    """Those of these contracts that are the caller's own as employer; locked in one order if asked so."""
    statement = (
        select(Contract)
        .where(col(Contract.employer_id) == principal.organisation_id, col(Contract.id).in_(set(contract_ids)))
        .order_by(col(Contract.id))
        .execution_options(populate_existing=True)
    )
    found = await session.scalars(statement.with_for_update() if lock else statement)
    return {contract.id: contract for contract in found}


async def by_id(session: AsyncSession, contract_id: UUID, *, lock: bool = False) -> Contract | None:
    """For a link's holder and for jobs: the contract as it is now, whoever's it is."""
    statement = select(Contract).where(col(Contract.id) == contract_id).execution_options(populate_existing=True)
    found: Contract | None = await session.scalar(statement.with_for_update() if lock else statement)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: ContractFilter, request: PageRequest
) -> Page[Contract]:
    """The visible contracts, newest first."""
    statement = select(Contract).where(visible_to(principal, on))
    for name in ("worker_id", "project_id", "state", "number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Contract, name) == value)
    if wanted.ends_by is not None:
        statement = statement.where(_last() <= wanted.ends_by)
    return await paginate(session, statement, keys=(Contract.id,), request=request, descending=True)


async def page_of_worker(session: AsyncSession, worker_id: UUID, request: PageRequest) -> Page[Contract]:
    """For a worker: his contracts that were shown to him, newest first."""
    shown = col(Contract.state).in_((State.OFFERED, *BINDING))
    statement = select(Contract).where(col(Contract.worker_id) == worker_id, shown)
    return await paginate(session, statement, keys=(Contract.id,), request=request, descending=True)


async def lock_workers(
    session: AsyncSession, worker_ids: Iterable[UUID], employer_id: UUID | None
) -> dict[UUID, Worker]:
    """Workers (of one employer, if named) as they are now, locked in one order.

    Whoever writes a contract holds its worker first, so that two contracts of one worker are written one after the
    other; a contract is locked after it, a link after the contract, assignments last.
    """
    statement = select(Worker).where(col(Worker.id).in_(set(worker_ids))).order_by(col(Worker.id)).with_for_update()
    if employer_id is not None:
        statement = statement.where(col(Worker.employer_id) == employer_id)
    found = await session.scalars(statement.execution_options(populate_existing=True))
    return {worker.id: worker for worker in found}


async def standing(session: AsyncSession, worker_ids: Iterable[UUID], *, offered: bool) -> dict[UUID, list[Contract]]:
    """The contracts of workers that bind or have bound, and with `offered` those that wait for a signature."""
    states = (*BINDING, State.OFFERED) if offered else BINDING
    statement = select(Contract).where(col(Contract.worker_id).in_(set(worker_ids)), col(Contract.state).in_(states))
    found: dict[UUID, list[Contract]] = {}
    for contract in await session.scalars(statement.order_by(col(Contract.valid_from))):
        found.setdefault(contract.worker_id, []).append(contract)
    return found


async def numbers_taken(session: AsyncSession, employer_id: UUID, numbers: Collection[str]) -> set[str]:
    """Those of these numbers that the employer has used."""
    rows = select(col(Contract.number)).where(
        col(Contract.employer_id) == employer_id, col(Contract.number).in_(set(numbers))
    )
    return set(await session.scalars(rows))


async def one_at_a_time(session: AsyncSession, employer_id: UUID) -> None:
    """Two calls of one employer that name new numbers run one after the other."""
    name = f"labour.contracts:{employer_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def in_force(
    session: AsyncSession, worker_ids: Collection[UUID], project_id: UUID | None, first: date, last: date
) -> dict[UUID, list[Terms]]:
    """The wage standards that bind workers on any day of a period, by worker, in the order of their days.

    Of one project those that are for it or for all; with `project_id` None those of every project. What was
    terminated early ends on its last day, so a contract that ends mid-month shows until when it counts. Workers
    without one are absent.
    """
    conditions = [
        col(Contract.worker_id).in_(set(worker_ids)),
        col(Contract.state).in_(BINDING),
        col(Contract.valid_from) <= last,
        or_(_last().is_(None), _last() >= first),
    ]
    if project_id is not None:
        conditions.append(or_(col(Contract.project_id).is_(None), col(Contract.project_id) == project_id))
    rows = await session.scalars(
        select(Contract).where(*conditions).order_by(col(Contract.worker_id), col(Contract.valid_from))
    )
    found: dict[UUID, list[Terms]] = {}
    for row in rows:
        terms = Terms(
            row.id, row.worker_id, row.valid_from, row.binds_until, row.wage_kind, row.wage_rate, row.wage_unit
        )
        found.setdefault(row.worker_id, []).append(terms)
    return found


def binding(contracts: Sequence[Contract]) -> list[Binding]:
    """Signed contracts as the gates look at them."""
    return [Binding(one.kind, one.number, one.valid_from, one.binds_until) for one in contracts]


async def signature(session: AsyncSession, contract_id: UUID) -> Signature | None:
    """The evidence of a contract's signature."""
    return await session.get(Signature, contract_id)


async def warn(session: AsyncSession, warning: ContractWarning) -> bool:
    """Raise a warning unless it was raised before; answers whether it is new."""
    statement = insert(ContractWarning).values(warning.model_dump()).on_conflict_do_nothing()
    done = await session.execute(statement.returning(col(ContractWarning.id)))
    return done.first() is not None


async def page_of_warnings(
    session: AsyncSession, principal: Principal, wanted: WarningFilter, request: PageRequest
) -> Page[ContractWarning]:
    """The warnings of the caller's own contracts, newest first."""
    statement = select(ContractWarning).where(col(ContractWarning.employer_id) == principal.organisation_id)
    for name in ("worker_id", "project_id", "contract_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(ContractWarning, name) == value)
    return await paginate(session, statement, keys=(ContractWarning.id,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """Which warnings a list shows; None means all."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    contract_id: UUID | None = None


def _last() -> ColumnElement[date]:
    return func.coalesce(col(Contract.last_day), col(Contract.valid_to))
