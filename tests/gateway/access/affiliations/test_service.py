"""Use cases of affiliations against the database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from asyncpg import CheckViolationError, UniqueViolationError

from chassis.errors import Aborted, PermissionDenied
from chassis.identity import Role
from chassis.ids import new_id
from gateway.access.affiliations import service
from gateway.access.affiliations.service import Verb
from gateway.access.organisations.events import CHANGED
from tests.gateway.conftest import Access, Admitted
from zhulian.access.v1.events_pb2 import OrganisationChanged

INSERT = """
INSERT INTO affiliations (id, version, created_at, updated_at, parent_id, child_id, state, reason)
VALUES ($1, 1, now(), now(), $2, $3, $4, '')
"""


async def confirm(access: Access, child: Admitted, asked: dict[str, Any], version: int | None = None) -> None:
    async with access.harness.work(child.admin) as work:
        await service.confirm(work, Verb(UUID(asked["id"]), version))


async def test_membership_fact_and_audit_come_with_the_commit_and_not_without(access: Access) -> None:
    parent, child = await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    before = await access.harness.checksum()
    with pytest.raises(RuntimeError, match="power"):
        await _confirm_and_die(access, child, UUID(asked["id"]))
    assert await access.harness.checksum() == before
    await confirm(access, child, asked)
    facts = await access.harness.events(CHANGED, child.id, OrganisationChanged)
    assert facts[-1].organisation.parent_id == str(parent.id)


async def test_another_version_than_the_one_seen_is_refused(access: Access) -> None:
    parent, child = await access.admitted(), await access.admitted()
    asked = await access.asked(parent, child)
    before = await access.harness.checksum()
    with pytest.raises(Aborted):
        await confirm(access, child, asked, version=7)
    assert await access.harness.checksum() == before


async def test_only_an_administrator_asks(access: Access) -> None:
    parent, child = await access.admitted(), await access.admitted()
    before = await access.harness.checksum()
    with pytest.raises(PermissionDenied):
        async with access.harness.work(parent.organisation.as_(Role.BUYER, Role.APPROVER)) as work:
            await service.request(work, child.registered["uscc"])
    assert await access.harness.checksum() == before


async def test_the_database_holds_one_parent_and_two_sides(access: Access) -> None:
    one, two, child = await access.admitted(), await access.admitted(), await access.admitted()
    async with access.harness.sql() as connection:
        await connection.execute(INSERT, new_id(), one.id, child.id, "confirmed")
        with pytest.raises(UniqueViolationError):
            await connection.execute(INSERT, new_id(), two.id, child.id, "confirmed")
        with pytest.raises(CheckViolationError):
            await connection.execute(INSERT, new_id(), one.id, one.id, "requested")


async def _confirm_and_die(access: Access, child: Admitted, affiliation_id: UUID) -> None:
    async with access.harness.work(child.admin) as work:
        await service.confirm(work, Verb(affiliation_id, None))
        raise RuntimeError("the power goes before the commit")
