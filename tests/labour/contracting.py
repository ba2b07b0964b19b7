"""Brings contracts to a state through the public doors and the jobs, and plays the worker with his phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx

from chassis.identity import service_principal
from chassis.ids import new_id
from labour.jobs import JOBS
from tests.harness import Harness, key
from tests.labour.conftest import Site, resident_id, worker_row

CONTRACTS = "/labour/v1/contracts"
MY = "/labour/v1/my"
NAME = "张伟"
PHONE = "13800138000"
AGENT = "Mozilla/5.0 (Linux; Android 14)"


@contextmanager
def later(harness: Harness, by: timedelta) -> Iterator[None]:
    """The clock stands forward during the block."""
    harness.clock.advance(by)
    try:
        yield
    finally:
        harness.clock.advance(-by)


async def waiting(harness: Harness, name: str, part: object) -> list[dict[str, str]]:
    """The payloads of a job that speak of something."""
    async with harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer "
            "WHERE entrypoint = $1 AND convert_from(payload, 'UTF8') LIKE $2 ORDER BY id",
            name,
            f"%{part}%",
        )
    return [json.loads(row["payload"]) for row in rows]


async def run(harness: Harness, name: str, payload: dict[str, str]) -> None:
    """A job, as the runner does it."""
    [job] = [one for one in JOBS if one.name == name]
    async with harness.work(service_principal("labour")) as work:
        extra = (harness.runtime.clients,) if job.clients else ()
        await job.handler(work, payload, *extra)


@dataclass
class Phone:
    """A worker with a link and a phone; `codes` is the folder where the sender writes."""

    harness: Harness
    secret: str
    number: str
    name: str = NAME
    language: str = "en"
    headers: dict[str, str] = field(default_factory=dict)

    def client(self) -> httpx.AsyncClient:
        """A caller without a token, with the link in its header."""
        client = self.harness.client(None, language=self.language)
        client.headers.update({"Zhulian-Link": self.secret, "User-Agent": AGENT} | self.headers)
        return client

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """A question."""
        async with self.client() as client:
            return await client.get(f"{MY}{path}", params=query)

    async def post(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """A change."""
        async with self.client() as client:
            return await client.post(f"{MY}{path}", json=body, headers=headers or key())

    async def sent(self) -> None:
        """Ask for a code and have the job carry it."""
        answer = await self.post("/link:send-code")
        assert answer.status_code == 200, answer.text
        await self.carried()

    async def carried(self) -> None:
        """Run the job that carries the newest code."""
        async with self.harness.sql() as connection:
            code_id = await connection.fetchval(
                "SELECT c.id FROM link_codes c JOIN links l ON l.id = c.link_id WHERE l.secret_hash = $1 "
                "ORDER BY c.id DESC LIMIT 1",
                sha256(self.secret.encode()).digest(),
            )
        [payload] = await waiting(self.harness, "links.send-code", code_id)
        await run(self.harness, "links.send-code", payload)

    async def message(self) -> dict[str, str]:
        """The last message that came to the phone."""
        async with self.harness.sql() as connection:
            link_id = await connection.fetchval(
                "SELECT id FROM links WHERE secret_hash = $1", sha256(self.secret.encode()).digest()
            )
        folder = self.harness.runtime.clients["codes"].folder
        told: dict[str, str] = json.loads((folder / f"{link_id}.json").read_text(encoding="utf-8"))
        return told

    async def check(self, **changes: str) -> dict[str, Any]:
        """Pass the identity check with the last code, or fail it by what is changed."""
        if "code" not in changes:
            changes["code"] = (await self.message())["code"]
        answer = await self.post("/link:check", {"name": self.name, "id_card_number": self.number} | changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def opened(self) -> Phone:
        """The same after its identity check."""
        await self.sent()
        assert (await self.check())["passed"]
        return self


@dataclass
class Contracting:
    """Contracts of a site's subcontractor."""

    site: Site

    @property
    def harness(self) -> Harness:
        """The service."""
        return self.site.harness

    def body(self, worker_id: UUID, **changes: Any) -> dict[str, Any]:
        """A contract by the day for the site's project, from June to the end of the year."""
        return {
            "worker_id": str(worker_id),
            "project_id": str(self.site.project_id),
            "number": f"LD-{new_id()}",
            "duties": "钢筋绑扎",
            "valid_from": "2026-06-01",
            "valid_to": "2026-12-31",
            "wage_kind": "day",
            "wage_rate": "320.00",
            "pay_day": 15,
        } | changes

    async def worker(self, **changes: Any) -> tuple[UUID, str]:
        """A worker without an agreement on record, and his identity number."""
        number = changes.pop("id_card_number", None) or resident_id()
        row = worker_row(id_card_number=number, name=NAME, cell_phone=PHONE, agreement=None) | changes
        [worker_id] = await self.site.workers(row)
        return worker_id, number

    async def draft(self, worker_id: UUID, **changes: Any) -> dict[str, Any]:
        """A draft."""
        made = await self.site.post(CONTRACTS, self.body(worker_id, **changes), self.site.clerk, status=201)
        return dict(made)

    async def verb(self, contract: dict[str, Any], verb: str, body: Any = None, *, status: int = 200) -> Any:
        """A verb of the clerk's."""
        return await self.site.post(f"{CONTRACTS}/{contract['id']}:{verb}", body, self.site.clerk, status=status)

    async def offer(self, contract: dict[str, Any], number: str) -> Phone:
        """Offer a draft, have it printed; the worker's phone with the link."""
        offered = await self.verb(contract, "offer")
        for payload in await waiting(self.harness, "contracts.print", contract["id"]):
            await run(self.harness, "contracts.print", payload)
        return Phone(self.harness, offered["link"], number)

    async def offered(self, **changes: Any) -> tuple[dict[str, Any], Phone]:
        """A new worker's contract, offered and printed."""
        worker_id, number = await self.worker()
        contract = await self.draft(worker_id, **changes)
        return contract, await self.offer(contract, number)

    async def signed(self, **changes: Any) -> tuple[dict[str, Any], Phone]:
        """A new worker's contract, signed by link."""
        contract, phone = await self.offered(**changes)
        await phone.opened()
        return await self.sign(contract, phone), phone

    async def sign(self, contract: dict[str, Any], phone: Phone) -> dict[str, Any]:
        """Read the paper and sign it."""
        paper = await phone.get(f"/contracts/{contract['id']}/document")
        assert paper.status_code == 200, paper.text
        digest = sha256(paper.content).hexdigest()
        answer = await phone.post(f"/contracts/{contract['id']}:sign", {"sha256": digest})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def self_service(self, worker_id: UUID, number: str) -> Phone:
        """A self-service link's holder, not yet checked."""
        issued = await self.site.post("/labour/v1/links", {"worker_id": str(worker_id)}, self.site.clerk, status=201)
        return Phone(self.harness, issued["link"], number)

    async def get(self, path: str, **query: Any) -> Any:
        """What the clerk reads."""
        async with self.harness.client(self.site.clerk) as client:
            answer = await client.get(f"/labour/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()
