"""The REST door of members."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from tests.gateway.conftest import MEMBERS, ORGANISATIONS, Access, new_email
from tests.harness import key


def body(*roles: str, **changes: Any) -> dict[str, Any]:
    return {"name": "王芳", "email": new_email("wang.fang"), "roles": list(roles) or ["viewer"]} | changes


async def test_an_invitation_shows_the_password_once(access: Access) -> None:
    contractor = await access.admitted(Kind.CONTRACTOR)
    header, wanted = key(), body("buyer", "viewer", "buyer", email=new_email("Wang.FANG"))
    first = await access.post(contractor.admin, MEMBERS, wanted, **header)
    again = await access.post(contractor.admin, MEMBERS, wanted, **header)
    assert first.status_code == 201, first.text
    made = first.json()
    assert (made["email"], made["roles"]) == (wanted["email"].lower(), ["buyer", "viewer"])
    assert (made["state"], made["provisioning"]) == ("active", "pending")
    assert len(made["initial_password"]) == 24
    assert again.json() == made | {"initial_password": ""}
    assert again.headers["idempotency-replayed"] == "true"
    found = await access.get(contractor.admin, f"{MEMBERS}/{made['id']}")
    made.pop("initial_password")
    assert found.json() == made


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (Kind.SUPPLIER, "buyer"),
        (Kind.SUPPLIER, "gate_device"),
        (Kind.CONTRACTOR, "sales"),
        (Kind.LESSOR, "approver"),
        (Kind.SUPERVISOR, "personal_data_officer"),
    ],
)
async def test_a_role_that_the_kind_does_not_have(access: Access, kind: Kind, role: str) -> None:
    admitted = await access.admitted(kind)
    before = await access.harness.checksum()
    answer = await access.post(admitted.admin, MEMBERS, body("viewer", role))
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/roles", "ROLE_NOT_ALLOWED")
    assert role in fault["detail"]
    assert await access.harness.checksum() == before


async def test_an_address_serves_one_account(access: Access) -> None:
    """Whoever makes an account knows its password: it must not become a door into another organisation."""
    one, other = await access.admitted(), await access.admitted()
    wanted = body()
    assert (await access.post(one.admin, MEMBERS, wanted)).status_code == 201
    before = await access.harness.checksum()
    for who in (one, other):
        refused = await access.post(who.admin, MEMBERS, wanted)
        assert (refused.status_code, refused.json()["code"]) == (409, "EMAIL_TAKEN")
    assert await access.harness.checksum() == before


async def test_roles_change_under_if_match(access: Access) -> None:
    contractor = await access.admitted()
    made = await access.invited(contractor, Role.BUYER)
    path = f"{MEMBERS}/{made['id']}/roles"
    changed = await access.put(contractor.admin, path, {"roles": ["approver"]}, 1)
    assert (changed.status_code, changed.json()["roles"], changed.json()["version"]) == (200, ["approver"], 2)
    stale = await access.put(contractor.admin, path, {"roles": ["viewer"]}, 1)
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    async with access.harness.client(contractor.admin) as client:
        missing = await client.put(path, json={"roles": ["viewer"]})
    assert (missing.status_code, missing.json()["code"]) == (400, "IF_MATCH_MISSING")


async def test_the_last_administrator_stays(access: Access) -> None:
    contractor = await access.admitted()
    [first] = (await access.get(contractor.admin, MEMBERS, role="admin")).json()["items"]
    before = await access.harness.checksum()
    demoted = await access.put(contractor.admin, f"{MEMBERS}/{first['id']}/roles", {"roles": ["viewer"]}, 1)
    removed = await access.post(contractor.admin, f"{MEMBERS}/{first['id']}:remove")
    assert (demoted.json()["code"], removed.json()["code"]) == ("LAST_ADMINISTRATOR", "LAST_ADMINISTRATOR")
    assert await access.harness.checksum() == before
    await access.invited(contractor, Role.ADMIN)
    assert (await access.post(contractor.admin, f"{MEMBERS}/{first['id']}:remove")).status_code == 200


async def test_two_administrators_cannot_remove_each_other_at_once(access: Access) -> None:
    contractor = await access.admitted()
    [first] = (await access.get(contractor.admin, MEMBERS, role="admin")).json()["items"]
    second = await access.invited(contractor, Role.ADMIN)
    answers = await asyncio.gather(
        *(access.post(contractor.admin, f"{MEMBERS}/{one['id']}:remove") for one in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_removed_member_comes_back_with_another_password(access: Access) -> None:
    contractor = await access.admitted()
    wanted = body("buyer")
    made = (await access.post(contractor.admin, MEMBERS, wanted)).json()
    removed = await access.post(contractor.admin, f"{MEMBERS}/{made['id']}:remove")
    assert (removed.json()["state"], removed.json()["roles"]) == ("removed", [])
    assert (await access.row("members", made["id"]))["secret"] == ""
    late = await access.post(contractor.admin, f"{MEMBERS}/{made['id']}:reset-password")
    assert (late.status_code, late.json()["metadata"]["allowed"]) == (409, "invite-again")
    back = (await access.post(contractor.admin, MEMBERS, wanted | {"roles": ["viewer"]})).json()
    assert (back["id"], back["state"], back["roles"], back["version"]) == (made["id"], "active", ["viewer"], 3)
    assert back["initial_password"] not in {"", made["initial_password"]}
    assert await access.harness.audited(UUID(made["id"])) == ["members.invite", "members.remove", "members.invite"]


async def test_a_new_password(access: Access) -> None:
    contractor = await access.admitted()
    made = await access.invited(contractor, Role.BUYER)
    answer = await access.post(contractor.admin, f"{MEMBERS}/{made['id']}:reset-password")
    assert answer.status_code == 200, answer.text
    assert answer.json()["initial_password"] not in {"", made["initial_password"]}


async def test_a_suspended_organisation_manages_nobody(access: Access) -> None:
    contractor = await access.admitted()
    made = await access.invited(contractor, Role.BUYER)
    await access.post(access.operator, f"{ORGANISATIONS}/{contractor.id}:suspend", {"reason": "调查"})
    before = await access.harness.checksum()
    for answer in (
        await access.post(contractor.admin, MEMBERS, body()),
        await access.post(contractor.admin, f"{MEMBERS}/{made['id']}:remove"),
        await access.post(contractor.admin, "/access/v1/clients", {"name": "x", "roles": ["integrator"]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "ORGANISATION_NOT_ACTIVE")
    assert await access.harness.checksum() == before


async def test_members_of_others_are_not_there(access: Access) -> None:
    one, other, operator = await access.admitted(), await access.admitted(), await access.operating()
    made = await access.invited(one, Role.BUYER)
    before = await access.harness.checksum()
    assert (await access.get(other.admin, f"{MEMBERS}/{made['id']}")).status_code == 404
    assert (await access.put(other.admin, f"{MEMBERS}/{made['id']}/roles", {"roles": ["admin"]}, 1)).status_code == 404
    # The operator may look, but not act for others.
    assert (await access.get(operator, f"{MEMBERS}/{made['id']}")).status_code == 200
    for who in (other.admin, operator):
        for verb in ("remove", "reset-password"):
            answer = await access.post(who, f"{MEMBERS}/{made['id']}:{verb}")
            assert answer.status_code == 404, answer.text
    assert await access.harness.checksum() == before
    items = (await access.get(other.admin, MEMBERS, organisation_id=str(one.id))).json()["items"]
    assert items == []


async def test_who_is_no_administrator_manages_nobody(access: Access) -> None:
    contractor = await access.admitted()
    everybody_else = contractor.organisation.as_(*(set(Role) - {Role.ADMIN}))
    before = await access.harness.checksum()
    assert (await access.post(everybody_else, MEMBERS, body())).status_code == 403
    assert (await access.get(everybody_else, MEMBERS)).status_code == 403
    assert await access.harness.checksum() == before
