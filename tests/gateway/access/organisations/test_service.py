"""Use cases of organisations against the database."""

from __future__ import annotations

from uuid import UUID

import pytest
from asyncpg import CheckViolationError

from chassis.errors import FailedPrecondition, PermissionDenied
from chassis.identity import Kind
from gateway.access.organisations import service
from gateway.access.organisations.service import Verb
from tests.gateway.conftest import Access


async def test_a_job_is_enqueued_with_the_admission_and_not_without(access: Access) -> None:
    made = await access.registered()
    assert await _jobs(access, made["id"]) == 0
    with pytest.raises(RuntimeError, match="power"):
        await _admit_and_die(access, UUID(made["id"]))
    assert await _jobs(access, made["id"]) == 0
    assert (await access.row("organisations", made["id"]))["state"] == "pending"
    async with access.harness.work(access.operator) as work:
        await service.admit(work, Verb(UUID(made["id"]), None))
    assert await _jobs(access, made["id"]) == 2  # the organisation's, and its first administrator's


async def test_only_the_operators_administrator_decides(access: Access) -> None:
    admitted = await access.admitted(Kind.CONTRACTOR)
    with pytest.raises(PermissionDenied):
        async with access.harness.work(admitted.admin) as work:
            await service.suspend(work, Verb(admitted.id, None, "x"))
    async with access.harness.work(access.operator) as work:
        await service.suspend(work, Verb(admitted.id, None, "x"))
    with pytest.raises(FailedPrecondition):
        async with access.harness.work(access.operator) as work:
            await service.suspend(work, Verb(admitted.id, None, "x"))


async def test_the_database_holds_what_the_states_promise(access: Access) -> None:
    made = await access.registered()
    async with access.harness.sql() as connection:
        with pytest.raises(CheckViolationError):
            await connection.execute("UPDATE organisations SET state = 'active' WHERE id = $1", UUID(made["id"]))
        with pytest.raises(CheckViolationError):
            await connection.execute("UPDATE organisations SET kinds = '{boss}' WHERE id = $1", UUID(made["id"]))


async def _admit_and_die(access: Access, organisation_id: UUID) -> None:
    async with access.harness.work(access.operator) as work:
        await service.admit(work, Verb(organisation_id, None))
        raise RuntimeError("the power goes before the commit")


async def _jobs(access: Access, organisation_id: str) -> int:
    async with access.harness.sql() as connection:
        rows = await connection.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'access.provision'")
    return sum(organisation_id.encode() in bytes(row["payload"]) for row in rows)
