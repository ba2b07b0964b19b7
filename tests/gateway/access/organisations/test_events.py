"""What the platform is told of an organisation, when, and what it is not told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.errors import PermissionDenied
from chassis.identity import Kind, Role, service_principal
from gateway.access.organisations import service
from gateway.access.organisations.events import CHANGED
from tests.gateway.conftest import ORGANISATIONS, Access
from zhulian.access.v1.events_pb2 import OrganisationChanged, OrganisationSnapshot


async def told(access: Access, organisation_id: str | UUID) -> list[OrganisationChanged]:
    return await access.harness.events(CHANGED, UUID(str(organisation_id)), OrganisationChanged)


async def verb(access: Access, made: dict[str, Any], name: str, body: dict[str, Any] | None = None) -> None:
    answer = await access.post(access.operator, f"{ORGANISATIONS}/{made['id']}:{name}", body)
    assert answer.status_code == 200, answer.text


async def test_each_verb_tells_the_whole_organisation(access: Access) -> None:
    made = await access.registered(Kind.SUPPLIER, Kind.LESSOR)
    await verb(access, made, "admit", {})
    await verb(access, made, "suspend", {"reason": "调查"})
    await verb(access, made, "reinstate")
    facts = await told(access, made["id"])
    assert [(fact.change, fact.organisation.state, fact.organisation.version) for fact in facts] == [
        ("admit", "active", 2),
        ("suspend", "suspended", 3),
        ("reinstate", "active", 4),
    ]
    assert facts[0].organisation == OrganisationSnapshot(
        organisation_id=made["id"],
        uscc=made["uscc"],
        name=made["name"],
        kinds=["lessor", "supplier"],
        state="active",
        version=2,
    )


async def test_nothing_but_register_data_and_the_group_leaves(access: Access) -> None:
    """A new field has to be decided on: persons, addresses and reasons never leave."""
    assert set(OrganisationSnapshot.DESCRIPTOR.fields_by_name) == {
        *("organisation_id", "uscc", "name", "kinds", "state", "version", "parent_id")
    }
    made = await access.registered()
    await verb(access, made, "admit", {})
    await verb(access, made, "suspend", {"reason": "涉嫌串通投标"})
    leaving = b"".join(fact.SerializeToString() for fact in await told(access, made["id"])).decode(errors="replace")
    for private in (made["admin_email"], made["admin_name"], "office@example.com", "李娜", "涉嫌串通投标"):
        assert private not in leaving


async def test_who_was_never_in_is_not_told_of(access: Access) -> None:
    pending, rejected = await access.registered(), await access.registered()
    await verb(access, rejected, "reject", {"reason": "营业执照已过期"})
    await tell_untold(access)
    assert await told(access, pending["id"]) == []
    assert await told(access, rejected["id"]) == []


async def test_who_was_in_before_facts_were_told_is_told_of_once(access: Access) -> None:
    admitted, suspended = await access.admitted(), await access.admitted()
    await verb(access, suspended.registered, "suspend", {"reason": "x"})
    await before_facts(access, admitted.id, suspended.id)
    await tell_untold(access)
    await tell_untold(access)
    [first] = await told(access, admitted.id)
    [second] = await told(access, suspended.id)
    assert (first.change, first.organisation.state, first.organisation.version) == ("known", "active", 2)
    assert (second.change, second.organisation.state, second.organisation.version) == ("known", "suspended", 3)


async def test_the_job_is_not_for_callers(access: Access) -> None:
    admitted = await access.admitted()
    await before_facts(access, admitted.id)
    for caller in (access.operator, admitted.organisation.as_(*Role), service_principal("procurement")):
        with pytest.raises(PermissionDenied):
            async with access.harness.work(caller) as work:
                await service.tell_untold(work, {})
    assert await told(access, admitted.id) == []


async def tell_untold(access: Access) -> None:
    """One run of the job."""
    async with access.harness.work(service_principal("gateway")) as work:
        await service.tell_untold(work, {})


async def before_facts(access: Access, *ids: UUID) -> None:
    """As the migration finds organisations that an earlier gateway has let in."""
    owner = await asyncpg.connect(access.harness.addresses.owner_url)
    try:
        await owner.execute("DELETE FROM outbox WHERE aggregate_id = ANY($1::uuid[])", ids)
        await owner.execute("UPDATE organisations SET told_version = 0 WHERE id = ANY($1::uuid[])", ids)
    finally:
        await owner.close()
