"""The use case of search."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.work import Work
from procurement import permissions
from procurement.search import errors, repository
from procurement.search.rules import Hits, Kind, Query


async def find(work: Work, text: str, kinds: Sequence[Kind], limit: int) -> list[Hits]:
    """The best hits of each kind that the caller may read, in the order of `Kind`; all kinds when none is named.

    InvalidArgument QUERY_TOO_SHORT.
    """
    work.require(permissions.SEARCH)
    query = Query.of(text)
    if query.is_too_short:
        raise errors.too_short()
    async with work.reading() as session:
        return await repository.find(session, work.principal, query, kinds or tuple(Kind), limit)
