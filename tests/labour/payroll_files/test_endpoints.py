"""The REST door of payroll files: who may, and what a repeated request is answered."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from labour.payroll_files.commands.pieces import COLUMNS
from tests.harness import key, organisation
from tests.labour.payroll_files import test_pieces as pieces
from tests.labour.payroll_files import test_service as items
from tests.labour.sheets import sheet
from tests.labour.wages import Wages


async def test_items_asked_again_under_the_same_key_it_is_answered_the_same(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    content, header = sheet(items.HEADER, items.item((await wages.lines(payroll))[worker])), key()
    answers = [await items.send(wages, payroll, "import", content, headers=header) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert (await wages.payroll(payroll))["net"] == "3400.00"


@pytest.mark.parametrize("role", [Role.SITE_ENGINEER, Role.VIEWER])
async def test_who_may_not_draft_may_not_import(wages: Wages, role: Role) -> None:
    [worker] = await wages.paid_by_day(1)
    payroll = await wages.draft()
    content = sheet(items.HEADER, items.item((await wages.lines(payroll))[worker]))
    before = await wages.harness.checksum()
    for verb in ("check", "import"):
        refusal = await items.send(wages, payroll, verb, content, who=wages.site.subcontractor.as_(role))
        assert (refusal.status_code, refusal.json()["code"]) == (403, "ROLE_MISSING")
    assert await wages.harness.checksum() == before


async def test_pieces_asked_again_under_the_same_key_it_is_answered_the_same(wages: Wages) -> None:
    [ref] = await pieces.crew(wages, 1)
    content, header = sheet(COLUMNS, pieces.made(ref)), key()
    answers = [await pieces.send(wages, "import", content, headers=header) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(await pieces.recorded(wages)) == 1


@pytest.mark.parametrize("verb", ["check", "import"])
@pytest.mark.parametrize(("kind", "role"), [(Kind.OWNER, Role.LABOUR_CLERK), (Kind.CONTRACTOR, Role.VIEWER)])
async def test_who_may_not_record_may_not_import(wages: Wages, verb: str, kind: Kind, role: Role) -> None:
    before = await wages.harness.checksum()
    refusal = await pieces.send(wages, verb, sheet(COLUMNS, pieces.made("W-1")), who=organisation(kind).as_(role))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "ROLE_MISSING")
    assert await wages.harness.checksum() == before
