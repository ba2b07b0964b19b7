"""The use cases of search."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.search import errors, repository
from procurement.search.rules import Hit, Kind, Query


async def find(work: Work, text: str, kinds: Sequence[Kind], limit: int) -> dict[Kind, Page[Hit]]:
    """The best hits of each kind that the caller may read, in the order of `Kind`; all kinds when none is named.

    InvalidArgument QUERY_TOO_SHORT.
    """
    return await _find(work, text, kinds or tuple(Kind), PageRequest(limit))


async def page(work: Work, text: str, kind: Kind, request: PageRequest) -> Page[Hit]:
    """Hits of one kind, the best first; none when the caller may not read it. InvalidArgument QUERY_TOO_SHORT."""
    return (await _find(work, text, (kind,), request)).get(kind, Page([]))


async def _find(work: Work, text: str, kinds: Sequence[Kind], request: PageRequest) -> dict[Kind, Page[Hit]]:
    work.require(permissions.SEARCH)
    query = Query.of(text)
    if query.is_too_short:
        raise errors.too_short()
    async with work.reading() as session:
        return await repository.find(session, work.principal, query, kinds, request)
