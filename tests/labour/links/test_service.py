"""The way in of somebody without an account: secret, identity check, session, and every way in which it closes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from infra.contracts import openapi
from infra.contracts.paths import SERVICES
from labour.app import SERVICE
from labour.links.rules import MOST_CODES
from tests.harness import Harness, key
from tests.labour.conftest import Site, resident_id
from tests.labour.contracting import NAME, PHONE, Contracting, Phone, later, run, waiting


@pytest.fixture
async def phone(contracting: Contracting) -> Phone:
    """A worker with a self-service link, not yet checked."""
    worker_id, number = await contracting.worker()
    return await contracting.self_service(worker_id, number)


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


async def test_from_code_to_session(phone: Phone) -> None:
    before = (await phone.get("/link")).json()
    assert (before["purpose"], before["session_until"]) == ("self_service", None)
    await phone.sent()
    told = await phone.message()
    assert (told["to"], told["kind"], len(told["code"])) == (PHONE, "identity", 6)
    assert told["code"] in told["text"]
    checked = await phone.check()
    assert (checked["passed"], checked["tries_left"]) == (True, 5)
    assert (await phone.get("/link")).json()["session_until"] == checked["session_until"]
    assert (await phone.get("/record")).status_code == 200


async def test_the_message_is_for_its_owner_alone(phone: Phone, labour: Harness) -> None:
    await phone.sent()
    folder: Path = labour.runtime.clients["codes"].folder
    assert {one.stat().st_mode & 0o777 for one in folder.glob("*.json")} == {0o600}
    assert list(folder.glob("*.part")) == []


WRONG: list[dict[str, str]] = [
    {"name": "李强"},
    {"id_card_number": "110105194912310020"},
    {"code": "000000"},
    {"name": "李强", "id_card_number": "110105194912310020", "code": "000000"},
]


async def test_whatever_is_wrong_has_one_answer(phone: Phone, labour: Harness) -> None:
    """Neither which part was wrong nor whether the number is another person's can be told from it."""
    await phone.sent()
    code = (await phone.message())["code"]
    other = "111111" if code == "000000" else "000000"
    answers = []
    for changes in WRONG:
        given = {"name": NAME, "id_card_number": phone.number, "code": code} | changes
        given["code"] = other if "code" in changes else code
        answers.append(await phone.post("/link:check", given))
    assert [one.status_code for one in answers] == [200] * 4
    told = [one.json() for one in answers]
    assert [one.pop("tries_left") for one in told] == [4, 3, 2, 1]
    assert told == [{"passed": False, "session_until": None}] * 4
    assert {frozenset(one.headers) for one in answers} == {frozenset(answers[0].headers)}


async def test_another_workers_number_is_as_wrong_as_nobodys(contracting: Contracting, phone: Phone) -> None:
    _, known = await contracting.worker()
    await phone.sent()
    first = await phone.check(id_card_number=known)
    second = await phone.check(id_card_number=resident_id())
    assert (first["passed"], second["passed"]) == (False, False)
    assert set(first) == set(second)


async def test_the_fifth_failure_locks_and_the_right_code_comes_too_late(phone: Phone, labour: Harness) -> None:
    await phone.sent()
    left = [(await phone.check(name="李强"))["tries_left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    before = await labour.checksum()
    code = (await phone.message())["code"]
    given = {"name": NAME, "id_card_number": phone.number, "code": code}
    for answer in (
        await phone.post("/link:check", given),
        await phone.post("/link:send-code"),
        await phone.get("/link"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "LINK_LOCKED")
    assert await labour.checksum() == before


async def test_a_check_without_a_code_fails_like_any_other(phone: Phone) -> None:
    answer = await phone.check(code="123456")
    assert answer == {"passed": False, "session_until": None, "tries_left": 4}


async def test_a_code_counts_once_for_five_minutes_and_until_the_next(phone: Phone, labour: Harness) -> None:
    await phone.sent()
    first = (await phone.message())["code"]
    with later(labour, timedelta(minutes=5)):
        assert not (await phone.check(code=first))["passed"]
    with later(labour, timedelta(minutes=2)):
        await phone.sent()
        second = (await phone.message())["code"]
        if second != first:
            assert not (await phone.check(code=first))["passed"]
        assert (await phone.check(code=second))["passed"]
        assert not (await phone.check(code=second))["passed"], "a code counts once"


async def test_sending_is_limited_also_through_another_link(
    contracting: Contracting, phone: Phone, labour: Harness
) -> None:
    await phone.sent()
    soon = await phone.post("/link:send-code")
    assert (soon.status_code, soon.json()["code"], soon.headers["retry-after"]) == (429, "CODE_LIMIT", "60")
    for minutes in range(1, MOST_CODES):
        with later(labour, timedelta(minutes=2 * minutes)):
            await phone.sent()
    async with labour.sql() as connection:
        worker_id = await connection.fetchval(
            "SELECT worker_id FROM links WHERE id = $1", UUID(await _link_id(contracting, phone))
        )
    with later(labour, timedelta(hours=1)):
        other = await contracting.self_service(worker_id, phone.number)
        before = await labour.checksum()
        refused = await other.post("/link:send-code")
        assert (refused.status_code, refused.json()["code"]) == (429, "CODE_LIMIT")
        assert await labour.checksum() == before
    with later(labour, timedelta(hours=25)):
        assert (await other.post("/link:send-code")).status_code == 200


async def _link_id(contracting: Contracting, phone: Phone) -> str:
    listed = (await contracting.get("/links", state="active"))["items"]
    return str(listed[0]["id"])


async def test_a_worker_without_a_phone_is_sent_none(contracting: Contracting, labour: Harness) -> None:
    worker_id, number = await contracting.worker(cell_phone="")
    phone = await contracting.self_service(worker_id, number)
    before = await labour.checksum()
    answer = await phone.post("/link:send-code")
    assert (answer.status_code, answer.json()["code"]) == (409, "PHONE_MISSING")
    assert await labour.checksum() == before


async def test_a_code_that_is_out_of_date_is_not_carried(phone: Phone, labour: Harness) -> None:
    """The carrier was away for too long: nobody gets a code that does not count any more."""
    await phone.post("/link:send-code")
    folder: Path = labour.runtime.clients["codes"].folder
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    with later(labour, timedelta(minutes=6)):
        await phone.carried()
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


async def test_a_session_lasts_15_minutes_and_no_longer_than_its_link(contracting: Contracting, phone: Phone) -> None:
    await phone.opened()
    with later(phone.harness, timedelta(minutes=14, seconds=59)):
        assert (await phone.get("/record")).status_code == 200
    with later(phone.harness, timedelta(minutes=15)):
        over = await phone.get("/record")
        assert (over.status_code, over.json()["code"]) == (403, "LINK_NOT_CHECKED")
    with later(phone.harness, timedelta(days=30)):
        gone = await phone.get("/record")
        assert (gone.status_code, gone.json()["code"]) == (403, "LINK_EXPIRED")


async def test_a_newer_link_revokes_the_older_one_of_its_purpose_and_subject(contracting: Contracting) -> None:
    worker_id, number = await contracting.worker()
    older = await (await contracting.self_service(worker_id, number)).opened()
    contract = await contracting.draft(worker_id)
    to_sign = await contracting.offer(contract, number)
    assert (await older.get("/record")).status_code == 200, "another purpose leaves it alone"
    newer = await contracting.self_service(worker_id, number)
    refused = await older.get("/record")
    assert (refused.status_code, refused.json()["code"]) == (403, "LINK_REVOKED")
    assert (await newer.get("/link")).status_code == (await to_sign.get("/link")).status_code == 200
    again = await contracting.offer(contract, number)
    assert (await to_sign.get("/link")).json()["code"] == "LINK_REVOKED"
    assert (await again.get("/link")).json()["subject_id"] == contract["id"]


async def test_an_employer_takes_a_link_back_once(contracting: Contracting, phone: Phone, site: Site) -> None:
    link_id = await _link_id(contracting, phone)
    await site.post(f"/labour/v1/links/{link_id}:revoke", None, site.clerk)
    assert (await phone.get("/link")).json()["code"] == "LINK_REVOKED"
    again = await site.post(f"/labour/v1/links/{link_id}:revoke", None, site.clerk, status=409)
    assert again["code"] == "INVALID_STATE"


@pytest.mark.parametrize("secret", [None, "", "x", "é", "a" * 65, str(new_id())])
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


async def test_nothing_of_a_check_rests_in_clear(contracting: Contracting, labour: Harness) -> None:
    """Identity number, phone and code stand nowhere: not with codes, jobs, keys, audit or facts."""
    mobile = "13911112222"
    worker_id, number = await contracting.worker(cell_phone=mobile)
    phone = await (await contracting.self_service(worker_id, number)).opened()
    code = (await phone.message())["code"]
    tables = ("links", "link_codes", "pgqueuer", "pgqueuer_log", "idempotency_keys", "audit", "outbox")
    async with labour.sql() as connection:
        for table in tables:
            for row in await connection.fetch(f"SELECT * FROM {table}"):
                said = " ".join(bytes(v).decode("latin-1") if isinstance(v, bytes) else str(v) for v in row.values())
                assert number not in said, table
                assert mobile not in said, table
        jobs = await connection.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'links.send-code'")
    assert f'"{code}"' not in " ".join(bytes(row["payload"]).decode() for row in jobs)


async def test_the_fingerprint_of_a_check_cannot_be_guessed(phone: Phone, labour: Harness) -> None:
    """An identity number and six digits have little entropy: the stored fingerprint needs a key to be compared."""
    from chassis.idempotency import fingerprint

    given = {"name": "李强", "id_card_number": phone.number, "code": "000000"}
    await phone.post("/link:check", given)
    guess = fingerprint("POST", "/labour/v1/my/link:check? ", given)
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE fingerprint = $1", guess) == 0
        control = fingerprint("POST", "/labour/v1/my/link:send-code? ", b"")
        await phone.post("/link:send-code")
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE fingerprint = $1", control) > 0


async def test_every_step_is_audited_without_personal_data(
    phone: Phone, contracting: Contracting, labour: Harness
) -> None:
    await phone.sent()
    await phone.check(name="李强")
    await phone.check()
    link_id = UUID(await _link_id(contracting, phone))
    assert await labour.audited(link_id) == ["links.issue", "links.send-code", "links.check", "links.check"]
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT subject, client_id, after::text FROM audit WHERE entity_id = $1", link_id)
    said = " ".join(str(value) for row in rows for value in row.values())
    assert all(word not in said for word in (NAME, "李强", phone.number, PHONE))
    assert rows[-1]["subject"].startswith("worker:")


def test_the_ways_in_are_told_apart_in_the_document() -> None:
    """Below /my/ a link opens and no token does; everywhere else it is the other way round."""
    [labour_service] = [one for one in SERVICES if one.package == SERVICE.package]
    document = json.loads(openapi.path(labour_service).read_text(encoding="utf-8"))
    ways = {(path.startswith("/labour/v1/my/"), json.dumps(operation.get("security")))
            for _, path, operation in openapi.operations(document)}  # fmt: skip
    assert ways == {(True, '[{"link": []}]'), (False, "null")}
    assert document["components"]["securitySchemes"]["link"]["name"] == "Zhulian-Link"


async def test_without_a_carrier_the_job_is_tried_again(phone: Phone, labour: Harness) -> None:
    from chassis.errors import Unavailable
    from labour.clients.codes import NoSender

    await phone.post("/link:send-code")
    payload = (await waiting(labour, "links.send-code", ""))[-1]
    kept = labour.runtime.clients["codes"]
    labour.runtime.clients["codes"] = NoSender()  # type: ignore[index]
    try:
        with pytest.raises(Unavailable):
            await run(labour, "links.send-code", payload)
    finally:
        labour.runtime.clients["codes"] = kept  # type: ignore[index]
