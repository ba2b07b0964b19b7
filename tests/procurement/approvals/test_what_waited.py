"""The migration that brought the matrix: what was submitted before it waits for an approver afterwards, as it did."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
from alembic import command

from chassis import migrations
from infra.postgres import Cluster
from procurement.app import SERVICE

BEFORE = "0014"
OF_TYPE = {
    "uuid": "uuidv7()",
    "text": "''",
    "numeric": "1",
    "integer": "1",
    "timestamp with time zone": "now()",
}
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_name = 'orders' AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'
"""


async def _ordered(url: str, state: str) -> UUID:
    """An order from before, in a state; answers its id."""
    order_id = uuid4()
    connection = await asyncpg.connect(url)
    needed = {row["column_name"]: OF_TYPE[row["data_type"]] for row in await connection.fetch(COLUMNS)}
    said = {"id": f"'{order_id}'", "number": f"'PO-{state}'", "state": f"'{state}'", "currency": "'CNY'"}
    needed |= said | {"created_by": "'clerk'", "total": "88.50"}
    await connection.execute(f"INSERT INTO orders ({', '.join(needed)}) VALUES ({', '.join(needed.values())})")
    await connection.close()
    return order_id


async def test_what_was_submitted_before_waits_for_one_approver(cluster: Cluster) -> None:
    addresses = await asyncio.to_thread(cluster.create_service_database, f"waited_{uuid4().hex[:8]}")
    configuration = migrations.configuration(SERVICE, addresses.owner_url, addresses.runtime_role)
    await asyncio.to_thread(command.upgrade, configuration, BEFORE)
    submitted, _ = [await _ordered(addresses.owner_url, state) for state in ("submitted", "draft")]

    await asyncio.to_thread(migrations.upgrade, SERVICE, addresses.owner_url, addresses.runtime_role)

    connection = await asyncpg.connect(addresses.owner_url)
    asked = "SELECT document_id, document_number, authors, amount::text, role, state, round FROM approval_steps"
    steps = [tuple(row) for row in await connection.fetch(asked)]
    await connection.close()
    assert steps == [(submitted, "PO-submitted", ["clerk"], "88.50", "approver", "waiting", 1)]
