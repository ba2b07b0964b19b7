"""The way in of somebody without an account: secret, identity check, session, and every way in which it closes."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from chassis.errors import Unavailable
from labour.clients.codes import NoSender
from labour.links import rules
from labour.links import service as links
from labour.links.commands import check
from labour.links.rules import MOST_CODES
from tests.harness import Harness
from tests.labour.conftest import resident_id
from tests.labour.contracting import NAME, PHONE, Contracting, Phone, later, run, waiting


@pytest.fixture
async def phone(contracting: Contracting) -> Phone:
    """A worker with a self-service link, not yet checked."""
    worker_id, number = await contracting.worker()
    return await contracting.self_service(worker_id, number)


def test_a_secret_is_32_random_bytes_and_never_the_same() -> None:
    found = {links.new_secret() for _ in range(50)}
    assert len(found) == 50
    assert {len(base64.urlsafe_b64decode(one + "=")) for one in found} == {32}
    assert all(len(one) <= rules.LONGEST_SECRET for one in found)


def test_a_code_is_six_digits_also_when_it_begins_with_zero() -> None:
    assert all(re.fullmatch(r"[0-9]{6}", check.new_code()) for _ in range(200))


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
    modes = await asyncio.to_thread(lambda: {one.suffix: one.stat().st_mode & 0o777 for one in folder.iterdir()})
    assert modes == {".json": 0o600}


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
            "SELECT worker_id FROM links WHERE id = $1", UUID(await _link_id(contracting))
        )
    with later(labour, timedelta(hours=1)):
        other = await contracting.self_service(worker_id, phone.number)
        before = await labour.checksum()
        refused = await other.post("/link:send-code")
        assert (refused.status_code, refused.json()["code"]) == (429, "CODE_LIMIT")
        assert await labour.checksum() == before
    with later(labour, timedelta(hours=25)):
        assert (await other.post("/link:send-code")).status_code == 200


async def _link_id(contracting: Contracting) -> str:
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

    def written() -> dict[str, bytes]:
        return {one.name: one.read_bytes() for one in folder.iterdir()}

    before = await asyncio.to_thread(written)
    with later(labour, timedelta(minutes=6)):
        await phone.carried()
    assert await asyncio.to_thread(written) == before


async def test_codes_are_forgotten_once_they_are_not_counted(phone: Phone, labour: Harness) -> None:
    """And with them the numbers that they went to; a session that is open goes on."""
    await phone.opened()
    count = "SELECT count(*) FROM link_codes WHERE sent_at = $1"
    now = labour.clock.now()
    async with labour.sql() as connection:
        with later(labour, timedelta(hours=24)):
            await run(labour, "links.forget-codes", {})
        assert await connection.fetchval(count, now) > 0
        with later(labour, timedelta(hours=24, seconds=1)):
            await run(labour, "links.forget-codes", {})
        assert await connection.fetchval(count, now) == 0
    assert (await phone.get("/record")).status_code == 200


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


async def test_every_step_is_audited_without_personal_data(
    phone: Phone, contracting: Contracting, labour: Harness
) -> None:
    await phone.sent()
    await phone.check(name="李强")
    await phone.check()
    link_id = UUID(await _link_id(contracting))
    assert await labour.audited(link_id) == ["links.issue", "links.send-code", "links.check", "links.check"]
    async with labour.sql() as connection:
        rows = await connection.fetch(
            "SELECT subject, client_id, after::text FROM audit WHERE entity_id = $1 ORDER BY id", link_id
        )
    said = " ".join(str(value) for row in rows for value in row.values())
    assert all(word not in said for word in (NAME, "李强", phone.number, PHONE))
    assert rows[-1]["subject"].startswith("worker:")


async def test_without_a_carrier_the_job_is_tried_again(phone: Phone, labour: Harness) -> None:
    await phone.post("/link:send-code")
    payload = (await waiting(labour, "links.send-code", ""))[-1]
    kept = labour.runtime.clients["codes"]
    labour.runtime.clients["codes"] = NoSender()
    try:
        with pytest.raises(Unavailable):
            await run(labour, "links.send-code", payload)
    finally:
        labour.runtime.clients["codes"] = kept
