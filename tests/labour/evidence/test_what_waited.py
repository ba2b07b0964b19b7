"""The migration that tells changes in one row for many workers: what waited before it is computed afterwards."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

import asyncpg
from alembic import command

from chassis import migrations
from infra.postgres import Cluster
from labour.app import SERVICE

BEFORE = "0015"
TOLD = "INSERT INTO evidence_changes (project_id, worker_id, month) VALUES ($1, $2, $3)"


async def test_what_waited_before_waits_still_and_nothing_is_told_in_the_old_way(cluster: Cluster) -> None:
    addresses = await asyncio.to_thread(cluster.create_service_database, f"waited_{uuid4().hex[:8]}")
    configuration = migrations.configuration(SERVICE, addresses.owner_url, addresses.runtime_role)
    await asyncio.to_thread(command.upgrade, configuration, BEFORE)
    connection = await asyncpg.connect(addresses.owner_url)
    project, month = uuid4(), date(2026, 10, 1)
    workers = {uuid4(), uuid4()}
    for worker in (*workers, *workers):
        await connection.execute(TOLD, project, worker, month)

    await asyncio.to_thread(migrations.upgrade, SERVICE, addresses.owner_url, addresses.runtime_role)

    waiting = await connection.fetch("SELECT project_id, month, worker_ids FROM evidence_changed_months")
    assert [(row["project_id"], row["month"], set(row["worker_ids"])) for row in waiting] == [(project, month, workers)]
    assert await connection.fetchval("SELECT count(*) FROM evidence_changes") == 0
    old = "SELECT proname FROM pg_proc WHERE prosrc LIKE '%INTO evidence_changes %'"
    assert await connection.fetch(old) == []
    await connection.close()
