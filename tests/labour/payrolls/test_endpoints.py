"""The REST door of payrolls."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import key, organisation
from tests.labour.wages import MONTH, Wages


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"month": "2026-13-01"}, "/month"), ({"cost_code": ""}, "/cost_code"), ({"state": "approved"}, "/state")],
)
async def test_bad_input_points_at_the_fault(wages: Wages, change: dict[str, Any], pointer: str) -> None:
    body = {"project_id": str(wages.site.project_id), "month": MONTH, "cost_code": "02-LABOUR"} | change
    answer = await wages.refused(wages.clerk, "/payrolls", body, "INVALID_ARGUMENT")
    assert [one["pointer"] for one in answer["errors"]] == [pointer]


async def test_the_same_key_drafts_once(wages: Wages) -> None:
    await wages.paid_by_day(1)
    body = {"project_id": str(wages.site.project_id), "month": MONTH, "cost_code": "02-LABOUR"}
    once = key()
    async with wages.harness.client(wages.clerk) as client:
        first, second = [await client.post("/labour/v1/payrolls", json=body, headers=once) for _ in range(2)]
    assert (first.status_code, second.json()["id"]) == (201, first.json()["id"])


async def test_who_sees_a_sheet(wages: Wages) -> None:
    """Employer, general contractor, authority; neither the owner nor another subcontractor of the project."""
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    site = wages.site
    authority = organisation(Kind.AUTHORITY)
    for member in (site.subcontractor, site.contractor, authority):
        seen = await wages.get(member.as_(Role.VIEWER), f"/payrolls/{payroll['id']}")
        assert seen["net"] == "3200.00"
        lines = await wages.get(member.as_(Role.VIEWER), "/payroll-lines", payroll_id=payroll["id"])
        assert [one["net"] for one in lines["items"]] == ["3200.00"]
    async with wages.harness.client(site.stranger.as_(Role.VIEWER)) as client:
        assert (await client.get(f"/labour/v1/payrolls/{payroll['id']}")).status_code == 404
    async with wages.harness.client(site.owner.as_(Role.VIEWER)) as client:
        assert (await client.get(f"/labour/v1/payrolls/{payroll['id']}")).status_code == 403


async def test_a_link_is_shown_once(wages: Wages) -> None:
    await wages.paid_by_day(1)
    _, lines = await wages.submitted()
    [line] = lines.values()
    once = key()
    place = f"/labour/v1/payroll-lines/{line['id']}:issue-link"
    async with wages.harness.client(wages.clerk) as client:
        first, again = [await client.post(place, headers=once) for _ in range(2)]
    assert (bool(first.json()["link"]), again.json()["link"]) == (True, "")


async def test_kinds_of_items_are_listed(wages: Wages) -> None:
    found = (await wages.get(wages.clerk, "/payroll-item-kinds"))["items"]
    assert {"code": "bonus", "zh": "奖金", "en": "Bonus", "direction": "allowance"} in found


async def test_links_of_a_whole_sheet_are_shown_once_and_kept_nowhere(wages: Wages) -> None:
    await wages.paid_by_day(3)
    payroll, lines = await wages.submitted()
    once, place = key(), f"/labour/v1/payrolls/{payroll['id']}:issue-links"
    async with wages.harness.client(wages.clerk) as client:
        first, again = [await client.post(place, headers=once) for _ in range(2)]
    secrets = first.json()["links"]
    assert (first.json()["issued"], first.headers["cache-control"]) == (3, "no-store")
    assert set(secrets) == {one["id"] for one in lines.values()}
    assert (again.json()["links"], again.headers["idempotency-replayed"]) == ({}, "true")
    assert again.json()["lines"] == first.json()["lines"]
    async with wages.harness.sql() as connection:
        kept = await connection.fetch(
            "SELECT convert_from(body, 'UTF8') FROM idempotency_keys WHERE organisation_id = $1 "
            "UNION ALL SELECT after::text FROM audit WHERE organisation_id = $1 AND after IS NOT NULL "
            "UNION ALL SELECT l::text FROM links l WHERE employer_id = $1",
            wages.site.subcontractor.id,
        )
    told = "".join(row[0] for row in kept)
    assert '"issued":3' in told, "the answer is kept, without its secrets"
    assert not any(secret in told for secret in secrets.values())
