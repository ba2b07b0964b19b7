"""The doors of links: the employer's, and the header Zhulian-Link."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chassis.idempotency import fingerprint
from chassis.identity import Kind, Role
from infra.contracts import openapi
from infra.contracts.paths import SERVICES
from labour.app import SERVICE
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site
from tests.labour.contracting import Contracting, Phone


@pytest.fixture
async def phone(contracting: Contracting) -> Phone:
    """A worker with a self-service link, not yet checked."""
    worker_id, number = await contracting.worker()
    return await contracting.self_service(worker_id, number)


async def _link_id(contracting: Contracting) -> str:
    return str((await contracting.get("/links", state="active"))["items"][0]["id"])


async def test_the_secret_is_shown_once_and_its_hash_is_kept(contracting: Contracting, labour: Harness) -> None:
    worker_id, _ = await contracting.worker()
    named = key()
    async with labour.client(contracting.site.clerk) as client:
        body = {"worker_id": str(worker_id)}
        first = await client.post("/labour/v1/links", json=body, headers=named)
        again = await client.post("/labour/v1/links", json=body, headers=named)
    secret = first.json()["link"]
    assert (again.json()["id"], again.json()["link"]) == (first.json()["id"], "")
    async with labour.sql() as connection:
        for table in ("links", "idempotency_keys", "audit", "outbox"):
            rows = await connection.fetch(f"SELECT t::text AS row FROM {table} t")
            assert not [row for row in rows if secret in row["row"]], table
    listed = await contracting.get("/links", worker_id=str(worker_id))
    assert secret not in json.dumps(listed)
    assert [(one["purpose"], one["state"]) for one in listed["items"]] == [("self_service", "active")]


@pytest.mark.parametrize("secret", [None, "", "x", "é", "a" * 65, "01920000-0000-7000-8000-00000000dead"])
async def test_a_secret_that_is_none_of_ours(labour: Harness, secret: str | None) -> None:
    before = await labour.checksum()
    async with labour.client(None) as client:
        headers: dict[str, Any] = {} if secret is None else {"Zhulian-Link": secret.encode()}
        answer = await client.get("/labour/v1/my/link", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "LINK_INVALID")
    assert await labour.checksum() == before


async def test_keys_of_two_links_never_meet(contracting: Contracting, labour: Harness) -> None:
    """The same Idempotency-Key and body through two links: each is asked anew, each has its own answer."""
    phones = [await contracting.self_service(*(await contracting.worker())) for _ in range(2)]
    named = key()
    answers = [await one.post("/link:send-code", headers=named) for one in (*phones, phones[0])]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert ["idempotency-replayed" in one.headers for one in answers] == [False, False, True]
    async with labour.sql() as connection:
        sent = await connection.fetchval(
            "SELECT count(*) FROM link_codes c JOIN links l ON l.id = c.link_id WHERE l.employer_id = $1",
            contracting.site.subcontractor.id,
        )
    assert sent == 2


async def test_a_check_that_is_sent_again_counts_once(phone: Phone) -> None:
    await phone.sent()
    named = key()
    given = {"name": "李强", "id_card_number": phone.number, "code": "000000"}
    answers = [await phone.post("/link:check", given, headers=named) for _ in range(3)]
    assert {one.json()["tries_left"] for one in answers} == {4}


async def test_the_fingerprint_of_a_check_cannot_be_guessed(phone: Phone, labour: Harness) -> None:
    """An identity number and six digits have little entropy: the stored fingerprint needs a key to be compared."""
    given = {"name": "李强", "id_card_number": phone.number, "code": "000000"}
    await phone.post("/link:check", given)
    guess = fingerprint("POST", "/labour/v1/my/link:check? ", given)
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE fingerprint = $1", guess) == 0
        control = fingerprint("POST", "/labour/v1/my/link:send-code? ", b"")
        await phone.post("/link:send-code")
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE fingerprint = $1", control) > 0


def test_the_ways_in_are_told_apart_in_the_document() -> None:
    """Below /my/ a link opens and no token does; everywhere else it is the other way round."""
    [labour_service] = [one for one in SERVICES if one.package == SERVICE.package]
    document = json.loads(openapi.path(labour_service).read_text(encoding="utf-8"))
    ways = {(path.startswith("/labour/v1/my/"), json.dumps(operation.get("security")))
            for _, path, operation in openapi.operations(document)}  # fmt: skip
    assert ways == {(True, '[{"link": []}]'), (False, "null")}
    assert document["components"]["securitySchemes"]["link"]["name"] == "Zhulian-Link"


async def test_an_employer_takes_a_link_back_once(contracting: Contracting, phone: Phone, site: Site) -> None:
    link_id = await _link_id(contracting)
    await site.post(f"/labour/v1/links/{link_id}:revoke", None, site.clerk)
    assert (await phone.get("/link")).json()["code"] == "LINK_REVOKED"
    again = await site.post(f"/labour/v1/links/{link_id}:revoke", None, site.clerk, status=409)
    assert again["code"] == "INVALID_STATE"


BAD = [
    ({"name": ""}, "/name", "STRING_TOO_SHORT"),
    ({"id_card_number": "1"}, "/id_card_number", "STRING_TOO_SHORT"),
    ({"code": "12345"}, "/code", "STRING_PATTERN_MISMATCH"),
    ({"code": 123456}, "/code", "STRING_TYPE"),
    ({"phone": "13800138000"}, "/phone", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BAD)
async def test_a_check_that_cannot_be_read_costs_no_try(
    phone: Phone, labour: Harness, changes: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    given = {"name": "张伟", "id_card_number": phone.number, "code": "123456"} | changes
    answer = await phone.post("/link:check", given)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert phone.number not in answer.text
    assert await labour.checksum() == before


@pytest.mark.parametrize("days", [0, 91, "7", 1.5])
async def test_a_link_is_for_a_day_to_ninety(contracting: Contracting, labour: Harness, days: object) -> None:
    worker_id, _ = await contracting.worker()
    before = await labour.checksum()
    body = {"worker_id": str(worker_id), "valid_days": days}
    refused = await contracting.site.post("/labour/v1/links", body, contracting.site.clerk, status=422)
    assert refused["errors"][0]["pointer"] == "/valid_days"
    assert await labour.checksum() == before


async def test_another_employers_worker_gets_no_link(contracting: Contracting, labour: Harness) -> None:
    worker_id, _ = await contracting.worker()
    before = await labour.checksum()
    other = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    refused = await contracting.site.post("/labour/v1/links", {"worker_id": str(worker_id)}, other, status=404)
    assert refused["code"] == "WORKER_NOT_FOUND"
    assert await labour.checksum() == before
