"""Reading codes."""

from __future__ import annotations

import pytest

from chassis.errors import MalformedRequest, NotFound, PermissionDenied
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.codes import service
from labour.codes.models import Code
from tests.harness import Harness, organisation

READER = organisation(Kind.CONTRACTOR).as_(Role.VIEWER)


async def test_pages_join_to_the_whole_table(labour: Harness) -> None:
    async with labour.work(READER) as work:
        whole = await service.codes(work, "work_type", PageRequest(500))
        token = ""
        found: list[Code] = []
        while True:
            page = await service.codes(work, "work_type", PageRequest(10, token))
            found.extend(page.items)
            token = page.next_page_token
            if not token:
                break
    assert found == list(whole.items)
    assert len(found) == 37


async def test_an_unknown_table_is_not_found(labour: Harness) -> None:
    with pytest.raises(NotFound, match="CODE_TABLE_NOT_FOUND"):
        async with labour.work(READER) as work:
            await service.codes(work, "nonsense", PageRequest())


async def test_a_foreign_token_is_refused(labour: Harness) -> None:
    with pytest.raises(MalformedRequest):
        async with labour.work(READER) as work:
            await service.tables(work, PageRequest(10, "nonsense"))


async def test_without_any_role_nothing_is_read(labour: Harness) -> None:
    with pytest.raises(PermissionDenied):
        async with labour.work(organisation(Kind.SUPPLIER).as_()) as work:
            await service.tables(work, PageRequest())
