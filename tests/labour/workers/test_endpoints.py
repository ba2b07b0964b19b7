"""The REST door of workers."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import idempotency
from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, resident_id, worker_row

PATH = "/labour/v1/workers"


async def test_post_says_what_get_says(labour: Harness, site: Site) -> None:
    async with labour.client(site.clerk) as client:
        made = await client.post(PATH, json=worker_row(), headers=key())
        found = await client.get(f"{PATH}/{made.json()['id']}")
    assert made.status_code == 201, made.text
    assert made.json() == found.json()
    assert made.headers["etag"] == found.headers["etag"] == '"1"'
    assert made.json()["agreement"]["kind"] == "labour_contract"
    assert "birth_date" not in made.json()


async def test_a_thousand_rows_and_not_one_more(labour: Harness, site: Site) -> None:
    rows = [worker_row() for _ in range(1001)]
    async with labour.client(site.clerk) as client:
        full = await client.post(f"{PATH}:batch", json={"workers": rows[:1000]}, headers=key())
        before = await labour.checksum()
        over = await client.post(f"{PATH}:batch", json={"workers": rows}, headers=key())
        none = await client.post(f"{PATH}:batch", json={"workers": []}, headers=key())
    assert (full.json()["created"], full.json()["refused"]) == (1000, 0)
    assert [result["row"] for result in full.json()["results"]] == list(range(1000))
    assert (over.status_code, over.json()["errors"][0]["code"]) == (422, "TOO_LONG")
    assert (none.status_code, none.json()["errors"][0]["pointer"]) == (422, "/workers")
    assert await labour.checksum() == before


ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "/name", "STRING_TOO_SHORT"),
    ({"name": "a\u0000b"}, "/name", "STRING_PATTERN_MISMATCH"),
    ({"name": None}, "/name", "STRING_TYPE"),
    ({"nickname": "x"}, "/nickname", "EXTRA_FORBIDDEN"),
    ({"work_type": "260"}, "/work_type", "CODE_UNKNOWN"),
    ({"work_role": "30"}, "/work_role", "CODE_UNKNOWN"),
    ({"id_card_type": "02"}, "/id_card_type", "CODE_UNKNOWN"),
    ({"id_card_number": 110105}, "/id_card_number", "STRING_TYPE"),
    ({"id_card_number": "110105194912310021"}, "/id_card_number", "ID_CHECK_DIGIT"),
    ({"id_card_type": "08", "id_card_number": "E12345678"}, "/sex", "REQUIRED"),
    ({"cell_phone": "call me"}, "/cell_phone", "STRING_PATTERN_MISMATCH"),
    ({"payroll_bank_card_number": "6222-0202"}, "/payroll_bank_card_number", "STRING_PATTERN_MISMATCH"),
    ({"is_team_leader": "yes"}, "/is_team_leader", "BOOL_TYPE"),
    (
        {"agreement": {"kind": "labour_contract", "number": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}},
        "/agreement",
        "DATES_BACKWARDS",
    ),
    ({"training": {"trained_on": "2026-03-01", "hours": "0", "course": "x"}}, "/training", "OUT_OF_RANGE"),
    ({"training": {"trained_on": "2026-03-01", "hours": 50, "course": "x"}}, "/training/hours", "DECIMAL_STRING"),
    (
        {"certificates": [{"number": "T1", "trade": "厨师", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}]},
        "/certificates/0/trade",
        "CODE_UNKNOWN",
    ),
    (
        {"certificates": [{"number": "T1", "trade": "建筑电工", "valid_from": "2026-02-30", "valid_to": "2027-01-01"}]},
        "/certificates/0/valid_from",
        "DATE_FROM_DATETIME_PARSING",
    ),
]


async def test_every_bad_row_is_named_with_field_and_reason(labour: Harness, site: Site) -> None:
    rows: list[Any] = [worker_row(**changes) for changes, _, _ in ROWS]
    async with labour.client(site.clerk) as client:
        answer = await client.post(f"{PATH}:batch", json={"workers": [*rows, "no row", worker_row()]}, headers=key())
    results = answer.json()["results"]
    found = [(one["errors"][0]["pointer"], one["errors"][0]["code"]) for one in results[: len(ROWS)]]
    assert found == [(f"/workers/{row}{pointer}", code) for row, (_, pointer, code) in enumerate(ROWS)]
    assert results[-2]["errors"][0]["pointer"] == f"/workers/{len(ROWS)}"
    assert results[-1]["status"] == "created"
    assert all(set(one["details"]) == {"zh-CN", "en"} for result in results for one in result["errors"])


@pytest.mark.parametrize(("changes", "pointer", "code"), ROWS, ids=[code + pointer for _, pointer, code in ROWS])
async def test_one_bad_worker_is_a_problem_and_changes_nothing(
    labour: Harness, site: Site, changes: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(PATH, json=worker_row(**changes), headers=key())
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await labour.checksum() == before


async def test_a_refusal_never_repeats_the_number(labour: Harness, site: Site) -> None:
    async with labour.client(site.clerk) as client:
        answer = await client.post(PATH, json=worker_row(id_card_number="110105194912310021"), headers=key())
    assert "110105194912310021" not in answer.text


async def test_an_update_says_which_version_it_saw(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row())
    async with labour.client(site.clerk) as client:
        unsaid = await client.patch(f"{PATH}/{worker_id}", json={"nation": "回族"})
        done = await client.patch(f"{PATH}/{worker_id}", json={"nation": "回族"}, headers={"If-Match": '"1"'})
        before = await labour.checksum()
        stale = await client.patch(f"{PATH}/{worker_id}", json={"nation": "藏族"}, headers={"If-Match": '"1"'})
        state = await client.patch(f"{PATH}/{worker_id}", json={"employer_id": "x"}, headers={"If-Match": '"2"'})
    assert (unsaid.status_code, unsaid.json()["code"]) == (400, "IF_MATCH_MISSING")
    assert (done.status_code, done.headers["etag"], done.json()["nation"]) == (200, '"2"', "回族")
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (state.status_code, state.json()["errors"][0]["code"]) == (422, "EXTRA_FORBIDDEN")
    assert await labour.checksum() == before


async def test_unmasking_leaves_its_row_and_no_answer_at_rest(labour: Harness, site: Site) -> None:
    number = resident_id()
    [worker_id] = await site.workers(worker_row(id_card_number=number))
    officer = site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)
    async with labour.client(officer) as client:
        without = await client.post(f"{PATH}/{worker_id}:unmask", json={"reason": "核对"})
        clear = await client.post(f"{PATH}/{worker_id}:unmask", json={"reason": "核对"}, headers=key())
    assert (without.status_code, without.json()["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert clear.json()["id_card_number"] == number
    assert await labour.audited(worker_id) == ["workers.register", "workers.unmask"]
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT body FROM idempotency_keys")
        reason = await connection.fetchval(
            "SELECT after->>'reason' FROM audit WHERE entity_id = $1 AND verb = 'workers.unmask'", worker_id
        )
    assert all(number.encode() not in row["body"] for row in rows)
    assert reason == "核对"


DENIED = [
    (Kind.LABOUR_SUBCONTRACTOR, Role.VIEWER),
    (Kind.LABOUR_SUBCONTRACTOR, Role.ADMIN),
    (Kind.CONTRACTOR, Role.SITE_ENGINEER),
    (Kind.OWNER, Role.LABOUR_CLERK),
    (Kind.SUPPLIER, Role.LABOUR_CLERK),
    (Kind.AUTHORITY, Role.LABOUR_CLERK),
    (Kind.CONTRACTOR, Role.GATE_DEVICE),
]


@pytest.mark.parametrize(("kind", "role"), DENIED)
async def test_who_may_not_register_changes_nothing(labour: Harness, site: Site, kind: Kind, role: Role) -> None:
    [worker_id] = await site.workers(worker_row())
    certificate = {"number": "T1", "trade": "建筑电工", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}
    training = {"trained_on": "2026-03-01", "hours": "8.00", "course": "x"}
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answers = [
            await client.post(PATH, json=worker_row(), headers=key()),
            await client.post(f"{PATH}:batch", json={"workers": [worker_row()]}, headers=key()),
            await client.patch(f"{PATH}/{worker_id}", json={"name": "x"}, headers={"If-Match": '"1"'}),
            await client.post(f"{PATH}/{worker_id}:unmask", json={"reason": "x"}, headers=key()),
            await client.post(f"{PATH}/{worker_id}/certificates", json=certificate, headers=key()),
            await client.post(f"{PATH}/{worker_id}/trainings", json=training, headers=key()),
        ]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert {answer.json()["code"] for answer in answers} == {"ROLE_MISSING"}
    assert await labour.checksum() == before


@pytest.mark.parametrize("kind", [Kind.LABOUR_SUBCONTRACTOR, Kind.CONTRACTOR, Kind.LESSOR])
async def test_another_employer_finds_nothing(labour: Harness, site: Site, kind: Kind) -> None:
    [worker_id] = await site.workers(worker_row())
    before = await labour.checksum()
    other = organisation(kind).as_(Role.LABOUR_CLERK, Role.PERSONAL_DATA_OFFICER)
    async with labour.client(other) as client:
        listed = await client.get(PATH)
        answers = [
            await client.get(f"{PATH}/{worker_id}"),
            await client.get(f"{PATH}/{worker_id}/certificates"),
            await client.get(f"{PATH}/{worker_id}/trainings"),
            await client.patch(f"{PATH}/{worker_id}", json={"name": "x"}, headers={"If-Match": '"1"'}),
            await client.post(f"{PATH}/{worker_id}:unmask", json={"reason": "x"}, headers=key()),
        ]
    assert listed.json() == {"items": [], "next_page_token": ""}
    assert [answer.status_code for answer in answers] == [404] * 5
    assert await labour.checksum() == before


async def test_nobody_without_a_token(labour: Harness) -> None:
    async with labour.client(None) as client:
        assert (await client.get(f"{PATH}/{new_id()}")).status_code == 401
        assert (await client.post(f"{PATH}:batch", json={"workers": [worker_row()]}, headers=key())).status_code == 401


async def test_pages_and_filters(labour: Harness, site: Site) -> None:
    await site.workers(*[worker_row(work_type="010" if n < 3 else "020") for n in range(5)])
    async with labour.client(site.subcontractor.as_(Role.INTEGRATOR)) as client:
        first = await client.get(PATH, params={"page_size": 2, "work_type": "010"})
        second = await client.get(
            PATH, params={"page_size": 2, "work_type": "010", "page_token": first.json()["next_page_token"]}
        )
        unknown = await client.get(PATH, params={"wrk_type": "010"})
        token = await client.get(PATH, params={"page_token": "nonsense"})
        control = await client.get(PATH, params={"name": "a\x00b"})
    assert [len(page.json()["items"]) for page in (first, second)] == [2, 1]
    assert second.json()["next_page_token"] == ""
    assert (unknown.status_code, control.status_code) == (422, 422)
    assert (token.status_code, token.json()["code"]) == (400, "PAGE_TOKEN_INVALID")


async def test_no_number_is_guessed_from_the_fingerprint_of_a_request(labour: Harness, site: Site) -> None:
    """The plain hash of a body with an identity number is a look-up table for whoever reads the database."""
    row, name = worker_row(), str(new_id())
    async with labour.client(site.clerk) as client:
        first = await client.post(PATH, json=row, headers=key(name))
        again = await client.post(PATH, json=row, headers=key(name))
    async with labour.sql() as connection:
        kept = await connection.fetchval("SELECT fingerprint FROM idempotency_keys WHERE key = $1", name)
    assert (first.status_code, again.json()) == (201, first.json())
    assert bytes(kept) != idempotency.fingerprint("POST", f"{PATH}? ", row)
