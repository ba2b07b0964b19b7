"""Orders through the gateway against the same rows and the same SELECT bare."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import asyncpg

from chassis.ids import new_id
from tests.bench.load import Measured, wrk
from tests.bench.rig import Buyer, Rig

CONNECTIONS = 16
PATH = "/procurement/v1/orders"


def order_body(buyer: Buyer) -> str:
    """An order with three lines."""
    line = {
        "material_code": "01090001",
        "unit": "t",
        "cost_code": "01",
        "quantity": "10.5",
        "unit_price": "3950.00",
        "tolerance_percent": "0.00",
    }
    body = {"project_id": str(buyer.project_id), "supplier_id": str(new_id()), "lines": [line] * 3}
    return json.dumps(body)


def headers(rig: Rig, buyer: Buyer) -> dict[str, str]:
    """What the buyer sends."""
    return {"Authorization": f"Bearer {rig.token(buyer.principal)}", "Content-Type": "application/json"}


async def create(rig: Rig, buyer: Buyer, service: str, seconds: float) -> Measured:
    """Create orders through a process."""
    return await wrk(
        rig.url(service) + PATH,
        seconds=seconds,
        connections=CONNECTIONS,
        method="POST",
        headers=headers(rig, buyer),
        body=order_body(buyer),
    )


async def listing(rig: Rig, buyer: Buyer, service: str, seconds: float, connections: int = CONNECTIONS) -> Measured:
    """List 50 orders through a process."""
    url = rig.url(service) + PATH + "?page_size=50"
    return await wrk(url, seconds=seconds, connections=connections, headers=headers(rig, buyer))


async def one(rig: Rig, buyer: Buyer, service: str, seconds: float) -> Measured:
    """Read the newest order through a process: the cheapest request that goes through all of it."""
    url = rig.url(service) + PATH + "?page_size=1"
    async with aiohttp.ClientSession(headers=headers(rig, buyer)) as http, http.get(url) as answer:
        [order] = (await answer.json())["items"]
    return await wrk(
        f"{rig.url(service)}{PATH}/{order['id']}", seconds=seconds, connections=CONNECTIONS, headers=headers(rig, buyer)
    )


async def analyze(rig: Rig) -> None:
    """What autovacuum does once a minute; without it the plan of the SELECT depends on when that minute is over.

    As the owner: for the runtime role PostgreSQL skips it with a warning.
    """
    connection = await asyncpg.connect(rig.databases["procurement"].owner_url)
    await connection.execute("ANALYZE orders")
    await connection.close()


async def fill(rig: Rig, buyer: Buyer, count: int) -> None:
    """Bring the table to `count` orders of one line, of a hundred other buyers and of this one."""
    connection = await rig.connect("procurement")
    there = await connection.fetchval("SELECT count(*) FROM orders")
    await connection.execute(
        """
        WITH made AS (
            INSERT INTO orders (id, version, created_at, updated_at, number, project_id, buyer_id, supplier_id, state,
                currency, total, note, reason, created_by)
            SELECT uuidv7(), 1, now(), now(), 'F-' || $3::text || '-' || n, $1,
                CASE WHEN n % 2 = 0 THEN $2 ELSE md5((n % 100)::text)::uuid END, gen_random_uuid(), 'draft', 'CNY', 100,
                '', '', 'bench'
            FROM generate_series(1, $4::int) AS n RETURNING id
        )
        INSERT INTO order_lines (id, order_id, position, material_code, unit, cost_code, quantity, unit_price,
            tolerance_percent, amount)
        SELECT uuidv7(), id, 1, '01090001', 't', '01', 10, 10, 0, 100 FROM made
        """,
        buyer.project_id,
        buyer.principal.organisation_id,
        str(count),
        count - there,
        timeout=600,
    )
    await connection.close()
    await analyze(rig)


async def bare(rig: Rig, work: Callable[[asyncpg.Connection[Any]], Awaitable[None]], seconds: float) -> float:
    """How often per second `work` runs on CONNECTIONS bare connections."""
    connections = [await rig.connect("procurement") for _ in range(CONNECTIONS)]
    until = time.perf_counter() + seconds
    count = 0

    async def repeat(connection: asyncpg.Connection[Any]) -> None:
        nonlocal count
        while time.perf_counter() < until:
            await work(connection)
            count += 1

    began = time.perf_counter()
    await asyncio.gather(*(repeat(connection) for connection in connections))
    elapsed = time.perf_counter() - began
    await asyncio.gather(*(connection.close() for connection in connections))
    return count / elapsed


def bare_create(buyer: Buyer) -> Callable[[asyncpg.Connection[Any]], Awaitable[None]]:
    """The rows of one order in one transaction: order, 3 lines, fact, audit, key."""

    async def work(connection: asyncpg.Connection[Any]) -> None:
        now, order_id, org = datetime.now(UTC), new_id(), buyer.principal.organisation_id
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO idempotency_keys (organisation_id, key, fingerprint, status, body, etag, created_at) "
                "VALUES ($1,$2,$3,201,$4,'\"1\"',$5)",
                org, str(order_id), b"f" * 32, b"x" * 1500, now,
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO orders (id, version, created_at, updated_at, number, project_id, buyer_id, supplier_id, "
                "state, currency, total, note, reason, created_by) "
                "VALUES ($1,1,$2,$2,$3,$4,$5,$6,'draft','CNY',$7,'','','bench')",
                order_id, now, f"N-{order_id}", buyer.project_id, org, new_id(), Decimal("124425.00"),
            )  # fmt: skip
            await connection.executemany(
                "INSERT INTO order_lines (id, order_id, position, material_code, unit, cost_code, quantity, "
                "unit_price, tolerance_percent, amount) VALUES ($1,$2,$3,'01090001','t','01',10.5,3950,0,41475)",
                [(new_id(), order_id, position) for position in (1, 2, 3)],
            )
            await connection.execute(
                "INSERT INTO outbox (event_id, subject, aggregate_id, aggregate_version, payload, occurred_at, "
                "published_at, replays) VALUES ($1,'bench',$2,1,$3,$4,$4,0)",
                new_id(), order_id, b"p" * 300, now,
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO audit (id, at, subject, client_id, organisation_id, verb, entity, entity_id, after) "
                "VALUES ($1,$2,'bench','bench',$3,'orders.create','order',$4,$5::text::jsonb)",
                new_id(), now, org, order_id, '{"number": "x", "state": "draft"}',
            )  # fmt: skip

    return work


def bare_list(buyer: Buyer) -> Callable[[asyncpg.Connection[Any]], Awaitable[None]]:
    """The SELECT of a page of 50 orders."""
    sql = (
        "SELECT id, version, created_at, updated_at, number, project_id, buyer_id, supplier_id, state, currency, "
        "total, note, reason, approved_at FROM orders WHERE buyer_id = $1 ORDER BY id DESC LIMIT 51"
    )

    async def work(connection: asyncpg.Connection[Any]) -> None:
        await connection.fetch(sql, buyer.principal.organisation_id)

    return work
