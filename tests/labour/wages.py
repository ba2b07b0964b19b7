"""A site whose workers are paid: contracts, days, sheets, signatures, the account, payouts."""

from __future__ import annotations

import csv
import io
from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from chassis.identity import Principal, Role
from chassis.ids import new_id
from chassis.tabular import CSV
from labour.contracts.models import Contract
from labour.contracts.states import State, WageKind
from labour.workers.models import AgreementKind
from tests.chassis.files.samples import pdf, uploaded
from tests.facts import tell_organisation
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.contracting import Phone, run, waiting

BASE = "/labour/v1"
ENTERED = "2026-10-15T08:00:00+08:00"
MONTH = "2026-11-01"
CARD = "6222020200112233445"
NAMES = ("广东建工集团", "示范项目")


class Wages:
    """Everything that happens between a day's work and the card, through the public doors."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def harness(self) -> Harness:
        """The service."""
        return self.site.harness

    @cached_property
    def accountant(self) -> Principal:
        """Of the general contractor."""
        return self.site.contractor.as_(Role.ACCOUNTANT)

    @cached_property
    def checker(self) -> Principal:
        """Of the general contractor."""
        return self.site.contractor.as_(Role.PROJECT_MANAGER)

    @cached_property
    def approver(self) -> Principal:
        """Of the general contractor."""
        return self.site.contractor.as_(Role.APPROVER)

    @cached_property
    def clerk(self) -> Principal:
        """Of the employer."""
        return self.site.clerk

    async def post(self, who: Principal, path: str, body: Any = None, *, status: int = 200) -> Any:
        """A change by somebody."""
        return await self.site.post(f"{BASE}{path}", body, who, status=status)

    async def get(self, who: Principal, path: str, **query: Any) -> Any:
        """A question of somebody's."""
        async with self.harness.client(who) as client:
            answer = await client.get(f"{BASE}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, who: Principal, path: str, body: Any, code: str) -> Any:
        """A change that is refused with a code and leaves everything as it was."""
        before = await self.harness.checksum()
        async with self.harness.client(who) as client:
            answer = await client.post(f"{BASE}{path}", json=body, headers=key())
        assert answer.json()["code"] == code, answer.text
        assert await self.harness.checksum() == before
        return answer.json()

    # ---- workers, terms, work ----

    async def crew(self, count: int, **row: Any) -> list[UUID]:
        """Workers who have been on site since the middle of October."""
        workers = await self.site.workers(*(worker_row(**row) for _ in range(count)))
        await self.site.assigned(workers, enter_at=ENTERED)
        return workers

    async def terms(self, worker: UUID, rate: str = "320.00", kind: str = "day", **changes: Any) -> UUID:
        """A signed contract of a worker, on record as contracts write it."""
        unit = {"day": "工日", "month": "月"}.get(kind, "m2")
        now = self.harness.clock.now()
        row: dict[str, Any] = {
            "created_at": now,
            "updated_at": now,
            "employer_id": self.site.subcontractor.id,
            "worker_id": worker,
            "project_id": self.site.project_id,
            "kind": AgreementKind.LABOUR_CONTRACT,
            "number": f"LD-{new_id()}",
            "duties": "",
            "valid_from": date(2026, 1, 1),
            "wage_kind": WageKind(kind),
            "wage_rate": Decimal(rate),
            "wage_unit": unit,
            "pay_day": 15,
            "language": "zh-CN",
            "state": State.SIGNED,
            "sha256": "0" * 64,
            "signed_at": now,
        }
        contract = Contract(**row | changes)
        async with self.harness.work(self.clerk) as work:
            (await work.writing()).add(contract)
        return contract.id

    async def worked(self, worker: UUID, days: Iterable[int], each: str = "1.00", month: str = MONTH) -> None:
        """Worker days of a month, as attendance counts them."""
        first = date.fromisoformat(month)
        async with self.harness.sql() as connection:
            await connection.executemany(
                "INSERT INTO worker_days (assignment_id, day, project_id, worker_id, employer_id, days) "
                "SELECT id, $2, project_id, worker_id, employer_id, $3 FROM assignments WHERE worker_id = $1 "
                "ON CONFLICT (assignment_id, day) DO UPDATE SET days = excluded.days",
                [(worker, first.replace(day=day), Decimal(each)) for day in days],
            )

    async def paid_by_day(self, count: int, days: int = 10, rate: str = "320.00", **row: Any) -> list[UUID]:
        """Workers with terms who have worked the first days of the month."""
        workers = await self.crew(count, **row)
        for worker in workers:
            await self.terms(worker, rate)
            await self.worked(worker, range(1, days + 1))
        return workers

    # ---- sheets ----

    async def begun(self, month: str = MONTH, *, status: int = 201) -> Any:
        """A sheet whose lines are not drafted yet."""
        body = {"project_id": str(self.site.project_id), "month": month, "cost_code": "02-LABOUR"}
        return await self.post(self.clerk, "/payrolls", body, status=status)

    async def fill(self, payroll: Any) -> Any:
        """Run the jobs that draft its lines, until it is a draft."""
        while (seen := await self.payroll(payroll))["state"] == "drafting":
            [payload, *_] = await waiting(self.harness, "payrolls.fill", payroll["id"])
            await run(self.harness, "payrolls.fill", payload)
        return seen

    async def draft(self, month: str = MONTH) -> Any:
        """A drafted sheet."""
        return await self.fill(await self.begun(month))

    async def payroll(self, payroll: Any) -> Any:
        """The sheet as it is now."""
        return await self.get(self.clerk, f"/payrolls/{payroll['id']}")

    async def verb(self, payroll: Any, verb: str, who: Principal | None = None, body: Any = None) -> Any:
        """A verb on a sheet."""
        return await self.post(who or self.clerk, f"/payrolls/{payroll['id']}:{verb}", body)

    async def lines(self, payroll: Any) -> dict[UUID, Any]:
        """Worker → line."""
        found = await self.get(self.clerk, "/payroll-lines", payroll_id=payroll["id"], page_size=500)
        return {UUID(one["worker_id"]): one for one in found["items"]}

    async def line(self, line: Any) -> Any:
        """A line with all that belongs to it."""
        return await self.get(self.clerk, f"/payroll-lines/{line['id']}")

    async def scan(self, who: Principal | None = None) -> str:
        """The id of a fresh scan of the clerk's."""
        async with self.harness.client(who or self.clerk) as client:
            return await uploaded(client, pdf(str(new_id())), path=f"{BASE}/files")

    async def on_paper(self, payroll: Any, lines: Iterable[Any]) -> Any:
        """These lines are signed by hand."""
        body = {
            "line_ids": [line["id"] for line in lines],
            "file_id": await self.scan(),
            "signed_on": "2026-11-22",
            "reason": "工人没有手机",
        }
        return await self.verb(payroll, "sign-on-paper", None, body)

    async def link(self, line: Any, number: str, **changes: Any) -> Phone:
        """The worker's phone with the link for his line, checked."""
        issued = await self.post(self.clerk, f"/payroll-lines/{line['id']}:issue-link")
        return await Phone(self.harness, issued["link"], number, **changes).opened()

    async def submitted(self) -> tuple[Any, dict[UUID, Any]]:
        """A sheet that waits for its workers' signatures, and its lines."""
        payroll = await self.verb(await self.draft(), "submit")
        return payroll, await self.lines(payroll)

    async def approved(self, *workers: UUID) -> tuple[Any, dict[UUID, Any]]:
        """A sheet on which these workers (all when none are named) have signed, approved."""
        payroll, lines = await self.submitted()
        await self.on_paper(payroll, [lines[one] for one in workers or lines])
        await self.verb(payroll, "check", self.checker)
        return await self.verb(payroll, "approve", self.approver), await self.lines(payroll)

    # ---- the account and the bank ----

    async def planned(self, **changes: Any) -> Any:
        """An account that has to be opened."""
        await tell_organisation(self.harness, self.site.contractor.id, NAMES[0])
        body = {
            "project_id": str(self.site.project_id),
            "signed_on": "2026-11-02",
            "share_day": 10,
            "share_amount": "100000.00",
        } | changes
        return await self.post(self.accountant, "/wage-accounts", body, status=201)

    async def account(self, balance: str = "0.00", **changes: Any) -> Any:
        """An open account with so much on it."""
        account = await self.planned(**changes)
        body = {"bank": "中国工商银行", "number": "4000027009200123456", "opened_on": "2026-11-20"}
        opened = await self.post(self.accountant, f"/wage-accounts/{account['id']}:open", body)
        if Decimal(balance):
            await self.deposit(opened, balance)
        return opened

    async def deposit(self, account: Any, amount: str, *, status: int = 201, **changes: Any) -> Any:
        """Money comes."""
        body = {"amount": amount, "bank_reference": f"IN-{new_id()}", "booked_on": "2026-11-20"} | changes
        return await self.post(self.accountant, f"/wage-accounts/{account['id']}/deposits", body, status=status)

    async def balance(self, account: Any) -> str:
        """What is on the account."""
        return str((await self.get(self.accountant, f"/wage-accounts/{account['id']}"))["balance"])

    async def payout(self, account: Any, *, status: int = 201, **changes: Any) -> Any:
        """A payout of what is approved."""
        body = {"account_id": account["id"], "execute_on": "2026-11-25"} | changes
        return await self.post(self.accountant, "/payouts", body, status=status)

    async def sent(self, account: Any) -> tuple[Any, list[dict[str, str]]]:
        """A payout that the bank has, and the rows of its file."""
        payout = await self.payout(account)
        await self.post(self.approver, f"/payouts/{payout['id']}:approve")
        file = await self.post(self.accountant, f"/payouts/{payout['id']}:export", {"format": "csv"})
        text = b64decode(file["content"]).decode("utf-8-sig")
        return payout, list(csv.DictReader(io.StringIO(text)))

    async def answer(self, payout: Any, rows: Sequence[dict[str, str]], *, status: int = 200) -> Any:
        """The bank's answer comes back as CSV."""
        content = io.StringIO()
        writer = csv.DictWriter(content, ("serial", "amount", "result", "bank_reference", "paid_on", "reason"))
        writer.writeheader()
        writer.writerows(rows)
        async with self.harness.client(self.accountant) as client:
            answer = await client.post(
                f"{BASE}/payouts/{payout['id']}:settle",
                content=content.getvalue().encode(),
                headers=key() | {"Content-Type": CSV},
            )
        assert answer.status_code == status, answer.text
        return answer.json()


def paid(row: dict[str, str], **changes: str) -> dict[str, str]:
    """What the bank says of a transfer that it has executed."""
    return {
        "serial": row["流水号"],
        "amount": row["金额"],
        "result": "paid",
        "bank_reference": f"ICBC-{row['序号']}",
        "paid_on": "2026-11-23",
        "reason": "",
    } | changes


def failed(row: dict[str, str], reason: str = "账号不存在") -> dict[str, str]:
    """What the bank says of a transfer that it could not execute."""
    return paid(row, result="failed", bank_reference="", paid_on="", reason=reason)
