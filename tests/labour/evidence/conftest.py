"""Months of evidence under test: what a chain is made of, put there piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.clock import SHANGHAI
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from labour.contracts.models import Contract
from labour.contracts.states import State as ContractState
from labour.contracts.states import WageKind
from labour.evidence import service
from labour.payouts.models import Payout, PayoutRow
from labour.payouts.states import RowState
from labour.payouts.states import State as PayoutState
from labour.payrolls.models import Payroll, PayrollItem, PayrollLine, PayrollObjection, PayrollSignature
from labour.payrolls.states import Direction, LineState, Method, Run
from labour.payrolls.states import State as PayrollState
from labour.wage_accounts.models import WageAccount
from labour.wage_accounts.states import State as AccountState
from labour.workers.models import AgreementKind
from tests.harness import NOON, Harness, organisation
from tests.labour.attendance.conftest import Gate
from tests.labour.conftest import Site, worker_row

MONTH = date(2026, 11, 1)
FIRST, LAST = date(2026, 11, 14), date(2026, 11, 22)
"""Days of that month on which the workers belong to the site and a swipe is still taken."""


async def caught_up(harness: Harness) -> None:
    """The job of evidence, run after run until nothing is left."""
    left = 1
    while left:
        async with harness.work(service_principal("labour")) as work:
            left = await service.catch_up(work)


@dataclass
class Months:
    """A gate with workers, and everything else that makes up their month."""

    gate: Gate
    payroll_id: UUID | None = None
    account_id: UUID | None = None
    lines: dict[int, UUID] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        """The project with its parties."""
        return self.gate.site

    async def add(self, *rows: Any) -> None:
        """Write rows as the service does."""
        async with self.site.harness.work(service_principal("labour")) as work:
            session = await work.writing()
            session.add_all(rows)
            await session.flush()

    async def run(self, statement: str, *values: Any) -> None:
        """Change rows."""
        async with self.site.harness.sql() as connection:
            await connection.execute(statement, *values)

    async def worked(self, worker: int, day: date, hours: float = 9, *, taken: bool = True) -> None:
        """In at eight, and out again after so many hours; 0: never out."""
        begun = datetime.combine(day, time(8), SHANGHAI)
        swipes = [self.gate.swipe(worker, "in", begun)]
        if hours:
            swipes.append(self.gate.swipe(worker, "out", begun + timedelta(hours=hours)))
        recorded = await self.gate.send(*swipes)
        assert recorded.accepted == len(swipes) or not taken

    async def contract(
        self, worker: int, first: date, last: date | None = None, *, kind: WageKind = WageKind.DAY
    ) -> UUID:
        """A signed contract for this project."""
        row = Contract(
            **self._new(),
            employer_id=self.site.subcontractor.id,
            worker_id=self.gate.workers[worker],
            project_id=self.site.project_id,
            kind=AgreementKind.LABOUR_CONTRACT,
            number=f"LD-{new_id()}",
            duties="钢筋绑扎",
            valid_from=first,
            valid_to=last,
            wage_kind=kind,
            wage_rate=Decimal("300.00"),
            wage_unit="工日",
            pay_day=15,
            language="zh-CN",
            state=ContractState.SIGNED,
            signed_at=NOON,
            sha256="ab" * 32,
        )
        await self.add(row)
        return row.id

    async def line(self, worker: int, days: str, net: str = "300.00", contract_id: UUID | None = None) -> UUID:
        """His line on the month's sheet."""
        if self.payroll_id is None:
            self.payroll_id = await self._payroll()
        row = PayrollLine(
            **self._new(),
            payroll_id=self.payroll_id,
            project_id=self.site.project_id,
            employer_id=self.site.subcontractor.id,
            contractor_id=self.site.contractor.id,
            worker_id=self.gate.workers[worker],
            worker_name="张伟",
            month=MONTH,
            days=Decimal(days),
            hours=Decimal("0.00"),
            gross=Decimal(net),
            deductions=Decimal("0.00"),
            net=Decimal(net),
            state=LineState.OFFERED,
        )
        await self.add(row)
        if contract_id is not None:
            item = PayrollItem(
                id=new_id(), line_id=row.id, kind="wage", direction=Direction.WAGE, contract_id=contract_id,
                quantity=Decimal(days), rate=Decimal("300.00"), amount=Decimal(net),
            )  # fmt: skip
            await self.add(item)
        self.lines[worker] = row.id
        return row.id

    async def sign(self, worker: int) -> None:
        """He signs by a link's paper stand-in: the signature is what counts here, not how."""
        line_id = self.lines[worker]
        file_id = await self._file()
        await self.add(
            PayrollSignature(
                id=new_id(), line_id=line_id, worker_id=self.gate.workers[worker], edition=1, net=Decimal("300.00"),
                sha256="cd" * 32, method=Method.PAPER, signed_at=NOON, signed_on=LAST, file_id=file_id,
                filed_by="clerk", reason="no phone",
            )
        )  # fmt: skip

    async def void(self, worker: int) -> None:
        """The sheet was changed after his signature."""
        await self.run(
            "UPDATE payroll_signatures SET voided_at = now(), void_reason = 'changed' WHERE line_id = $1",
            self.lines[worker],
        )

    async def object_(self, worker: int) -> None:
        """He objects."""
        await self.add(
            PayrollObjection(
                **self._new(), line_id=self.lines[worker], worker_id=self.gate.workers[worker], method=Method.PAPER,
                reason="two days are missing",
            )
        )  # fmt: skip

    async def answer(self, worker: int) -> None:
        """He is answered."""
        await self.run(
            "UPDATE payroll_objections SET answered_at = now(), answer = 'added' WHERE line_id = $1",
            self.lines[worker],
        )

    async def transfer(self, worker: int, state: RowState = RowState.PENDING) -> None:
        """His wages are on an approved payout."""
        if self.account_id is None:
            self.account_id = await self.account()
        assert self.payroll_id is not None
        payout = Payout(
            **self._new(), account_id=self.account_id, project_id=self.site.project_id,
            contractor_id=self.site.contractor.id, number=f"P-{new_id()}", state=PayoutState.APPROVED,
            execute_on=LAST, transfers=1, total=Decimal("300.00"), prepared_by="a", approved_by="b",
        )  # fmt: skip
        await self.add(payout)
        await self.add(
            PayoutRow(
                id=new_id(), payout_id=payout.id, position=1, line_id=self.lines[worker],
                payroll_id=self.payroll_id, worker_id=self.gate.workers[worker], amount=Decimal("300.00"),
                payee_name="张伟", card="x", card_masked="…", bank_code="", state=state,
            )
        )  # fmt: skip

    async def received(self, worker: int) -> None:
        """The bank has paid."""
        await self.run(
            "UPDATE payroll_lines SET state = 'paid', paid_on = '2026-11-22' WHERE id = $1", self.lines[worker]
        )

    async def catch_up(self) -> None:
        """What the job does, run after run until nothing is left; other tests have left changes, too."""
        await caught_up(self.site.harness)

    async def recompute(self) -> int:
        """Everything from nothing but its rows."""
        operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
        async with self.site.harness.work(operator) as work:
            return await service.recompute(work, self.site.project_id)

    async def gaps(self) -> dict[int, list[str]]:
        """By worker what stands of this project: the codes of his gaps."""
        async with self.site.harness.sql() as connection:
            months = await connection.fetch(
                "SELECT worker_id, status, gaps FROM evidence_months WHERE project_id = $1", self.site.project_id
            )
            gaps = await connection.fetch(
                "SELECT worker_id, code FROM evidence_gaps WHERE project_id = $1 ORDER BY code", self.site.project_id
            )
        found: dict[int, list[str]] = {self.gate.workers.index(row["worker_id"]): [] for row in months}
        for row in gaps:
            found[self.gate.workers.index(row["worker_id"])].append(row["code"])
        return found

    async def days(self) -> dict[int, str]:
        """By worker the days that his chain counts."""
        async with self.site.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT worker_id, days FROM evidence_months WHERE project_id = $1", self.site.project_id
            )
        return {self.gate.workers.index(row["worker_id"]): str(row["days"]) for row in rows}

    async def all_rows(self) -> list[tuple[Any, ...]]:
        """All that stands of this project, but when it was computed."""
        async with self.site.harness.sql() as connection:
            months = await connection.fetch(
                "SELECT worker_id, month, employer_id, assignment_id, status, gaps, due_on, days, sheet_days, net, "
                "paid FROM evidence_months WHERE project_id = $1 ORDER BY worker_id, month",
                self.site.project_id,
            )
            gaps = await connection.fetch(
                "SELECT * FROM evidence_gaps WHERE project_id = $1 ORDER BY worker_id, month, code",
                self.site.project_id,
            )
        return [tuple(row.values()) for row in (*months, *gaps)]

    def _new(self) -> dict[str, Any]:
        return {"id": new_id(), "version": 1, "created_at": NOON, "updated_at": NOON}

    async def _payroll(self) -> UUID:
        row = Payroll(
            **self._new(), project_id=self.site.project_id, employer_id=self.site.subcontractor.id,
            contractor_id=self.site.contractor.id, month=MONTH, run=Run.REGULAR, cost_code="01-LABOUR",
            state=PayrollState.SUBMITTED, drafted_by="clerk",
        )  # fmt: skip
        await self.add(row)
        return row.id

    async def account(self) -> UUID:
        """The project's open special account."""
        row = WageAccount(
            **self._new(), project_id=self.site.project_id, contractor_id=self.site.contractor.id, name="专用账户",
            state=AccountState.OPEN, signed_on=FIRST, opened_on=FIRST, share_day=10, share_amount=Decimal("1.00"),
        )  # fmt: skip
        await self.add(row)
        return row.id

    async def _file(self) -> UUID:
        row = new_id()
        await self.run(
            "INSERT INTO files (id, version, created_at, updated_at, organisation_id, name, media_type, size, sha256, "
            "state, uploaded_by) VALUES ($1, 1, now(), now(), $2, $3, 'application/pdf', 1, $4, 'clean', 'clerk')",
            row,
            self.site.subcontractor.id,
            f"{row}.pdf",
            "ef" * 32,
        )
        return row


@pytest.fixture
async def months(site: Site) -> Months:
    """A gate and three workers who entered ten days ago; nothing has happened yet."""
    workers = await site.workers(*[worker_row() for _ in range(3)])
    await site.assigned(workers, enter_at=(NOON - timedelta(days=10)).isoformat())
    return Months(Gate(site, await site.device(), workers))
