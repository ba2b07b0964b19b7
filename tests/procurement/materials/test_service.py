"""Use cases of the catalogue on a real PostgreSQL."""

from __future__ import annotations

import pytest

from chassis.errors import MalformedRequest, NotFound
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from procurement.materials import service
from procurement.materials.repository import MaterialFilter
from tests.harness import Harness, organisation
from tests.procurement.materials.test_endpoints import HEADER, fresh_branch

OPERATOR = organisation(Kind.OPERATOR).as_(Role.ADMIN)


async def test_every_change_is_audited_and_nothing_else(procurement: Harness) -> None:
    """A row that says nothing new leaves no trace."""
    branch = fresh_branch()
    content = (HEADER + f"{branch}01,圆钢,,,t,no\n").encode()
    for _ in range(2):
        async with procurement.work(OPERATOR) as work:
            report = await service.import_catalogue(work, content)
    assert [row.status for row in report.taken] == ["unchanged"]
    async with procurement.work(OPERATOR) as work:
        material = await service.get(work, f"{branch}01")
    assert await procurement.audited(material.id) == ["materials.created"]


async def test_retired_material_is_shown_only_when_asked_for(procurement: Harness) -> None:
    branch = fresh_branch()
    content = (HEADER + f"{branch}01,圆钢,,,t,yes\n{branch}02,方钢,,,t,no\n").encode()
    async with procurement.work(OPERATOR) as work:
        await service.import_catalogue(work, content)
    async with procurement.work(OPERATOR) as work:
        listed = await service.page(work, MaterialFilter(code=branch), PageRequest())
        everything = await service.page(work, MaterialFilter(code=branch, retired=True), PageRequest())
    assert [one.code for one in listed.items] == [f"{branch}02"]
    assert [one.code for one in everything.items] == [f"{branch}01", f"{branch}02"]


async def test_a_wildcard_is_a_letter_like_others(procurement: Harness) -> None:
    """`%` in a search text finds a percent sign, not everything."""
    branch = fresh_branch()
    content = (HEADER + f"{branch}01,圆钢,100%镀锌,,t,no\n{branch}02,方钢,,,t,no\n").encode()
    async with procurement.work(OPERATOR) as work:
        await service.import_catalogue(work, content)
    async with procurement.work(OPERATOR) as work:
        found = await service.page(work, MaterialFilter(code=branch, text="%"), PageRequest())
        with pytest.raises(NotFound):
            await service.get(work, "00000001")
    assert [one.code for one in found.items] == [f"{branch}01"]


async def test_an_unreadable_file_changes_nothing(procurement: Harness) -> None:
    before = await procurement.checksum()
    with pytest.raises(MalformedRequest):
        async with procurement.work(OPERATOR) as work:
            await service.import_catalogue(work, b"\xff")
    assert await procurement.checksum() == before
