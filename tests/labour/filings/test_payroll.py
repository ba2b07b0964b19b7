"""Wages at the platforms: what is filed of a sheet and when, what follows, and what a platform refuses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from infra.authority import national, province
from tests.labour.authority import SECRET, Desk, Simulator, made
from tests.labour.conftest import Site
from tests.labour.wages import CARD, Wages, failed, paid

ACCOUNT = "4000027009200123456"
DECRYPT = {"national": national.decrypt, "demo_province": province.decrypt}
FIELDS = {
    "national": ("payRollBankCardNumber", "payBankCardNumber", "totalPayAmount", "actualAmount", "balanceDate"),
    "demo_province": ("bank_card_number", "paying_card_number", "gross", "net", "paid_on"),
}


@dataclass
class Payday:
    """Workers in a team, with terms and days, whose project is connected."""

    desk: Desk
    wages: Wages
    workers: list[UUID]

    async def paid(self, *outcomes: bool) -> tuple[Any, Any, dict[UUID, Any]]:
        """The sheet is approved, and the bank pays or not, worker by worker; the account, sheet and lines."""
        sheet, lines = await self.wages.approved()
        account = await self.wages.account("100000.00")
        await self.bank(account, *outcomes)
        return account, sheet, lines

    async def bank(self, account: Any, *outcomes: bool) -> None:
        """A payout, and its answer."""
        payout, rows = await self.wages.sent(account)
        await self.wages.answer(
            payout, [paid(row) if good else failed(row) for row, good in zip(rows, outcomes, strict=True)]
        )

    async def sheet(self) -> list[dict[str, Any]]:
        """What the platform has of the sheet, card numbers in clear."""
        cards = FIELDS[self.desk.authority][:2]
        decrypt = DECRYPT[self.desk.authority]
        kept = [row.get("sent", row) for row in await self.desk.kept("payroll")]
        return [row | {name: row[name] and decrypt(row[name], SECRET) for name in cards} for row in kept]


@pytest.fixture(params=sorted(FIELDS))
async def payday(request: pytest.FixtureRequest, site: Site, authority: Simulator) -> Payday:
    """For each platform."""
    desk = await made(site, authority, request.param)
    wages = Wages(site)
    workers = await wages.paid_by_day(2)
    await desk.team("钢筋一班", *workers)
    await desk.connect()
    return Payday(desk, wages, workers)


async def test_a_line_is_filed_once_the_bank_has_paid_it(payday: Payday) -> None:
    """Not when it is approved: the platform asks for the day and the amount of the payment."""
    desk = payday.desk
    _, lines = await payday.wages.approved()
    await desk.file()
    assert await desk.rows(kind="payroll") == []
    account = await payday.wages.account("100000.00")
    await payday.bank(account, True, False)
    await desk.file()
    await desk.all_accepted()
    [filed] = await desk.rows(kind="payroll")
    assert filed["object_key"] in {line["id"] for line in lines.values()}
    [row] = await payday.sheet()
    card, account_number, total, actual, day = (row[name] for name in FIELDS[desk.authority])
    assert (card, account_number, total, actual, day) == (CARD, ACCOUNT, "3200.00", "3200.00", "2026-11-23")
    assert row[("payMonth" if desk.authority == "national" else "month")] == "2026-11"
    assert Decimal(row["days"]) == 10


async def test_what_failed_follows_on_the_day_on_which_it_is_paid(payday: Payday) -> None:
    account, _, _ = await payday.paid(False, True)
    await payday.desk.file()
    assert len(await payday.sheet()) == 1
    await payday.bank(account, True)
    await payday.desk.file()
    await payday.desk.all_accepted()
    assert [effect[1] for effect in await payday.desk.effects("payroll")] == ["add", "add"]
    codes = {row.get("thirdPayRollCode") or row["key"] for row in await payday.sheet()}
    assert codes == {row["object_key"] for row in await payday.desk.rows(kind="payroll")}
    assert len(codes) == 2


@pytest.mark.parametrize("run", ["arrears", "correction"])
async def test_corrections_and_arrears_follow_as_lines_of_their_own(payday: Payday, run: str) -> None:
    desk, wages = payday.desk, payday.wages
    account, sheet, _ = await payday.paid(True, True)
    await desk.file()
    late = {"worker_id": str(payday.workers[0]), "amount": "320.00", "note": "11月12日漏记一个工日"}
    body = {"corrects_id": sheet["id"], "run": run, "lines": [late]}
    more = await wages.post(wages.clerk, "/payroll-corrections", body, status=201)
    await wages.verb(more, "submit")
    await wages.on_paper(more, (await wages.lines(more)).values())
    await wages.verb(more, "check", wages.checker)
    await wages.verb(more, "approve", wages.approver)
    await payday.bank(account, True)
    await desk.file()
    await desk.all_accepted()
    rows = await payday.sheet()
    assert len(rows) == 3
    assert [effect[1] for effect in await desk.effects("payroll")] == ["add"] * 3
    flags = [row.get("isBackPay", row.get("is_back_pay")) in ("1", True) for row in rows]
    assert flags == [False, False, run == "arrears"]
    if desk.authority == "national":
        assert rows[-1].get("backPayMonth", "") == ("2026-11" if run == "arrears" else "")


@pytest.mark.parametrize("purpose", ["bank_account", "upload_to_authority"])
async def test_who_takes_his_consent_back_has_his_card_taken_back(payday: Payday, purpose: str) -> None:
    """At the next update, in the sheet and in the register; the paying account is no person's and stays."""
    desk, worker = payday.desk, payday.workers[0]
    await payday.paid(True, True)
    body = {"purpose": "upload_to_authority", "text_version": "2026-1", "given_on": "2026-11-01"}
    await desk.site.post(f"/labour/v1/workers/{worker}/consents", body, desk.site.clerk, status=201)
    await desk.file()
    card, account_number = FIELDS[desk.authority][:2]
    assert [row[card] for row in await payday.sheet()] == [CARD, CARD]
    async with desk.harness.client(desk.site.clerk) as client:
        given = (await client.get(f"/labour/v1/workers/{worker}/consents")).json()["items"]
    [consent] = [one["id"] for one in given if one["purpose"] == purpose]
    await desk.site.post(f"/labour/v1/consents/{consent}:withdraw", {"reason": "本人撤回"}, desk.site.clerk)
    await desk.file()
    await desk.all_accepted()
    assert sorted(row[card] for row in await payday.sheet()) == ["", CARD]
    assert {row[account_number] for row in await payday.sheet()} == {ACCOUNT}
    registered = [row.get("payRollBankCardNumber", row.get("bank_card_number")) for row in await desk.kept("worker")]
    assert sorted(bool(one) for one in registered) == [False, True]


async def test_the_card_of_an_heir_is_not_his_to_consent_to(payday: Payday) -> None:
    wages, worker = payday.wages, payday.workers[0]
    _, lines = await wages.approved()
    body = {"line_id": lines[worker]["id"], "cause": "heir", "name": "李梅", "card": "6217000010001234567"}
    body |= {"file_id": await wages.scan(), "reason": "继承人"}
    payee = await wages.post(wages.clerk, "/payees", body, status=201)
    await wages.post(wages.approver, f"/payees/{payee['id']}:confirm")
    await payday.bank(await wages.account("100000.00"), True, True)
    await payday.desk.file()
    await payday.desk.all_accepted()
    card = FIELDS[payday.desk.authority][0]
    assert sorted(row[card] for row in await payday.sheet()) == ["", CARD]


async def test_nothing_is_filed_of_somebody_whom_the_platform_does_not_know(payday: Payday) -> None:
    desk = payday.desk
    await payday.paid(True, True)
    method = "ProjectWorker.Add" if desk.authority == "national" else "PUT /v2/worker"
    bad = "-1" if desk.authority == "national" else "E_FIELD"
    await desk.simulator.control(desk.authority, faults=[{"fault": "code", "code": bad, "method": method, "times": 9}])
    await desk.file()
    assert set(await desk.states("worker")) == {"refused"}
    assert await desk.states("payroll") == ["queued", "queued"]
    assert await payday.sheet() == []
