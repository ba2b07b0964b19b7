"""The REST door of payouts."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from tests.harness import key
from tests.labour.wages import Wages


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"execute_on": "soon"}, "/execute_on"), ({"number": "a b"}, "/number"), ({"total": "1.00"}, "/total")],
)
async def test_bad_input_points_at_the_fault(wages: Wages, change: dict[str, Any], pointer: str) -> None:
    account = await wages.account()
    body = {"account_id": account["id"], "execute_on": "2026-11-25"} | change
    answer = await wages.refused(wages.accountant, "/payouts", body, "INVALID_ARGUMENT")
    assert [one["pointer"] for one in answer["errors"]] == [pointer]


async def test_a_file_of_another_kind_is_refused(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    payout, _ = await wages.sent(await wages.account("10000.00"))
    before = await wages.harness.checksum()
    async with wages.harness.client(wages.accountant) as client:
        place = f"/labour/v1/payouts/{payout['id']}:settle"
        pdf = await client.post(place, content=b"%PDF", headers=key() | {"Content-Type": "application/pdf"})
        csv = await client.post(place, content=b"a,b", headers=key() | {"Content-Type": "text/csv"})
    assert (pdf.status_code, csv.json()["code"]) == (415, "CSV_UNREADABLE")
    assert await wages.harness.checksum() == before


async def test_the_employer_sees_no_payout(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    payout = await wages.payout(await wages.account("10000.00"))
    member = type(wages.site.contractor)(wages.site.contractor.kinds, wages.site.subcontractor.id).as_(Role.ACCOUNTANT)
    async with wages.harness.client(member) as client:
        assert (await client.get(f"/labour/v1/payouts/{payout['id']}")).status_code == 404
        assert (await client.get("/labour/v1/payouts")).json()["items"] == []
