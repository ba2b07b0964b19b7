"""Use cases of saved filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.saved_filters import errors, repository
from procurement.saved_filters.models import SavedFilter

AUDITED = ("listing", "name", "shared", "query")


@dataclass(frozen=True, slots=True)
class Content:
    """What is saved. The door has checked `query` against the filters of the list."""

    listing: str
    name: str
    shared: bool
    query: Mapping[str, str]


async def save(work: Work, content: Content) -> SavedFilter:
    """Keep a filter under a name; AlreadyExists SAVED_FILTER_NAME_TAKEN."""
    work.require(permissions.SAVED_FILTERS)
    session = await work.writing()
    me = work.principal
    row = SavedFilter(
        version=1,
        created_at=work.now,
        updated_at=work.now,
        organisation_id=me.organisation_id,
        owner=me.subject,
        listing=content.listing,
        name=content.name,
        shared=content.shared,
        query=dict(content.query),
    )
    await repository.store(session, row)
    work.audit("saved-filters.save", "saved_filter", row.id, None, audit.fields(row, *AUDITED))
    return row


async def page(work: Work, listing: str | None, request: PageRequest) -> Page[SavedFilter]:
    """Own and shared ones, newest first; of one list if it is named."""
    work.require(permissions.SAVED_FILTERS)
    async with work.reading() as session:
        return await repository.page(session, work.principal, listing, request)


async def get(work: Work, filter_id: UUID) -> SavedFilter:
    """One of them; NotFound SAVED_FILTER_NOT_FOUND."""
    work.require(permissions.SAVED_FILTERS)
    async with work.reading() as session:
        return await repository.get(session, work.principal, filter_id)


async def change(work: Work, filter_id: UUID, expected_version: int, content: Content) -> SavedFilter:
    """Its owner writes it anew; PermissionDenied SAVED_FILTER_NOT_YOURS."""
    work.require(permissions.SAVED_FILTERS)
    row = await _own(work, filter_id, expected_version)
    before = audit.fields(row, *AUDITED)
    row.listing, row.name, row.shared = content.listing, content.name, content.shared
    row.query = dict(content.query)
    touch(row, work)
    await repository.store(await work.writing(), row)
    work.audit("saved-filters.change", "saved_filter", row.id, before, audit.fields(row, *AUDITED))
    return row


async def delete(work: Work, filter_id: UUID, expected_version: int) -> SavedFilter:
    """Its owner gives it up; PermissionDenied SAVED_FILTER_NOT_YOURS."""
    work.require(permissions.SAVED_FILTERS)
    row = await _own(work, filter_id, expected_version)
    await repository.remove(await work.writing(), row)
    work.audit("saved-filters.delete", "saved_filter", row.id, audit.fields(row, *AUDITED), None)
    return row


async def _own(work: Work, filter_id: UUID, expected_version: int) -> SavedFilter:
    row = await repository.get(await work.writing(), work.principal, filter_id, lock=True)
    if row.owner != work.principal.subject:
        raise errors.not_yours()
    check_version(row, expected_version)
    return row
