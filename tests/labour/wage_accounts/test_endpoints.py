"""The REST door of wage accounts."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from tests.harness import key
from tests.labour.wages import Wages


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"share_amount": "0.00"}, "/share_amount"),
        ({"share_amount": "1.001"}, "/share_amount"),
        ({"share_day": 29}, "/share_day"),
        ({"signed_on": "2026-11-24"}, "/signed_on"),
        ({"balance": "1.00"}, "/balance"),
    ],
)
async def test_bad_input_points_at_the_fault(wages: Wages, change: dict[str, Any], pointer: str) -> None:
    body = {"project_id": str(wages.site.project_id), "signed_on": "2026-11-02", "share_amount": "1.00"} | change
    answer = await wages.refused(wages.accountant, "/wage-accounts", body, "INVALID_ARGUMENT")
    assert [one["pointer"] for one in answer["errors"]] == [pointer]


async def test_the_owner_sees_the_account_and_the_subcontractor_does_not(wages: Wages) -> None:
    account = await wages.account("5.00")
    viewer = wages.site.owner.as_(Role.VIEWER)
    assert (await wages.get(viewer, f"/wage-accounts/{account['id']}"))["balance"] == "5.00"
    entries = (await wages.get(viewer, f"/wage-accounts/{account['id']}/entries"))["items"]
    assert [(one["kind"], one["amount"], one["balance"]) for one in entries] == [("deposit", "5.00", "5.00")]
    async with wages.harness.client(wages.site.subcontractor.as_(Role.LABOUR_CLERK)) as client:
        answer = await client.get(f"/labour/v1/wage-accounts/{account['id']}")
    assert answer.status_code == 403


async def test_another_version_is_refused(wages: Wages) -> None:
    account = await wages.account()
    body = {"share_day": 5, "share_amount": "2.00"}
    place = f"/labour/v1/wage-accounts/{account['id']}:agree-share"
    async with wages.harness.client(wages.accountant) as client:
        stale = await client.post(place, json=body, headers=key() | {"If-Match": '"1"'})
        fresh = await client.post(place, json=body, headers=key() | {"If-Match": f'"{account["version"]}"'})
    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert (fresh.json()["share_day"], fresh.json()["share_amount"]) == (5, "2.00")
