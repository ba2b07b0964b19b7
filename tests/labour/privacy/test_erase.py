"""Nothing of an erased person is left in any table; the wage ledger only when its time is over, by its owner alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Integer, LargeBinary, Numeric, Table, Uuid
from sqlmodel import SQLModel

from chassis.database import TextEnum
from chassis.files.store import FileStore
from chassis.identity import Principal
from chassis.ids import new_id
from labour.models import TABLES
from labour.privacy import rulebook, service
from labour.privacy.rulebook import How, PersonalTable
from tests.chassis.files.samples import pdf, uploaded
from tests.harness import NOON, Harness
from tests.labour.conftest import Site
from tests.labour.contracting import run
from tests.labour.privacy.conftest import at, look_again
from tests.labour.wages import Wages, failed, paid

TODAY = date(2026, 11, 23)
SECRET = "欧阳测试"
HOUR = timedelta(hours=1)
THEIRS = "SELECT string_agg(t::text, '') FROM conduct_records t WHERE worker_id = $1"
OF_A_WORKER = tuple(one for one in rulebook.personal_tables() if one.of and one.how is not How.OWN)


@asynccontextmanager
async def owner(harness: Harness) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Whoever may write what no verb of the service does: the migrations' role."""
    connection = await asyncpg.connect(harness.addresses.owner_url)
    try:
        yield connection
    finally:
        await connection.close()


def _value(column: Column[Any], *, personal: bool) -> Any:
    """Something for a column; for a personal text something unmistakable."""
    kind = column.type
    if isinstance(kind, TextEnum):
        return next(iter(kind.enum)).value
    made = {
        Uuid: new_id(),
        DateTime: NOON,
        Date: TODAY,
        Boolean: False,
        Integer: 1,
        Numeric: Decimal(1),
        LargeBinary: SECRET.encode() if personal else new_id().bytes,
        ARRAY: [SECRET] if personal else [],
    }
    plain = SECRET if personal else f"plain-{new_id()}"
    return next((value for type_, value in made.items() if isinstance(kind, type_)), plain)


@dataclass
class Everywhere:
    """A worker of whom every table that can hold something of a worker does, and who has been paid."""

    site: Site
    worker: UUID
    papers: list[str] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)

    async def insert(self, name: str, **known: Any) -> UUID:
        """A row of a table about the worker; what is not told is made up, what is personal is unmistakable."""
        table: Table = SQLModel.metadata.tables[name]
        personal = {one.name: one.personal for one in rulebook.personal_tables()}[name]
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.name == "worker_id":
                row[column.name] = self.worker
            elif column.name.endswith("file_id") and column.name in personal:
                row[column.name] = await self.paper()
            elif column.name in personal or not column.nullable:
                row[column.name] = _value(column, personal=column.name in personal)
        row |= known
        places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
        async with owner(self.site.harness) as connection:
            await connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", *row.values())
        return UUID(str(row.get("id", self.worker)))

    async def paper(self) -> UUID:
        """A scan that nobody else names."""
        async with self.site.harness.client(self.site.clerk) as client:
            self.papers.append(await uploaded(client, pdf(SECRET + str(new_id())), path="/labour/v1/files"))
        return UUID(self.papers[-1])

    async def filled(self) -> Everywhere:
        """The same with everything there."""
        self.before = await self.counts()
        await self._paid()
        await self._registered()
        await self._filed()
        await self._marked()
        return self

    async def _paid(self) -> None:
        """A sheet, a failed transfer, another card with its evidence, and the transfer to that."""
        wages = Wages(self.site)
        await wages.terms(self.worker)
        _, lines = await wages.approved()
        line = lines[self.worker]
        account = await wages.account("10000.00")
        payout, [transfer] = await wages.sent(account)
        await wages.answer(payout, [failed(transfer, SECRET)])
        self.papers.append(await wages.scan())
        change = {"line_id": line["id"], "cause": "lost_card", "name": SECRET, "card": "6222020200119988776"}
        change |= {"file_id": self.papers[-1], "reason": SECRET}
        payee = await wages.post(wages.clerk, "/payees", change, status=201)
        await wages.post(wages.approver, f"/payees/{payee['id']}:confirm")
        payout, [transfer] = await wages.sent(account)
        await wages.answer(payout, [paid(transfer)])
        await self.insert("payroll_objections", line_id=UUID(line["id"]), answered_at=NOON, created_at=NOON)

    async def _registered(self) -> None:
        for name in ("worker_certificates", "training_duties", "conduct_records", "health_records", "swipe_locations"):
            await self.insert(name)
        base = await self.insert("training_bases")
        course = {"course_id": await self.insert("courses"), "trainer": "李教员"}
        held = await self.insert("training_sessions", ends_at=NOON + HOUR, **course)
        number = f"{SECRET}{new_id()}"
        await self.insert("skill_certificates", base_id=base, session_id=held, number=number)
        await self.insert("attendance_repairs", assignment_id=await self._assignment(), direction="01")
        await self.insert("assignment_absences", assignment_id=await self._assignment())
        for quantity in (Decimal(1), Decimal(-1)):
            place = {"project_id": self.site.project_id, "employer_id": self.site.subcontractor.id}
            await self.insert("piece_records", quantity=quantity, **place)
        link = await self.insert("links", employer_id=self.site.subcontractor.id)
        await self.insert("link_codes", link_id=link)
        await self.insert("consents", employer_id=self.site.subcontractor.id, purpose="location", how="paper_scan")
        await self.insert(
            "erasures", state="cancelled", how="paper", employer_id=self.site.subcontractor.id, blocked="[]"
        )
        contract = await self.insert("contracts", valid_from=date(2020, 1, 1), pay_day=15)
        await self.insert("contract_signatures", contract_id=contract, sha256="0" * 64, method="paper", link_id=None)

    async def _filed(self) -> None:
        connection = await self.insert("authority_connections")
        filing = await self.insert("filings", connection_id=connection)
        request = await self.insert("filing_requests", connection_id=connection, state="answered")
        await self.insert("filing_receipts", filing_id=filing, request_id=request)

    async def _assignment(self) -> UUID:
        async with self.site.harness.sql() as connection:
            found: UUID = await connection.fetchval("SELECT id FROM assignments WHERE worker_id = $1", self.worker)
        return found

    async def _marked(self) -> None:
        """What came through the doors says the unmistakable, too, in every personal text that is not masked."""
        async with owner(self.site.harness) as connection:
            for one in OF_A_WORKER:
                table = SQLModel.metadata.tables[one.name]
                for name in sorted(one.personal):
                    text = not isinstance(table.c[name].type, (Uuid, Date, Numeric, Boolean, LargeBinary, ARRAY))
                    if text and name not in (*one.unique, "void_reason", "card"):
                        await connection.execute(
                            f"UPDATE {one.name} SET {name} = $2 WHERE {_mine(one)}", self.worker, SECRET
                        )

    async def rows(self, one: PersonalTable) -> list[dict[str, Any]]:
        """His rows of a table."""
        async with self.site.harness.sql() as connection:
            return [
                dict(row) for row in await connection.fetch(f"SELECT * FROM {one.name} WHERE {_mine(one)}", self.worker)
            ]

    async def said(self) -> list[str]:
        """Every table in which the unmistakable stands, as text or bytes, that did not before he was there."""
        return [table for table, count in (await self.counts()).items() if count > self.before.get(table, 0)]

    async def counts(self) -> dict[str, int]:
        """By table, in how many rows it stands, those of earlier tests too."""
        counting = "SELECT count(*) FROM {} t WHERE t::text LIKE $1 OR t::text LIKE $2"
        patterns = f"%{SECRET}%", f"%{SECRET.encode().hex()}%"
        async with self.site.harness.sql() as connection:
            return {table.name: await connection.fetchval(counting.format(table.name), *patterns) for table in TABLES}


def _mine(one: PersonalTable) -> str:
    if one.through:
        return f"{one.of} IN (SELECT id FROM {one.through} WHERE worker_id = $1)"
    return f"{one.of} = $1"


@pytest.fixture
async def everywhere(site: Site, worked: UUID) -> Everywhere:
    """The fixture's worker, in every table."""
    return await Everywhere(site, worked).filled()


async def test_nothing_is_left_in_any_table(labour: Harness, everywhere: Everywhere, officer: Principal) -> None:
    """Before: each table of the registry has him. In between: the ledger stays. After: no table, no paper has him."""
    for one in OF_A_WORKER:
        assert await everywhere.rows(one), one.name
    said = await everywhere.said()
    async with labour.work(officer) as work:
        request = await service.request(
            work, everywhere.worker, TODAY, await everywhere.paper(), labour.runtime.clients["vault"]
        )
    assert {"positions", "health_records"} <= set(request.erased)
    left = set(await everywhere.said())
    assert set(said) - left == {"swipe_locations"}
    assert [one.name for one in OF_A_WORKER if not await everywhere.rows(one)] == ["swipe_locations", "health_records"]
    assert left >= {"payroll_lines", "payout_rows", "payees", "wage_entries", "contracts", "conduct_records", "filings"}

    with at(labour, NOON + timedelta(days=1097)):
        await look_again(labour, str(request.id))
    async with labour.work(officer) as work:
        assert (await service.get(work, request.id)).blocked == []
    assert await everywhere.said() == []
    for one in OF_A_WORKER:
        for row in await everywhere.rows(one):
            for name in one.personal:
                assert one.how is not How.ROWS, one.name
                assert row[name] in (None, "", "-") or str(row[name]) == f"erased-{row['id']}", (one.name, name)
    async with labour.client(officer) as client:
        files = [(await client.get(f"/labour/v1/files/{paper}")).status_code for paper in everywhere.papers]
    assert set(files) == {404}
    async with labour.sql() as connection:
        amounts = await connection.fetch(
            "SELECT net, paid_on FROM payroll_lines WHERE worker_id = $1", everywhere.worker
        )
    assert [tuple(row) for row in amounts] == [(Decimal("320.00"), date(2026, 11, 23))]  # what was paid still counts


async def test_the_bytes_of_a_paper_leave_the_store(
    labour: Harness, everywhere: Everywhere, officer: Principal
) -> None:
    store: FileStore = labour.runtime.clients["files"]
    async with labour.sql() as connection:
        papers = [UUID(one) for one in everywhere.papers]
        digests = [
            row["sha256"] for row in await connection.fetch("SELECT sha256 FROM files WHERE id = ANY($1)", papers)
        ]
    assert len(digests) == len(papers)
    assert all(store.path(one).exists() for one in digests)
    async with labour.work(officer) as work:
        request = await service.request(work, everywhere.worker, TODAY, None, labour.runtime.clients["vault"])
    with at(labour, NOON + timedelta(days=1097)):
        await look_again(labour, str(request.id))
        await run(labour, "files.sweep", {})
    assert not any(store.path(one).exists() for one in digests)


LEDGER = [
    ("payroll_lines", "worker_name"),
    ("payroll_signatures", "file_id"),
    ("payroll_signatures", "user_agent"),
    ("payout_rows", "payee_name"),
    ("payout_rows", "card"),
    ("payees", "name"),
    ("payees", "card"),
    ("wage_entries", "note"),
]


async def test_the_service_may_not_change_whom_it_has_paid(labour: Harness, everywhere: Everywhere) -> None:
    """Not by a statement of its own, nor by the owner's function while the time is not over or a wage is open."""
    before = await labour.checksum()
    async with labour.sql() as connection:
        for table, column in LEDGER:
            value = "NULL" if column == "file_id" else "''"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"UPDATE {table} SET {column} = {value}")
        for day in (date(2026, 11, 23), date(2020, 1, 1)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("SELECT anonymise_wages($1, $2)", everywhere.worker, day)
    assert await labour.checksum() == before
    async with owner(labour) as connection:
        await connection.execute(
            "UPDATE payroll_lines SET state = 'approved', paid_on = NULL WHERE worker_id = $1", everywhere.worker
        )
    before = await labour.checksum()
    async with labour.sql() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SELECT anonymise_wages($1, '2099-01-01')", everywhere.worker)
    assert await labour.checksum() == before


async def test_another_workers_rows_and_a_shared_paper_stay(
    labour: Harness, site: Site, everywhere: Everywhere, officer: Principal
) -> None:
    """The scan of a sheet with several signatures goes with the last of them; nobody else's ledger is touched."""
    wages = Wages(site)
    [other] = await wages.paid_by_day(1)
    shared = await everywhere.paper()
    async with owner(labour) as connection:
        signed = "UPDATE payroll_signatures SET file_id = $2 WHERE worker_id = $1"
        await connection.execute(signed, everywhere.worker, shared)
    await Everywhere(site, other).insert("conduct_records", file_id=shared)
    async with labour.sql() as connection:
        theirs = await connection.fetchval(THEIRS, other)
    async with labour.work(officer) as work:
        request = await service.request(work, everywhere.worker, TODAY, None, labour.runtime.clients["vault"])
    with at(labour, NOON + timedelta(days=1097)):
        await look_again(labour, str(request.id))
    async with labour.sql() as connection:
        assert await connection.fetchval(THEIRS, other) == theirs
        assert await connection.fetchval("SELECT count(*) FROM files WHERE id = $1", shared) == 1
