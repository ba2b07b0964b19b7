"""The only SQL of listed employers, and the reader of the rules. Callers' queries start from `visible_to`, or from
`repayment_visible_to` for what an employer tells of himself."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownOrganisation
from chassis.work import constraint_of
from labour.employer_listings import errors
from labour.employer_listings.models import EmployerListing, ListingDecision, Repayment
from labour.employer_listings.rules import ListingRules, Reason
from labour.employer_listings.states import OPEN_REPAYMENTS, State

CLAUSES = ("years", "early_exit", "another_decision", "arrears_again")


@lru_cache(maxsize=1)
def rules() -> tuple[ListingRules, ...]:
    """What the law says of the list, from data."""
    text = files("labour.employer_listings").joinpath("data", "listing-rules.json").read_text(encoding="utf-8")
    return tuple(_rules(one) for one in json.loads(text)["rules"])


def _rules(raw: dict[str, Any]) -> ListingRules:
    clauses = {name: raw[name] for name in CLAUSES} | {f"refuses {one['what']}": one for one in raw["refuses"]}
    return ListingRules(
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
        source=raw["source"],
        status=raw["status"],
        years=raw["years"]["value"],
        early_exit_months=raw["early_exit"]["months"],
        pledge=raw["early_exit"]["pledge"],
        extends=raw["another_decision"]["extends"],
        bars_early_exit=raw["arrears_again"]["bars_early_exit"],
        reasons={one["code"]: Reason(**one) for one in raw["reasons"]},
        refuses=frozenset(one["what"] for one in raw["refuses"]),
        sources={name: one["source"] for name, one in clauses.items()},
        statuses={name: one["status"] for name, one in clauses.items()},
    )


WITH_DECISIONS = selectinload(EmployerListing.decisions)  # type: ignore[arg-type]


def counts_on(day: date) -> ColumnElement[bool]:
    """Listings that count on a day; the same as `rules.counts_on`."""
    return and_(
        col(EmployerListing.listed_from) <= day,
        col(EmployerListing.ends_on) >= day,
        or_(col(EmployerListing.over_on).is_(None), col(EmployerListing.over_on) > day),
    )


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """Everybody sees what counts today, the listed employer his own and the authority all, also what is over."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(counts_on(on), col(EmployerListing.employer_id) == principal.organisation_id)


def repayment_visible_to(principal: Principal) -> ColumnElement[bool]:
    """What an employer tells of himself is his own, and the authority's that has listed him."""
    return or_(
        col(Repayment.employer_id) == principal.organisation_id,
        col(Repayment.authority_id) == principal.organisation_id,
    )


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which listings a list shows; None means all."""

    employer_id: UUID | None = None
    uscc: str | None = None
    state: State | None = None


async def organisation(session: AsyncSession, employer_id: UUID | None, uscc: str | None) -> KnownOrganisation | None:
    """An organisation of the platform by its id, or by its unified social credit code."""
    wanted = (
        col(KnownOrganisation.organisation_id) == employer_id
        if employer_id is not None
        else col(KnownOrganisation.uscc) == uscc
    )
    found: KnownOrganisation | None = await session.scalar(select(KnownOrganisation).where(wanted))
    return found


async def get(
    session: AsyncSession, principal: Principal, on: date, listing_id: UUID, *, lock: bool = False
) -> EmployerListing:
    """The listing with its decisions, locked if asked so; NotFound EMPLOYER_LISTING_NOT_FOUND."""
    found = await _one(session, listing_id, visible_to(principal, on), lock=lock)
    if found is None:
        raise errors.listing_not_found(listing_id)
    return found


async def locked(session: AsyncSession, listing_id: UUID) -> EmployerListing | None:
    """For the clock: a listing with its decisions, locked."""
    return await _one(session, listing_id, true(), lock=True)


async def _one(
    session: AsyncSession, listing_id: UUID, visible: ColumnElement[bool], *, lock: bool
) -> EmployerListing | None:
    statement = select(EmployerListing).where(visible, col(EmployerListing.id) == listing_id)
    statement = statement.options(WITH_DECISIONS)
    if lock:
        statement = statement.with_for_update(of=EmployerListing).execution_options(populate_existing=True)
    found: EmployerListing | None = await session.scalar(statement)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: ListingFilter, request: PageRequest
) -> Page[EmployerListing]:
    """The visible listings, newest first."""
    statement = select(EmployerListing).where(visible_to(principal, on))
    statement = statement.options(WITH_DECISIONS)
    for name in ("employer_id", "uscc", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(EmployerListing, name) == value)
    return await paginate(session, statement, keys=(EmployerListing.id,), request=request, descending=True)


async def counting(session: AsyncSession, employer_ids: Collection[UUID], on: date) -> dict[UUID, EmployerListing]:
    """For subcontracts and standings: by employer the listing that counts on a day; the newest if there were two."""
    statement = select(EmployerListing).where(col(EmployerListing.employer_id).in_(employer_ids), counts_on(on))
    statement = statement.options(WITH_DECISIONS)
    found = await session.scalars(statement.order_by(col(EmployerListing.id)))
    return {one.employer_id: one for one in found}


async def repayment(
    session: AsyncSession, principal: Principal, repayment_id: UUID, *, lock: bool = False
) -> Repayment:
    """The repayment, locked if asked so; NotFound REPAYMENT_NOT_FOUND."""
    statement = select(Repayment).where(repayment_visible_to(principal), col(Repayment.id) == repayment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Repayment | None = await session.scalar(statement)
    if found is None:
        raise errors.repayment_not_found(repayment_id)
    return found


async def open_repayment(session: AsyncSession, listing_id: UUID) -> Repayment | None:
    """What is told or accepted of a locked listing, locked."""
    found: Repayment | None = await session.scalar(
        select(Repayment)
        .where(col(Repayment.listing_id) == listing_id, col(Repayment.state).in_(OPEN_REPAYMENTS))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def page_of_repayments(
    session: AsyncSession, principal: Principal, listing_id: UUID, request: PageRequest
) -> Page[Repayment]:
    """The visible repayments of a listing, newest first."""
    statement = select(Repayment).where(repayment_visible_to(principal), col(Repayment.listing_id) == listing_id)
    return await paginate(session, statement, keys=(Repayment.id,), request=request, descending=True)


async def save(session: AsyncSession, row: EmployerListing | Repayment | ListingDecision) -> None:
    """Write it now; AlreadyExists EMPLOYER_LISTED, DECISION_RECORDED, REPAYMENT_TOLD."""
    session.add(row)
    label = {"uscc": getattr(row, "uscc", ""), "document": getattr(row, "source_document", "")}
    try:
        await session.flush()
    except IntegrityError as error:
        match constraint_of(error):
            case "employer_listings_once":
                raise errors.listed_already(label["uscc"]) from None
            case "employer_listing_decisions_once":
                raise errors.decision_recorded(label["document"]) from None
            case "employer_repayments_open":
                raise errors.repayment_open() from None
        raise
