"""Reads the law's data file (design rule 13), and the only SQL of payables.

A buyer's queries start from `visible_to`, a supplier's from `shown_to`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.payables import errors
from procurement.payables.models import Offset, Payable, PaymentTerms
from procurement.payables.rules import YEAR, LegalTerm, Rate
from procurement.payables.states import BuyerKind, Kind, State, Warned
from procurement.rulebook import repository as rulebook
from procurement.rulebook.models import Cap, RuleKind


@dataclass(frozen=True, slots=True)
class Defaults:
    """What counts for a buyer that has set no terms."""

    buyer_kind: BuyerKind
    small_firm: bool
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Law:
    """All that the law says about paying, past versions too."""

    terms: tuple[LegalTerm, ...]
    statutory: tuple[Rate, ...]
    prime: tuple[Rate, ...]
    retention: tuple[Cap, ...]
    defaults: tuple[Defaults, ...]


@cache
def law() -> Law:
    """From data/law.json, and what the rulebook has already: overdue interest and the cap on retention money."""
    raw = json.loads(files("procurement.payables").joinpath("data", "law.json").read_text(encoding="utf-8"))
    return Law(
        terms=tuple(
            LegalTerm(
                one["id"],
                BuyerKind(one["buyer_kind"]),
                one["days"],
                one["longest_days"],
                one["source"],
                date.fromisoformat(one["valid_from"]),
            )
            for one in raw["terms"]
        ),
        statutory=tuple(
            Rate(rule.value, 1, rule.source, rule.valid_from)
            for rule in rulebook.platform_rules()
            if rule.kind is RuleKind.OVERDUE_PERCENT_PER_DAY
        ),
        prime=tuple(
            Rate(Decimal(one["percent"]), YEAR, one["source"], date.fromisoformat(one["valid_from"]))
            for one in raw["loan_prime_rate_1y"]
        ),
        retention=tuple(cap for cap in rulebook.caps() if cap.kind is RuleKind.RETENTION_PERCENT),
        defaults=tuple(
            Defaults(
                BuyerKind(one["buyer_kind"]), one["small_firm"], one["source"], date.fromisoformat(one["valid_from"])
            )
            for one in raw["defaults"]
        ),
    )


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A buyer sees what it owes."""
    return col(Payable.buyer_id) == principal.organisation_id


def shown_to(principal: Principal) -> ColumnElement[bool]:
    """A supplier sees what it is owed; what of it, its schema says."""
    return col(Payable.supplier_id) == principal.organisation_id


async def get(session: AsyncSession, principal: Principal, payable_id: UUID, *, lock: bool = False) -> Payable:
    """The buyer's payable, locked as it is now if asked so; NotFound PAYABLE_NOT_FOUND."""
    return await _one(session, select(Payable).where(visible_to(principal)), payable_id, lock=lock)


async def shown(session: AsyncSession, principal: Principal, payable_id: UUID) -> Payable:
    """The payable as its supplier may see it; NotFound PAYABLE_NOT_FOUND."""
    return await _one(session, select(Payable).where(shown_to(principal)), payable_id, lock=False)


async def locked(session: AsyncSession, payable_id: UUID) -> Payable:
    """A payable of anybody, locked: for jobs."""
    return await _one(session, select(Payable), payable_id, lock=True)


async def _one(session: AsyncSession, statement: Select[Payable], payable_id: UUID, *, lock: bool) -> Payable:
    statement = statement.where(col(Payable.id) == payable_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Payable | None = await session.scalar(statement)
    if found is None:
        raise errors.payable_not_found(payable_id)
    return found


async def lock_many(session: AsyncSession, principal: Principal, ids: Sequence[UUID]) -> dict[UUID, Payable]:
    """The buyer's payables with these ids, locked in the order of ids; PAYABLE_NOT_FOUND for the first lacking."""
    statement = select(Payable).where(visible_to(principal), col(Payable.id).in_(ids))
    found = {row.id: row for row in await _lock(session, statement)}
    for payable_id in ids:
        if payable_id not in found:
            raise errors.payable_not_found(payable_id)
    return found


async def _lock(session: AsyncSession, statement: Select[Payable]) -> Sequence[Payable]:
    ordered = statement.order_by(col(Payable.id)).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(ordered)).all()


async def lock_between(session: AsyncSession, buyer_id: UUID, supplier_id: UUID) -> None:
    """Until the end of the transaction nobody else raises anything between these two: what offsets what is decided in
    order."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{buyer_id}/{supplier_id}", 0))))


def _between(like: Payable) -> Select[Payable]:
    return select(Payable).where(
        col(Payable.buyer_id) == like.buyer_id,
        col(Payable.supplier_id) == like.supplier_id,
        col(Payable.project_id) == like.project_id,
        col(Payable.currency) == like.currency,
    )


async def funds(session: AsyncSession, like: Payable) -> list[Payable]:
    """Paid advances and credits that the same two have in the same project and currency, oldest first, locked.

    An advance that was given for orders serves only invoices of one of them.
    """
    statement = _between(like).where(
        or_(
            (col(Payable.kind) == Kind.ADVANCE) & (col(Payable.paid) > col(Payable.consumed)),
            (col(Payable.kind) == Kind.CREDIT) & (col(Payable.state) == State.OPEN),
        )
    )
    wanted = set(like.order_ids)
    return [row for row in await _lock(session, statement) if not row.order_ids or wanted & set(row.order_ids)]


async def debts(session: AsyncSession, like: Payable, withheld_of: UUID | None) -> list[Payable]:
    """Open payables of invoices of the same two, project and currency, the first due first, locked; and what is still
    withheld of one invoice."""
    is_open = (col(Payable.state) == State.OPEN) & col(Payable.kind).in_((Kind.INVOICE, Kind.RETENTION))
    withheld = (col(Payable.state) == State.WITHHELD) & (col(Payable.invoice_id) == withheld_of)
    statement = _between(like).where(or_(is_open, withheld))
    return sorted(await _lock(session, statement), key=lambda row: (row.due_on, row.id))


async def add(session: AsyncSession, *rows: Payable | PaymentTerms | Offset) -> None:
    """Write new rows; AlreadyExists PAYABLE_ALREADY_RAISED, PAYABLE_NUMBER_TAKEN, PAYMENT_TERMS_EXIST."""
    session.add_all(rows)
    try:
        await session.flush()
    except IntegrityError as error:
        broken = constraint_of(error)
        for row in rows:
            if isinstance(row, Payable) and broken in ("payables_invoice_once", "payables_number_taken"):
                known = errors.already_raised(row.invoice_id) if row.invoice_id else errors.number_taken(row.number)
                raise known from None
            if isinstance(row, PaymentTerms) and broken == "payment_terms_day_taken":
                raise errors.terms_exist(row.valid_from) from None
        raise


@dataclass(frozen=True, slots=True)
class PayableFilter:
    """Which payables a list shows; None means all. `due_before`: due before this day."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    supplier_id: UUID | None = None
    invoice_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    warned: Warned | None = None
    due_before: date | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: PayableFilter, request: PageRequest
) -> Page[Payable]:
    """What the caller owes, the first due first."""
    return await _page(session, select(Payable).where(visible_to(principal)), wanted, request)


async def page_shown(
    session: AsyncSession, principal: Principal, wanted: PayableFilter, request: PageRequest
) -> Page[Payable]:
    """What the calling supplier is owed, the first due first."""
    return await _page(session, select(Payable).where(shown_to(principal)), wanted, request)


async def _page(
    session: AsyncSession, statement: Select[Payable], wanted: PayableFilter, request: PageRequest
) -> Page[Payable]:
    for name in ("project_id", "buyer_id", "supplier_id", "invoice_id", "kind", "state", "warned"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Payable, name) == value)
    if wanted.due_before is not None:
        statement = statement.where(col(Payable.due_on) < wanted.due_before)
    return await paginate(session, statement, keys=(Payable.due_on, Payable.id), request=request)


async def offsets(session: AsyncSession, payable_id: UUID) -> Sequence[Offset]:
    """What settled a payable, or what an advance or credit settled, in order."""
    statement = select(Offset).where(or_(col(Offset.payable_id) == payable_id, col(Offset.fund_id) == payable_id))
    return (await session.scalars(statement.order_by(col(Offset.id)))).all()


async def takes_part(session: AsyncSession, principal: Principal, project_id: UUID, on: date) -> bool:
    """Whether the caller's organisation is a party of the project on a day."""
    known = await session.scalars(replica.takes_part(principal.organisation_id, on))
    return project_id in set(known)


async def terms_on(session: AsyncSession, buyer_id: UUID, supplier_id: UUID, on: date) -> PaymentTerms | None:
    """The terms that count on a day: those with this supplier before those with all, then the latest."""
    found: PaymentTerms | None = await session.scalar(
        select(PaymentTerms)
        .where(
            col(PaymentTerms.buyer_id) == buyer_id,
            or_(col(PaymentTerms.supplier_id) == supplier_id, col(PaymentTerms.supplier_id).is_(None)),
            col(PaymentTerms.valid_from) <= on,
        )
        .order_by(col(PaymentTerms.supplier_id).is_(None), col(PaymentTerms.valid_from).desc())
        .limit(1)
    )
    return found


async def page_of_terms(
    session: AsyncSession, principal: Principal, supplier_id: UUID | None, request: PageRequest
) -> Page[PaymentTerms]:
    """Everything that the buyer has ever set, newest first."""
    statement = select(PaymentTerms).where(col(PaymentTerms.buyer_id) == principal.organisation_id)
    if supplier_id is not None:
        statement = statement.where(col(PaymentTerms.supplier_id) == supplier_id)
    return await paginate(session, statement, keys=(PaymentTerms.id,), request=request, descending=True)
