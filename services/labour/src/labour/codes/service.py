"""Use cases of codes: reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work
from labour import permissions
from labour.codes import errors, repository
from labour.codes.models import AgeRule, Code, CodeTable

T = TypeVar("T")


async def tables(work: Work, request: PageRequest) -> Page[CodeTable]:
    """Every code table."""
    work.require(permissions.CODES_READ)
    return _page(list(repository.tables().values()), request)


async def codes(work: Work, name: str, request: PageRequest) -> Page[Code]:
    """The entries of one table, in its own order; NotFound CODE_TABLE_NOT_FOUND."""
    work.require(permissions.CODES_READ)
    table = repository.tables().get(name)
    if table is None:
        raise errors.table_not_found(name)
    return _page(list(table.codes.values()), request)


async def age_rules(work: Work, request: PageRequest) -> Page[AgeRule]:
    """The age rules of every city, with their sources."""
    work.require(permissions.CODES_READ)
    return _page(list(repository.entry_rules().age), request)


def _page(rows: Sequence[T], request: PageRequest) -> Page[T]:
    # The rows are part of the release, so a position is as stable as a key.
    [start] = decode_token(request.token, [int]) if request.token else [0]
    start = max(0, start)
    end = start + request.size
    return Page(rows[start:end], encode_token([end]) if end < len(rows) else "")
