"""The only SQL of records. Every query of a caller starts from `visible_to` or `listing_visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.records import errors
from labour.records.models import BlacklistEntry, ConductRecord, RecordKind
from labour.workers.models import Worker


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An employer sees what it has recorded itself, the authority all; another employer nothing."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return col(ConductRecord.employer_id) == principal.organisation_id


def counts_on(day: date) -> ColumnElement[bool]:
    """Entries that count on a day; the same as `rules.counts_on`."""
    return and_(
        col(BlacklistEntry.valid_from) <= day,
        or_(col(BlacklistEntry.valid_to).is_(None), col(BlacklistEntry.valid_to) >= day),
        or_(col(BlacklistEntry.lifted_on).is_(None), col(BlacklistEntry.lifted_on) > day),
    )


def listing_visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """Everybody sees the entries that count today, the authority also the earlier and the coming ones."""
    return true() if Kind.AUTHORITY in principal.kinds else counts_on(on)


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records a list shows; None means all."""

    worker_id: UUID | None = None
    employer_id: UUID | None = None
    kind: RecordKind | None = None


async def get(session: AsyncSession, principal: Principal, record_id: UUID, *, lock: bool = False) -> ConductRecord:
    """The record, locked if asked so; NotFound RECORD_NOT_FOUND when the caller may not see it."""
    statement = select(ConductRecord).where(visible_to(principal), col(ConductRecord.id) == record_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    record = await session.scalar(statement)
    if record is None:
        raise errors.record_not_found(record_id)
    return record


async def page(
    session: AsyncSession, principal: Principal, wanted: RecordFilter, request: PageRequest
) -> Page[ConductRecord]:
    """The visible records, newest first."""
    statement = select(ConductRecord).where(visible_to(principal))
    for name in ("worker_id", "employer_id", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(ConductRecord, name) == value)
    return await paginate(session, statement, keys=(ConductRecord.id,), request=request, descending=True)


async def entry(
    session: AsyncSession, principal: Principal, on: date, entry_id: UUID, *, lock: bool = False
) -> BlacklistEntry:
    """The entry, locked if asked so; NotFound BLACKLIST_ENTRY_NOT_FOUND when it is not published to the caller."""
    statement = select(BlacklistEntry).where(listing_visible_to(principal, on), col(BlacklistEntry.id) == entry_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.entry_not_found(entry_id)
    return found


async def page_of_entries(
    session: AsyncSession, principal: Principal, on: date, request: PageRequest
) -> Page[BlacklistEntry]:
    """The published entries, newest first."""
    statement = select(BlacklistEntry).where(listing_visible_to(principal, on))
    return await paginate(session, statement, keys=(BlacklistEntry.id,), request=request, descending=True)


async def employments(session: AsyncSession, person_id: UUID) -> list[UUID]:
    """For the gates: every employment of a person, in one order."""
    return list(
        await session.scalars(select(col(Worker.id)).where(col(Worker.person_id) == person_id).order_by(col(Worker.id)))
    )


async def ends_of_listing(session: AsyncSession, person_id: UUID, day: date) -> tuple[bool, date | None]:
    """Whether an entry of the person counts on the day or later, and the last day of all of them (None: without)."""
    statement = select(BlacklistEntry).where(
        col(BlacklistEntry.person_id) == person_id,
        col(BlacklistEntry.lifted_on).is_(None),
        or_(col(BlacklistEntry.valid_to).is_(None), col(BlacklistEntry.valid_to) >= day),
    )
    found = list(await session.scalars(statement))
    last = [one.valid_to for one in found if one.valid_to is not None]
    return bool(found), max(last) if found and len(last) == len(found) else None
