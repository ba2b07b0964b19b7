"""Chains over REST: lists, one chain, totals, the inspector's paper; who sees them and who does not."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from chassis.identity import Kind, Principal, Role
from tests.harness import key, organisation
from tests.labour.evidence.conftest import FIRST, Months

PATH = "/labour/v1/evidence"


@pytest.fixture
async def two(months: Months) -> Months:
    """One whole chain of a day, and one that wants everything."""
    await months.contract(0, date(2026, 1, 1))
    for worker in (0, 1):
        await months.worked(worker, FIRST)
    await months.line(0, "1.00")
    await months.sign(0)
    await months.received(0)
    await months.catch_up()
    return months


async def get(months: Months, who: Principal, path: str = "", **query: Any) -> httpx.Response:
    async with months.site.harness.client(who, language="zh-CN") as client:
        return await client.get(PATH + path, params=query)


def manager(months: Months) -> Principal:
    return months.site.contractor.as_(Role.PROJECT_MANAGER)


async def test_lists_one_chain_and_totals(two: Months) -> None:
    project, who = {"project_id": str(two.site.project_id)}, manager(two)
    whole, broken = (str(one) for one in two.gate.workers[:2])
    listed = (await get(two, who, month="2026-11", status="gaps", **project)).json()["items"]
    assert [(one["worker_id"], one["days"], one["gaps"]) for one in listed] == [(broken, "1.00", 2)]
    gaps = (await get(two, who, "/gaps", responsible="employer", due_by="2026-11-14", **project)).json()["items"]
    assert [(one["worker_id"], one["code"], one["mend_until"]) for one in gaps] == [
        (broken, "CONTRACT_MISSING", FIRST.isoformat())
    ]
    one = (await get(two, who, f"/{two.site.project_id}/{whole}/2026-11")).json()
    assert (one["chain"]["status"], one["gaps"], set(one["links"].values())) == ("complete", [], {True})
    other = (await get(two, who, f"/{two.site.project_id}/{broken}/2026-11")).json()
    assert [link for link, is_whole in other["links"].items() if not is_whole] == ["contract", "sheet"]
    [totals] = (await get(two, who, "/totals", month="2026-11", **project)).json()["employers"]
    assert (totals["complete"], totals["with_gaps"], totals["net"], totals["paid"]) == (1, 1, "300.00", "300.00")
    assert totals["gaps"] == {"CONTRACT_MISSING": 1, "SHEET_MISSING": 1}


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "无已签合同"), ("en", "no signed contract")])
async def test_the_inspectors_paper(two: Months, language: str, words: str) -> None:
    query = {"project_id": str(two.site.project_id), "employer_id": str(two.site.subcontractor.id)}
    answer = await get(two, manager(two), "/document", month="2026-11", language=language, **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    squeezed = "".join(text.split())
    assert "●●●●●●●●" in squeezed
    assert "○●●●○●●●" in squeezed
    assert "".join(words.split()) in squeezed


async def test_who_sees_it(two: Months) -> None:
    site, query = two.site, {"project_id": str(two.site.project_id)}
    path = f"/{site.project_id}/{two.gate.workers[0]}/2026-11"
    for who in (site.subcontractor, site.contractor, site.owner, organisation(Kind.AUTHORITY)):
        assert len((await get(two, who.as_(Role.PROJECT_MANAGER), **query)).json()["items"]) == 2, who.kinds
    stranger = site.stranger.as_(Role.PROJECT_MANAGER)
    for below in ("", "/gaps"):
        assert (await get(two, stranger, below, **query)).json()["items"] == []
    assert (await get(two, stranger, "/totals", month="2026-11", **query)).json() == {"employers": []}
    for answer in (
        await get(two, stranger, path),
        await get(two, stranger, "/document", month="2026-11", employer_id=str(site.subcontractor.id), **query),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "EVIDENCE_NOT_FOUND")


async def test_the_operator_alone_recomputes(two: Months) -> None:
    body = {"project_id": str(two.site.project_id)}
    before = await two.all_rows()
    async with two.site.harness.client(manager(two)) as client:
        refused = await client.post(f"{PATH}:recompute", json=body, headers=key())
    async with two.site.harness.client(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        done = await client.post(f"{PATH}:recompute", json=body, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_MISSING")
    assert (done.status_code, done.json()) == (200, {"months": 2})
    assert await two.all_rows() == before


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-11", "now"])
async def test_a_month_that_is_none(months: Months, month: str) -> None:
    answer = await get(months, manager(months), month=month, project_id=str(months.site.project_id))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query:month")
