"""The REST door of organisations."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.gateway.conftest import MEMBERS, ORGANISATIONS, Access, application, new_email, new_uscc
from tests.harness import key, organisation


async def test_registration_is_open_and_answers_the_password_once(access: Access) -> None:
    header, body = key(), application()
    first = await access.post(None, ORGANISATIONS, body, **header)
    again = await access.post(None, ORGANISATIONS, body, **header)
    assert first.status_code == 201, first.text
    made = first.json()
    assert (made["state"], made["kinds"], made["provisioning"]) == ("pending", [], "none")
    assert made["requested_kinds"] == ["contractor"]
    assert len(made["initial_password"]) == 24
    assert first.headers["cache-control"] == "no-store"
    assert again.status_code == 201
    assert again.json() == made | {"initial_password": ""}
    assert await access.harness.audited(_id(made)) == ["organisations.register"]


async def test_the_password_rests_nowhere_in_clear(access: Access) -> None:
    made = await access.registered()
    row = await access.row("organisations", made["id"])
    async with access.harness.sql() as connection:
        stored = await connection.fetch("SELECT body FROM idempotency_keys")
        audited = await connection.fetch("SELECT after::text FROM audit")
    assert row["admin_secret"].startswith("k1:")
    everything = [bytes(one["body"]) for one in stored] + [one["after"].encode() for one in audited]
    assert not [text for text in everything if made["initial_password"].encode() in text]


async def test_a_code_registers_once_even_at_the_same_time(access: Access) -> None:
    code = new_uscc()
    bodies = [application(uscc=code) for _ in range(6)]
    answers = await asyncio.gather(*(access.post(None, ORGANISATIONS, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"USCC_TAKEN"}


async def test_a_rejected_code_may_apply_again(access: Access) -> None:
    made = await access.registered()
    reason = {"reason": "营业执照已过期"}
    rejected = await access.post(access.operator, f"{ORGANISATIONS}/{made['id']}:reject", reason)
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "营业执照已过期")
    assert (await access.row("organisations", made["id"]))["admin_secret"] == ""
    again = await access.registered(uscc=made["uscc"])
    assert again["id"] != made["id"]


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("check digit", {"uscc": "914403007084611360"}, "/uscc", "USCC_INVALID"),
    ("short code", {"uscc": "9144"}, "/uscc", "STRING_TOO_SHORT"),
    ("number", {"uscc": 914403007084611361}, "/uscc", "STRING_TYPE"),
    ("authority", {"kinds": ["authority"]}, "/kinds", "KIND_NOT_REQUESTABLE"),
    ("operator", {"kinds": ["supplier", "operator"]}, "/kinds", "KIND_NOT_REQUESTABLE"),
    ("unknown kind", {"kinds": ["boss"]}, "/kinds/0", "ENUM"),
    ("no kind", {"kinds": []}, "/kinds", "TOO_SHORT"),
    ("empty name", {"name": ""}, "/name", "TOO_SHORT"),
    ("state", {"state": "active"}, "/state", "EXTRA_FORBIDDEN"),
    (
        "address",
        {"administrator": {"name": "张伟", "email": "a b@c"}},
        "/administrator/email",
        "STRING_PATTERN_MISMATCH",
    ),
    (
        "name that Keycloak refuses",
        {"administrator": {"name": "<b>张伟</b>", "email": "a@example.com"}},
        "/administrator/name",
        "NAME_CHARACTER",
    ),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_bad_registrations(access: Access, changes: dict[str, Any], pointer: str, code: str) -> None:
    before = await access.harness.checksum()
    answer = await access.post(None, ORGANISATIONS, application(**changes))
    assert answer.status_code == 422, answer.text
    assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert await access.harness.checksum() == before


async def test_admission_gives_kinds_and_the_first_administrator(access: Access) -> None:
    made = await access.registered(Kind.SUPPLIER)
    answer = await access.post(
        access.operator, f"{ORGANISATIONS}/{made['id']}:admit", {"kinds": ["authority", "supplier"]}
    )
    admitted = answer.json()
    assert (admitted["state"], admitted["kinds"], admitted["provisioning"]) == (
        "active",
        ["authority", "supplier"],
        "pending",
    )
    members = (await access.get(access.operator, MEMBERS, organisation_id=made["id"])).json()["items"]
    assert [(member["email"], member["roles"]) for member in members] == [(made["admin_email"], ["admin"])]
    assert (await access.row("members", members[0]["id"]))["secret"].startswith("k1:")
    assert (await access.row("organisations", made["id"]))["admin_secret"] == ""
    assert await access.harness.audited(_id(made)) == ["organisations.register", "organisations.admit"]


async def test_an_address_that_has_an_account_is_not_admitted_again(access: Access) -> None:
    email = new_email()
    await access.admitted(administrator={"name": "张伟", "email": email})
    second = await access.registered(administrator={"name": "张伟", "email": email})
    before = await access.harness.checksum()
    answer = await access.post(access.operator, f"{ORGANISATIONS}/{second['id']}:admit", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "EMAIL_TAKEN")
    assert await access.harness.checksum() == before


async def test_verbs_follow_the_states(access: Access) -> None:
    made = await access.registered()
    path = f"{ORGANISATIONS}/{made['id']}"
    early = await access.post(access.operator, f"{path}:suspend", {"reason": "x"})
    assert (early.status_code, early.json()["metadata"]["allowed"]) == (409, "admit,reject")
    await access.post(access.operator, f"{path}:admit", {})
    suspended = await access.post(access.operator, f"{path}:suspend", {"reason": "调查"}, **{"If-Match": '"2"'})
    assert (suspended.json()["state"], suspended.json()["version"]) == ("suspended", 3)
    stale = await access.post(access.operator, f"{path}:reinstate", **{"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    back = await access.post(access.operator, f"{path}:reinstate")
    assert (back.json()["state"], back.json()["reason"]) == ("active", "")


async def test_others_do_not_see_and_do_not_admit(access: Access) -> None:
    made = await access.registered()
    stranger = organisation(Kind.CONTRACTOR).as_(Role.ADMIN)
    before = await access.harness.checksum()
    assert (await access.get(stranger, f"{ORGANISATIONS}/{made['id']}")).status_code == 404
    assert (await access.get(stranger, ORGANISATIONS)).json()["items"] == []
    refused = await access.post(stranger, f"{ORGANISATIONS}/{made['id']}:admit", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_MISSING")
    viewer = organisation(Kind.OPERATOR).as_(Role.VIEWER)
    assert (await access.get(viewer, f"{ORGANISATIONS}/{made['id']}")).status_code == 200
    assert (await access.post(viewer, f"{ORGANISATIONS}/{made['id']}:admit", {})).status_code == 403
    assert (await access.post(access.operator, f"{ORGANISATIONS}/{new_id()}:admit", {})).status_code == 404
    assert await access.harness.checksum() == before


async def test_the_directory_shows_little_and_only_who_was_admitted(access: Access) -> None:
    pending, admitted = await access.registered(), await access.admitted(Kind.LESSOR)
    stranger = organisation(Kind.OWNER).as_(Role.VIEWER)
    shown = await access.get(stranger, "/access/v1/directory", uscc=admitted.registered["uscc"])
    hidden = await access.get(stranger, "/access/v1/directory", uscc=pending["uscc"])
    assert shown.json()["items"] == [
        {
            "id": str(admitted.id),
            "name": admitted.registered["name"],
            "uscc": admitted.registered["uscc"],
            "kinds": ["lessor"],
            "active": True,
        }
    ]
    assert hidden.json()["items"] == []


async def test_pages_are_stable_while_organisations_register(access: Access) -> None:
    for _ in range(3):
        await access.registered()
    first = (await access.get(access.operator, ORGANISATIONS, page_size="2", state="pending")).json()
    await access.registered()
    second = await access.get(
        access.operator, ORGANISATIONS, page_size="2", state="pending", page_token=first["next_page_token"]
    )
    ids = [item["id"] for item in first["items"] + second.json()["items"]]
    assert len(set(ids)) == len(ids) >= 3
    assert ids == sorted(ids, reverse=True)


def _id(made: dict[str, Any]) -> UUID:
    return UUID(made["id"])
