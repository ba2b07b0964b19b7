"""Procurement is killed between the reservation of budget and its own write (design rule 6).

Real processes of project-mgmt and procurement. The order's row is locked from outside, so the approval has reserved
budget and waits with its write; SIGKILL then. Nothing may stay taken, and the order can be approved afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.bench.rig import Rig, running
from tests.harness import Organisation, key, organisation

pytestmark = pytest.mark.timeout(240)  # processes are started again; a busy machine needs a while for that

LINE = {
    "material_code": "01090001",
    "unit": "t",
    "cost_code": "01-STEEL",
    "quantity": "10",
    "unit_price": "3950.00",
    "tolerance_percent": "0.00",
}
AMOUNT = "39500.00"
PATIENCE = 60.0
"""Seconds; what is waited for comes within five on a quiet machine."""


@dataclass
class Scene:
    """A contractor with a project, its budget, and the two processes."""

    rig: Rig
    contractor: Organisation
    project_id: str

    async def ask(self, service: str, role: Role, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One call of the contractor's to a process; POSTs get a key of their own unless `headers` are given."""
        token = self.rig.token(self.contractor.as_(role))
        headers = {"Authorization": f"Bearer {token}"} | (arguments.pop("headers", None) or key())
        async with httpx.AsyncClient(base_url=self.rig.url(service), timeout=PATIENCE) as client:
            return await client.request(method, path, headers=headers, **arguments)

    async def approve(self, order_id: str, headers: dict[str, str]) -> httpx.Response:
        """The approval, under a named key."""
        path = f"/procurement/v1/orders/{order_id}:approve"
        return await self.ask("procurement", Role.APPROVER, "POST", path, headers=headers)

    async def submitted(self) -> str:
        """An order that waits for approval; procurement is started when another test has left it killed."""
        if self.rig.processes["procurement"].returncode is not None:
            await self.rig.start("procurement")
        body = {
            "project_id": self.project_id,
            "supplier_id": str(new_id()),
            "currency": "CNY",
            "direct_reason": "断电演练",
            "lines": [LINE],
        }
        async with asyncio.timeout(PATIENCE):
            # Until the fact about the project has come to procurement.
            while True:
                made = await self.ask("procurement", Role.BUYER, "POST", "/procurement/v1/orders", json=body)
                if made.status_code == 201:
                    break
                assert made.status_code in (404, 409), made.text
                await asyncio.sleep(0.2)
        order_id: str = made.json()["id"]
        done = await self.ask("procurement", Role.BUYER, "POST", f"/procurement/v1/orders/{order_id}:submit")
        assert done.status_code == 200, done.text
        return order_id

    async def commitments(self, order_id: str) -> list[tuple[str, str]]:
        """(state, amount) of what project-mgmt holds for an order."""
        path = f"/projects/v1/projects/{self.project_id}/commitments"
        answer = await self.ask("project-mgmt", Role.COST_CONTROLLER, "GET", path, params={"order_id": order_id})
        return [(one["state"], one["lines"][0]["amount"]) for one in answer.json()["items"]]

    async def budget(self) -> tuple[str, str]:
        """(reserved, confirmed) of the whole budget."""
        path = f"/projects/v1/projects/{self.project_id}/budget"
        answer = (await self.ask("project-mgmt", Role.COST_CONTROLLER, "GET", path)).json()
        return answer["reserved"], answer["confirmed"]

    async def until(self, order_id: str, state: str) -> None:
        """Wait until project-mgmt holds exactly one commitment for the order, in this state."""
        async with asyncio.timeout(PATIENCE):
            while await self.commitments(order_id) != [(state, AMOUNT)]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def database(self, package: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A bare connection."""
        connection = await self.rig.connect(package)
        try:
            yield connection
        finally:
            await connection.close()

    async def interrupted(self, order_id: str, headers: dict[str, str]) -> None:
        """An approval that has its reservation and is killed before it wrote."""
        async with self.database("procurement") as lock:
            holding = lock.transaction()
            await holding.start()
            await lock.execute("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", UUID(order_id))
            approval = asyncio.create_task(self.approve(order_id, headers))
            await self.until(order_id, "reserved")
            await _someone_waits(lock)
            await self.rig.kill("procurement")
            with pytest.raises(httpx.TransportError):
                await approval
            await holding.rollback()

    async def order(self, order_id: str) -> tuple[str, int]:
        """(state, number of facts about its approval) as procurement's database has it."""
        async with self.database("procurement") as connection:
            state = await connection.fetchval("SELECT state FROM orders WHERE id = $1", UUID(order_id))
            facts = await connection.fetchval(
                "SELECT count(*) FROM outbox WHERE aggregate_id = $1 AND subject LIKE '%.orders.approved.v1'",
                UUID(order_id),
            )
        return state, facts

    async def let_time_pass(self, order_id: str) -> None:
        """The reservation's quarter of an hour is over: it and its one job are put so far back. Waits for the job."""
        async with self.database("project_mgmt") as connection:
            found = await connection.fetchval("SELECT id FROM commitments WHERE order_id = $1", UUID(order_id))
            await connection.execute(
                "UPDATE commitments SET expires_at = now() - interval '1 s' WHERE id = $1 AND state = 'reserved'", found
            )
            its_job = "convert_from(payload, 'UTF8') LIKE '%' || $1 || '%'"
            moved = await connection.execute(
                f"UPDATE pgqueuer SET execute_after = now() - interval '1 s' WHERE {its_job}", str(found)
            )
            assert moved == "UPDATE 1"
            left = f"SELECT count(*) FROM pgqueuer WHERE {its_job}"
            async with asyncio.timeout(PATIENCE):
                while await connection.fetchval(left, str(found)):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)


async def _someone_waits(connection: asyncpg.Connection[Any]) -> None:
    """Until another session of this role waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = current_user"
    async with asyncio.timeout(PATIENCE):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    """A running project with a budget that one order fills by four fifths."""
    async with running("project-mgmt", "labour", "procurement") as rig:
        made = Scene(rig, organisation(Kind.CONTRACTOR), "")
        project = {
            "code": f"K-{new_id().hex[-8:]}",
            "name_zh": "断电示范项目",
            "name_en": "Power cut",
            "investment_kind": "government",
            "building_type": "school",
            "city": "440300",
            "district": "pingshan",
            "planned_start": "2026-01-01",
            "planned_finish": "2028-06-30",
            "floor_area": "1000.00",
            "risk_class": "normal",
            "parties": [
                {"organisation_id": str(one), "role": role, "valid_from": "2026-01-01"}
                for one, role in (
                    (made.contractor.id, "general_contractor"),
                    (new_id(), "owner"),
                    (new_id(), "supervisor"),
                )
            ],
        }
        manager = Role.PROJECT_MANAGER
        answer = await made.ask("project-mgmt", manager, "POST", "/projects/v1/projects", json=project)
        assert answer.status_code == 201, answer.text
        made.project_id = answer.json()["id"]
        path = f"/projects/v1/projects/{made.project_id}"
        answer = await made.ask("project-mgmt", manager, "POST", f"{path}:activate")
        assert answer.status_code == 200, answer.text
        budget = {"currency": "CNY", "lines": [{"cost_code": "01-STEEL", "name": "钢筋", "amount": "50000.00"}]}
        answer = await made.ask(
            "project-mgmt", manager, "PUT", f"{path}/budget", json=budget, headers={"If-Match": '"0"'}
        )
        assert answer.status_code == 200, answer.text
        async with made.database("procurement") as connection:
            await connection.execute(
                """
                INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification,
                    retired)
                VALUES (gen_random_uuid(), 1, now(), now(), '01090001', '圆钢', 'round bar', '', false);
                INSERT INTO material_units (id, material_code, unit) VALUES (gen_random_uuid(), '01090001', 't')
                """
            )
        yield made


async def test_what_nobody_confirmed_lapses_and_the_order_can_be_approved_again(scene: Scene) -> None:
    order_id, headers = await scene.submitted(), key()
    await scene.interrupted(order_id, headers)
    assert await scene.order(order_id) == ("submitted", 0)
    assert await scene.budget() == (AMOUNT, "0.00")

    await scene.let_time_pass(order_id)
    assert await scene.commitments(order_id) == [("lapsed", AMOUNT)]
    assert await scene.budget() == ("0.00", "0.00")

    await scene.rig.start("procurement")
    answer = await scene.approve(order_id, headers)
    assert (answer.status_code, answer.json().get("state")) == (200, "approved"), answer.text
    await scene.until(order_id, "confirmed")
    assert await scene.order(order_id) == ("approved", 1)
    assert await scene.budget() == ("0.00", AMOUNT)

    cancel = {"reason": "the other test wants the budget"}
    path = f"/procurement/v1/orders/{order_id}:cancel"
    assert (await scene.ask("procurement", Role.BUYER, "POST", path, json=cancel)).status_code == 200
    await scene.until(order_id, "cancelled")
    assert await scene.budget() == ("0.00", "0.00")


async def test_approved_again_before_it_lapses_the_reservation_is_taken_once(scene: Scene) -> None:
    """The budget has room for one such order only."""
    order_id, headers = await scene.submitted(), key()
    await scene.interrupted(order_id, headers)
    await scene.rig.start("procurement")
    answer = await scene.approve(order_id, headers)
    assert (answer.status_code, answer.json().get("state")) == (200, "approved"), answer.text
    await scene.until(order_id, "confirmed")
    assert await scene.order(order_id) == ("approved", 1)
    assert await scene.budget() == ("0.00", AMOUNT)
    await scene.let_time_pass(order_id)  # the job of the first reservation comes late
    assert await scene.commitments(order_id) == [("confirmed", AMOUNT)]

    path = f"/procurement/v1/orders/{order_id}:cancel"
    done = await scene.ask("procurement", Role.BUYER, "POST", path, json={"reason": "the other test wants the budget"})
    assert done.status_code == 200, done.text
    await scene.until(order_id, "cancelled")
