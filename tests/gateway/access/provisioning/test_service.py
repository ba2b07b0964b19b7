"""Keycloak follows PostgreSQL: real server, the same code and the same rights as in production."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, PermissionDenied, Unavailable
from chassis.identity import Kind, Role, service_principal
from chassis.jobs import JobRunner, Patience
from gateway.access.organisations.events import CHANGED
from gateway.access.provisioning import service
from gateway.clients.keycloak import Answer, Keycloak
from gateway.jobs import JOBS
from tests.gateway.access.provisioning.conftest import Realm, adapter
from tests.gateway.conftest import CLIENTS, MEMBERS, ORGANISATIONS, Access, new_email
from tests.infra_fixtures import OPERATOR, RunningKeycloak
from zhulian.access.v1.events_pb2 import OrganisationChanged

LATER = timedelta(days=1)  # longer than any session of tests, whose clock stands still
CHANGES = 11


def organisation_of(claims: Mapping[str, Any] | None, uscc: str) -> Any:
    assert claims is not None
    shown = claims["organization"].get(uscc.lower())
    return shown and {**shown, "groups": set(shown["groups"])}


async def test_nothing_is_in_keycloak_before_the_admission(realm: Realm) -> None:
    made = await realm.access.registered()
    await realm.provision(UUID(made["id"]))
    assert realm.user(made["admin_email"]) is None
    assert realm.running.admin.get_organizations({"q": f"organisation_id:{made['id']}"}) == []


async def test_after_the_admission_the_first_administrator_signs_in(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted(Kind.CONTRACTOR, Kind.LESSOR))
    made = admitted.registered
    claims = realm.person(made["admin_email"], made["initial_password"])
    shown = organisation_of(claims, made["uscc"])
    assert shown["organisation_id"] == [str(admitted.id)]
    assert sorted(shown["kind"]) == ["contractor", "lessor"]
    assert shown["groups"] == {"/admin"}
    assert claims is not None
    assert claims["aud"] == "zhulian"
    found = (await realm.access.get(admitted.admin, f"{ORGANISATIONS}/{admitted.id}")).json()
    assert found["provisioning"] == "done"


async def test_a_members_roles_follow_and_the_secret_is_wiped(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    member = await realm.access.invited(admitted, Role.BUYER, Role.VIEWER)
    await realm.provision(admitted.id)
    row = await realm.access.row("members", member["id"])
    assert (row["secret"], row["synced_version"]) == ("", 1)
    assert row["subject"] != ""
    claims = realm.person(member["email"], member["initial_password"])
    assert organisation_of(claims, admitted.registered["uscc"])["groups"] == {"/buyer", "/viewer"}
    path = f"{MEMBERS}/{member['id']}/roles"
    await realm.access.put(admitted.admin, path, {"roles": ["approver", "viewer"]}, 1)
    await realm.provision(admitted.id)
    claims = realm.person(member["email"], member["initial_password"])
    assert organisation_of(claims, admitted.registered["uscc"])["groups"] == {"/approver", "/viewer"}


async def test_a_removed_member_has_no_token_and_comes_back(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    member = await realm.access.invited(admitted, Role.BUYER)
    await realm.provision(admitted.id)
    await realm.access.post(admitted.admin, f"{MEMBERS}/{member['id']}:remove")
    await realm.provision(admitted.id)
    assert realm.person(member["email"], member["initial_password"]) is None
    body = {"name": "王芳", "email": member["email"], "roles": ["viewer"]}
    back = (await realm.access.post(admitted.admin, MEMBERS, body)).json()
    await realm.provision(admitted.id)
    assert realm.person(member["email"], member["initial_password"]) is None
    claims = realm.person(member["email"], back["initial_password"])
    assert organisation_of(claims, admitted.registered["uscc"])["groups"] == {"/viewer"}


async def test_a_new_password_ends_the_old_one(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    member = await realm.access.invited(admitted, Role.BUYER)
    await realm.provision(admitted.id)
    renewed = (await realm.access.post(admitted.admin, f"{MEMBERS}/{member['id']}:reset-password")).json()
    await realm.provision(admitted.id)
    assert realm.person(member["email"], member["initial_password"]) is None
    assert realm.person(member["email"], renewed["initial_password"]) is not None


async def test_a_client_signs_in_rotates_and_is_revoked(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    made = await realm.access.client(admitted, Role.INTEGRATOR, Role.VIEWER)
    await realm.provision(admitted.id)
    assert (await realm.access.row("clients", made["id"]))["secret"] == ""
    claims = realm.program(made["client_id"], made["client_secret"])
    shown = organisation_of(claims, admitted.registered["uscc"])
    assert (shown["groups"], shown["organisation_id"]) == ({"/integrator", "/viewer"}, [str(admitted.id)])
    assert claims is not None
    assert claims["azp"] == made["client_id"]
    rotated = (await realm.access.post(admitted.admin, f"{CLIENTS}/{made['id']}:rotate")).json()
    await realm.provision(admitted.id)
    assert realm.program(made["client_id"], made["client_secret"]) is None
    assert realm.program(made["client_id"], rotated["client_secret"]) is not None
    await realm.access.post(admitted.admin, f"{CLIENTS}/{made['id']}:revoke")
    await realm.provision(admitted.id)
    assert realm.program(made["client_id"], rotated["client_secret"]) is None


async def test_a_suspended_organisation_is_in_no_token(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    made, client = admitted.registered, await realm.access.client(admitted)
    path = f"{ORGANISATIONS}/{admitted.id}"
    await realm.access.post(realm.access.operator, f"{path}:suspend", {"reason": "调查"})
    await realm.provision(admitted.id)
    assert organisation_of(realm.person(made["admin_email"], made["initial_password"]), made["uscc"]) is None
    assert organisation_of(realm.program(client["client_id"], client["client_secret"]), made["uscc"]) is None
    await realm.access.post(realm.access.operator, f"{path}:reinstate")
    await realm.provision(admitted.id)
    claims = realm.person(made["admin_email"], made["initial_password"])
    assert organisation_of(claims, made["uscc"])["groups"] == {"/admin"}


async def test_repeating_the_job_changes_nothing(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    await realm.access.client(admitted)
    await realm.provision(admitted.id)
    before = await realm.access.harness.checksum()
    await realm.provision(admitted.id)
    assert await realm.access.harness.checksum() == before


class Breaking(Keycloak):
    """Keycloak that dies when its change number `at` (counted from 1) has been made, before it answers."""

    def __init__(self, *address: str, at: int) -> None:
        super().__init__(*address)
        self.left = at

    async def _call(self, method: str, path: str, accept: tuple[int, ...] = (), **more: Any) -> Answer:
        answer = await super()._call(method, path, accept, **more)
        self.left -= method != "get"
        if self.left == 0 and method != "get":
            raise Unavailable("KEYCLOAK_UNAVAILABLE", zh="", en="")
        return answer


@pytest.mark.parametrize("at", range(1, CHANGES + 1))
async def test_a_break_at_any_change_leaves_nothing_half_done(realm: Realm, at: int) -> None:
    """Every change for a new organisation with its first administrator and a client; then the job comes again."""
    admitted = await realm.access.admitted()
    client = await realm.access.client(admitted)
    through = adapter(realm.running, Breaking, at=at)
    with pytest.raises(Unavailable):
        await realm.provision(admitted.id, through)
    await through.close()
    found = (await realm.access.get(admitted.admin, f"{CLIENTS}/{client['id']}")).json()
    assert found["provisioning"] == "pending"
    await realm.provision(admitted.id)
    uscc = admitted.registered["uscc"]
    person = realm.person(admitted.registered["admin_email"], admitted.registered["initial_password"])
    assert organisation_of(person, uscc)["groups"] == {"/admin"}
    program = realm.program(client["client_id"], client["client_secret"])
    assert organisation_of(program, uscc)["groups"] == {"/integrator"}


async def test_there_are_no_more_changes_than_those(realm: Realm) -> None:
    admitted = await realm.access.admitted()
    await realm.access.client(admitted)
    through = adapter(realm.running, Breaking, at=CHANGES + 1)
    await realm.provision(admitted.id, through)
    await through.close()
    assert through.left == 1  # type: ignore[attr-defined] # a Breaking


class Changing(Keycloak):
    """Somebody changes the member's roles while Keycloak is being told of the old ones."""

    def __init__(self, *address: str, change: Any) -> None:
        super().__init__(*address)
        self.change = change

    async def apply_member(self, organisation: str, wanted: Any) -> str:
        subject = await super().apply_member(organisation, wanted)
        if self.change is not None:
            change, self.change = self.change, None
            await change()
        return subject


async def test_an_older_state_that_arrives_late_is_put_right(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    member = await realm.access.invited(admitted, Role.BUYER)

    async def change() -> None:
        path = f"{MEMBERS}/{member['id']}/roles"
        answer = await realm.access.put(admitted.admin, path, {"roles": ["viewer"]}, 1)
        assert answer.status_code == 200
        await realm.provision(admitted.id)  # the newer job overtakes the older one

    through = adapter(realm.running, Changing, change=change)
    await realm.provision(admitted.id, through)
    await through.close()
    row = await realm.access.row("members", member["id"])
    assert (row["version"], row["synced_version"]) == (2, 0)
    await realm.provision(admitted.id)
    assert (await realm.access.row("members", member["id"]))["synced_version"] == 2
    claims = realm.person(member["email"], member["initial_password"])
    assert organisation_of(claims, admitted.registered["uscc"])["groups"] == {"/viewer"}


async def test_an_account_that_was_there_before_is_not_taken_over(realm: Realm) -> None:
    """Somebody whose account was made by hand must not lose it to an administrator who knows the address."""
    email = new_email("victim")
    realm.running.admin.create_user(
        {
            "username": email,
            "enabled": True,
            "credentials": [{"type": "password", "value": "the-victims-own-1", "temporary": False}],
        }
    )
    admitted = await realm.brought(await realm.access.admitted())
    realm.access.harness.clock.advance(LATER)
    try:
        body = {"name": "王芳", "email": email, "roles": ["admin"]}
        invited = (await realm.access.post(admitted.admin, MEMBERS, body)).json()
        with pytest.raises(FailedPrecondition):
            await realm.provision(admitted.id)
    finally:
        realm.access.harness.clock.advance(-LATER)
    assert realm.person(email, invited["initial_password"]) is None
    claims = realm.person(email, "the-victims-own-1")
    assert organisation_of(claims, admitted.registered["uscc"]) is None


async def test_one_that_keycloak_refuses_does_not_hold_up_the_others(realm: Realm) -> None:
    admitted = await realm.brought(await realm.access.admitted())
    refused, good = await realm.access.invited(admitted, Role.BUYER), await realm.access.client(admitted)
    async with realm.access.harness.sql() as connection:
        await connection.execute("UPDATE members SET name = '<>' WHERE id = $1", UUID(refused["id"]))
    with pytest.raises(RuntimeError, match="400"):
        await realm.provision_one(admitted.id, UUID(refused["id"]))
    await realm.provision_one(admitted.id, UUID(good["id"]))
    assert realm.program(good["client_id"], good["client_secret"]) is not None


async def test_the_operator_of_the_realm_gets_its_row(realm: Realm) -> None:
    clients = {"keycloak": realm.adapter}
    for _ in range(2):
        async with realm.access.harness.work(service_principal("gateway")) as work:
            await service.adopt_operator(work, {}, clients)
    found = await realm.access.get(realm.access.operator, f"{ORGANISATIONS}/{OPERATOR.organisation_id}")
    assert (found.json()["uscc"], found.json()["kinds"]) == (OPERATOR.uscc, ["operator"])
    assert (found.json()["state"], found.json()["provisioning"]) == ("active", "done")
    assert await realm.access.harness.audited(OPERATOR.organisation_id) == ["organisations.adopt"]
    [fact] = await realm.access.harness.events(CHANGED, OPERATOR.organisation_id, OrganisationChanged)
    assert (fact.change, fact.organisation.name, fact.organisation.state) == ("adopt", found.json()["name"], "active")


async def test_only_the_gateway_itself_provisions(access: Access) -> None:
    payload = dict.fromkeys(("organisation_id", "only"), str(OPERATOR.organisation_id))
    with pytest.raises(PermissionDenied):
        async with access.harness.work(access.operator) as work:
            await service.provision(work, payload, {})


@pytest.fixture
async def mortal(realm: Realm) -> AsyncIterator[Realm]:
    """A Keycloak that a test may kill; the tests after it find it alive."""
    yield realm
    if not await asyncio.to_thread(realm.running.server.is_ready):
        await asyncio.to_thread(_start, realm.running)


@pytest.mark.timeout(180)  # Keycloak starts once more, on a busy machine slowly
async def test_keycloak_killed_in_the_middle_and_started_again(mortal: Realm) -> None:
    """The durable job, run as in production; SIGKILL while it works, then a new start."""
    realm, killed = mortal, asyncio.Event()

    class Killing(Keycloak):
        async def apply_client(self, organisation: str, wanted: Any) -> None:
            if not killed.is_set():
                killed.set()
                _kill(realm.running)
            await super().apply_client(organisation, wanted)

    through = adapter(realm.running, Killing)
    async with _running_jobs(realm, through):
        admitted = await realm.access.admitted()
        made, client = admitted.registered, await realm.access.client(admitted)
        await asyncio.wait_for(killed.wait(), 20)
        await asyncio.sleep(1.5)  # it is tried, and refused, at least once more
        pending = (await realm.access.get(admitted.admin, f"{CLIENTS}/{client['id']}")).json()
        assert pending["provisioning"] == "pending"
        await asyncio.to_thread(_start, realm.running)
        for _ in range(200):
            found = (await realm.access.get(admitted.admin, f"{CLIENTS}/{client['id']}")).json()
            if found["provisioning"] == "done":
                break
            await asyncio.sleep(0.1)
    await through.close()
    assert found["provisioning"] == "done"
    assert organisation_of(realm.person(made["admin_email"], made["initial_password"]), made["uscc"])
    program = realm.program(client["client_id"], client["client_secret"])
    assert organisation_of(program, made["uscc"])["groups"] == {"/integrator"}


async def test_the_job_is_done_within_a_moment(realm: Realm) -> None:
    async with _running_jobs(realm, realm.adapter):
        admitted = await realm.access.admitted()
        for _ in range(100):
            found = (await realm.access.get(admitted.admin, f"{ORGANISATIONS}/{admitted.id}")).json()
            if found["provisioning"] == "done":
                break
            await asyncio.sleep(0.1)
    assert found["provisioning"] == "done"


@asynccontextmanager
async def _running_jobs(realm: Realm, through: Keycloak) -> AsyncIterator[None]:
    """The job runner of the process, beside the application."""
    harness = realm.access.harness
    async with harness.sql() as connection:
        await connection.execute("DELETE FROM pgqueuer")  # what other tests left to be done
    surroundings = replace(harness.runtime, clients={**harness.runtime.clients, "keycloak": through})
    patience = Patience(first=timedelta(milliseconds=500), longest=timedelta(seconds=1))
    runner = JobRunner(
        harness.addresses.runtime_url, JOBS, surroundings, service_principal("gateway"), patience=patience
    )
    running = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await asyncio.wait_for(running, 20)


def _kill(running: RunningKeycloak) -> None:
    pid = running.server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def _start(running: RunningKeycloak) -> None:
    running.server.stop()
    running.server.start()
