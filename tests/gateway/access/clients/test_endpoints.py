"""The REST door of API clients."""

from __future__ import annotations

import asyncio

import pytest

from chassis.identity import Kind, Role
from gateway.access.clients import service
from tests.gateway.conftest import CLIENTS, Access
from tests.harness import key


async def test_a_secret_is_shown_once(access: Access) -> None:
    contractor = await access.admitted()
    header, body = key(), {"name": "ERP 接口", "roles": ["integrator"]}
    first = await access.post(contractor.admin, CLIENTS, body, **header)
    again = await access.post(contractor.admin, CLIENTS, body, **header)
    assert first.status_code == 201, first.text
    made = first.json()
    assert made["client_id"].startswith("api-")
    assert len(made["client_secret"]) == 43
    assert (made["state"], made["provisioning"], made["last_used_at"]) == ("active", "pending", None)
    assert again.json() == made | {"client_secret": ""}
    assert again.headers["idempotency-replayed"] == "true"
    row = await access.row("clients", made["id"])
    assert row["secret"].startswith("k1:")
    assert made["client_secret"] not in row["secret"]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.APPROVER, Role.PERSONAL_DATA_OFFICER, Role.SALES])
async def test_roles_that_no_program_of_a_contractor_gets(access: Access, role: Role) -> None:
    contractor = await access.admitted(Kind.CONTRACTOR)
    before = await access.harness.checksum()
    answer = await access.post(contractor.admin, CLIENTS, {"name": "x", "roles": [role.value]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "ROLE_NOT_ALLOWED"
    assert await access.harness.checksum() == before


async def test_rotation_makes_another_secret_and_revocation_ends_it(access: Access) -> None:
    contractor = await access.admitted()
    made = await access.client(contractor)
    rotated = await access.post(contractor.admin, f"{CLIENTS}/{made['id']}:rotate", **{"If-Match": '"1"'})
    assert rotated.json()["client_secret"] not in {"", made["client_secret"]}
    assert rotated.headers["etag"] == '"2"'
    revoked = await access.post(contractor.admin, f"{CLIENTS}/{made['id']}:revoke")
    assert revoked.json()["state"] == "revoked"
    assert (await access.row("clients", made["id"]))["secret"] == ""
    late = await access.post(contractor.admin, f"{CLIENTS}/{made['id']}:rotate")
    assert (late.status_code, late.json()["code"]) == (409, "INVALID_STATE")


async def test_clients_of_others_are_not_there(access: Access) -> None:
    one, other, operator = await access.admitted(), await access.admitted(), await access.operating()
    made = await access.client(one)
    before = await access.harness.checksum()
    for who in (other.admin, operator):
        for verb in ("rotate", "revoke"):
            assert (await access.post(who, f"{CLIENTS}/{made['id']}:{verb}")).status_code == 404
    assert (await access.get(other.admin, f"{CLIENTS}/{made['id']}")).status_code == 404
    assert (await access.get(access.operator, f"{CLIENTS}/{made['id']}")).status_code == 200
    program = one.organisation.as_(Role.INTEGRATOR)
    assert (await access.post(program, CLIENTS, {"name": "x", "roles": ["integrator"]})).status_code == 403
    assert await access.harness.checksum() == before


async def test_the_number_is_bounded_even_at_the_same_time(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_ACTIVE", 3)
    contractor = await access.admitted()
    body = {"name": "x", "roles": ["integrator"]}
    answers = await asyncio.gather(*(access.post(contractor.admin, CLIENTS, body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409, 409]
