"""The simulator of authorities' platforms as a real process, and a desk that files with it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from chassis.identity import Role, service_principal
from chassis.ids import new_id
from infra.authority import APPS, PATHS, addresses
from infra.contracts.paths import ROOT
from labour.clients.authorities import Transport
from labour.clients.authority_platforms import Platforms
from labour.filings import service as filings
from labour.filings.states import State
from tests.facts import tell_organisation
from tests.harness import NOON, Harness, key
from tests.labour.conftest import Site

SECRET = "0123456789abcdefghijklmnopqrstuv"
_serial = itertools.count(1)


@dataclass
class Simulator:
    """Both platforms in one process."""

    base: str
    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession

    @property
    def addresses(self) -> dict[str, str]:
        """Where the platforms are, by their code in the directory."""
        return addresses(self.base)

    async def control(self, authority: str = "national", **settings: Any) -> None:
        """Set a platform up."""
        async with self.session.post(f"{self.base}/control/{PATHS[authority]}", json=settings) as answer:
            assert answer.status == 200, await answer.text()

    async def seen(self, authority: str = "national") -> dict[str, list[list[str]]]:
        """Its `effects` and `calls` so far."""
        async with self.session.get(f"{self.base}/control/{PATHS[authority]}") as answer:
            found: dict[str, list[list[str]]] = await answer.json()
            return found

    async def reset(self) -> None:
        """No faults, no delays, the tests' noon."""
        for authority in PATHS:
            await self.control(
                authority, now=NOON.isoformat(), faults=[], later={}, barred=False, calls_per_minute=10_000
            )


@asynccontextmanager
async def simulator(
    keep: Path | None = None, apps: dict[str, dict[str, str]] | None = None
) -> AsyncIterator[Simulator]:
    """Started, and ended with the block; `keep` and `apps` as the local stack gives them."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.authority", *(("--keep", str(keep)) if keep else ())),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {APPS: json.dumps(apps or {})},
    )
    assert process.stdout is not None
    port = json.loads(await process.stdout.readline())["port"]
    try:
        async with aiohttp.ClientSession() as session:
            yield Simulator(f"http://127.0.0.1:{port}", process, session)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@dataclass
class Desk:
    """A site of which something is filed; the clocks on both sides go together."""

    site: Site
    simulator: Simulator
    authority: str = "national"
    connection: dict[str, Any] = field(default_factory=dict)

    @property
    def harness(self) -> Harness:
        """Labour."""
        return self.site.harness

    @property
    def connection_id(self) -> UUID:
        """Of the connection that was made."""
        return UUID(self.connection["id"])

    async def connect(self, *, own: bool = False, **changes: Any) -> dict[str, Any]:
        """Connect the project for everybody, or the subcontractor for its own people; `changes` to the body."""
        app_id = changes.pop("app_id", f"ZL-{next(_serial)}")
        await self.simulator.control(self.authority, apps={app_id: SECRET})
        who = self.site.subcontractor if own else self.site.contractor
        body = {
            "project_id": str(self.site.project_id),
            "authority": self.authority,
            "scope": "own" if own else "project",
            "app_id": app_id,
            "secret": SECRET,
        } | changes
        path = "/labour/v1/authorities/connections"
        self.connection = await self.site.post(path, body, who.as_(Role.ADMIN), status=201)
        return self.connection

    async def team(self, name: str, *workers: UUID, leader: UUID | None = None) -> UUID:
        """A team of the subcontractor with these members since the middle of October."""
        body = {"project_id": str(self.site.project_id), "name": name, "work_type": "010"}
        made = await self.site.post("/labour/v1/teams", body, self.site.clerk, status=201)
        path = f"/labour/v1/teams/{made['id']}"
        if workers:
            members = {"worker_ids": [str(one) for one in workers], "first_day": "2026-10-15"}
            await self.site.post(f"{path}:add-members", members, self.site.clerk)
        if leader:
            leads = {"worker_id": str(leader), "first_day": "2026-10-15"}
            await self.site.post(f"{path}:appoint-leader", leads, self.site.clerk)
        return UUID(made["id"])

    async def kept(self, kind: str) -> list[dict[str, Any]]:
        """What the platform has of a kind for this project."""
        query = {"kind": kind, "project": self.project_code}
        async with self.simulator.session.get(
            f"{self.simulator.base}/control/{PATHS[self.authority]}", params=query
        ) as answer:
            found: list[dict[str, Any]] = (await answer.json())["kept"]
            return found

    async def collect(self) -> None:
        """What the job does every few minutes."""
        async with self.harness.work(service_principal("labour")) as work:
            await filings.collect(work, {"connection_id": str(self.connection_id)}, self.harness.runtime.clients)

    async def queue(self) -> tuple[str, datetime]:
        """Which job moves the queue next, and when."""
        async with self.harness.sql() as sql:
            row = await sql.fetchrow(
                "SELECT wake, wake_at FROM filing_queues WHERE connection_id = $1", self.connection_id
            )
        assert row is not None, "nothing has been collected yet"
        return str(row["wake"]), row["wake_at"]

    async def step(self) -> bool:
        """Run the one job that is due next, once its time has come; False when nothing waits."""
        wake, at = await self.queue()
        if at > self.harness.clock.now():
            await self.move(at - self.harness.clock.now())
        async with self.harness.work(service_principal("labour")) as work:
            payload = {"connection_id": str(self.connection_id), "wake": wake}
            await filings.pump(work, payload, self.harness.runtime.clients)
        return (await self.queue())[0] != wake

    async def run(self, most: int = 200) -> None:
        """Until nothing waits."""
        for _ in range(most):
            if not await self.step():
                return
        raise AssertionError("the queue does not come to rest")

    async def file(self) -> None:
        """Collect and send everything."""
        await self.collect()
        await self.run()

    async def move(self, by: timedelta) -> None:
        """Move both clocks."""
        self.harness.clock.advance(by)
        await self.simulator.control(self.authority, now=self.harness.clock.now().isoformat())

    async def rows(self, **equal: Any) -> list[dict[str, Any]]:
        """The filings of the connection, in the order in which they were queued."""
        async with self.harness.sql() as sql:
            rows = await sql.fetch("SELECT * FROM filings WHERE connection_id = $1 ORDER BY id", self.connection_id)
        return [dict(row) for row in rows if all(row[name] == value for name, value in equal.items())]

    async def states(self, kind: str) -> list[str]:
        """The states of the filings of a kind."""
        return [row["state"] for row in await self.rows(kind=kind)]

    async def receipts(self, filing_id: UUID) -> list[tuple[str, str, str]]:
        """Verdict, code and text of each receipt, oldest first."""
        async with self.harness.sql() as sql:
            rows = await sql.fetch("SELECT * FROM filing_receipts WHERE filing_id = $1 ORDER BY id", filing_id)
        return [(row["verdict"], row["code"], row["text"]) for row in rows]

    async def effects(self, kind: str) -> list[list[str]]:
        """What this project's objects of a kind did on the platform."""
        code = self.project_code
        known = (await self.simulator.seen(self.authority))["effects"]
        return [one for one in known if one[0] == kind and one[2] in (code, "")]

    @property
    def project_code(self) -> str:
        """The project's code, which is this desk's alone."""
        return f"P-{self.site.project_id.hex[-12:]}"

    async def all_accepted(self) -> None:
        """Nothing of the connection is open or refused."""
        faults = [(row["kind"], row["state"], row["answer_code"], row["answer_text"]) for row in await self.rows()]
        assert [one for one in faults if one[1] != State.ACCEPTED] == []


async def made(site: Site, running: Simulator, authority: str = "national") -> Desk:
    """A desk for a site whose project and companies are known by name."""
    from tests.labour.conftest import tell_project

    desk = Desk(site, running, authority)
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(site.harness, site.project_id, parties, version=2, code=desk.project_code)
    for one, name in ((site.contractor, "总包建设有限公司"), (site.subcontractor, "劳务有限公司")):
        await tell_organisation(site.harness, one.id, f"{name}{new_id().hex[-6:]}", uscc=one.uscc)
    return desk


def reach(harness: Harness, addresses: dict[str, str], timeout: float = 20.0) -> None:
    """Have labour reach platforms at these addresses."""
    clients: Any = harness.runtime.clients
    clients["platforms"] = Platforms(addresses, Transport(timeout))


async def until(condition: Callable[[], Awaitable[Any]]) -> None:
    """Wait for something that another process does."""
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.05)


__all__ = ["SECRET", "Desk", "Simulator", "key", "made", "reach", "simulator", "until"]
