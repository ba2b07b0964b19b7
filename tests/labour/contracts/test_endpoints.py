"""The REST door of contracts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, worker_row
from tests.labour.contracting import CONTRACTS, Contracting


async def test_a_crew_is_drafted_and_offered_row_by_row(contracting: Contracting, site: Site) -> None:
    """A bad row does not take the others with it; each good one has a link of its own, shown once."""
    crew = [worker_row() for _ in range(4)]
    workers = await site.workers(*crew)
    rows = [contracting.body(one) for one in workers]
    rows[1]["wage_rate"] = "0.00"
    rows.append(contracting.body(new_id()))
    rows.append(contracting.body(workers[0], number="other"))
    rows.append(
        contracting.body(workers[3], number=rows[2]["number"], project_id=None, valid_from="2027-01-01", valid_to=None)
    )
    drafted = await site.post(f"{CONTRACTS}:batch", {"contracts": [*rows, "no row"]}, site.clerk)
    assert (drafted["created"], drafted["refused"]) == (3, 5)
    faults = {
        one["row"]: (one["errors"][0]["pointer"], one["errors"][0]["code"])
        for one in drafted["results"]
        if one["errors"]
    }
    assert faults == {
        1: ("/contracts/1/wage_rate", "OUT_OF_RANGE"),
        4: ("/contracts/4/worker_id", "WORKER_NOT_FOUND"),
        5: ("/contracts/5/valid_from", "CONTRACT_OVERLAP"),
        6: ("/contracts/6/number", "CONTRACT_NUMBER_TAKEN"),
        7: ("/contracts/7", "MODEL_TYPE"),
    }
    refused = {one["row"]: one["external_id"] for one in drafted["results"] if one["errors"]}
    assert refused == {1: "", 4: "", 5: crew[0]["external_id"], 6: crew[3]["external_id"], 7: ""}
    ids = [one["id"] for one in drafted["results"] if one["id"]]
    named = key()
    async with site.harness.client(site.clerk) as client:
        body = {"contract_ids": [*ids, str(new_id()), ids[0]]}
        offered = await client.post(f"{CONTRACTS}:offer", json=body, headers=named)
        again = await client.post(f"{CONTRACTS}:offer", json=body, headers=named)
    answer = offered.json()
    assert (answer["offered"], answer["refused"]) == (3, 2)
    assert [(one["errors"][0]["pointer"], one["errors"][0]["code"]) for one in answer["results"][3:]] == [
        ("/contract_ids/3", "CONTRACT_NOT_FOUND"),
        ("/contract_ids/4", "DUPLICATE_IN_BATCH"),
    ]
    offered_to = [crew[0], crew[2], crew[3]]
    assert [one["external_id"] for one in answer["results"]] == [
        *(one["external_id"] for one in offered_to),
        "",
        crew[0]["external_id"],
    ]
    assert set(answer["links"]) == set(ids)
    assert len(set(answer["links"].values())) == 3
    assert (again.headers["idempotency-replayed"], again.json()["links"]) == ("true", {})
    async with site.harness.sql() as connection:
        stored = await connection.fetch("SELECT body FROM idempotency_keys")
    assert not any(secret.encode() in row["body"] for secret in answer["links"].values() for row in stored)


async def test_who_sees_a_contract(contracting: Contracting, site: Site, labour: Harness) -> None:
    """The general contractor once it binds; the owner, and another employer, never."""
    contract, phone = await contracting.offered()
    path = f"{CONTRACTS}/{contract['id']}"

    async def statuses() -> list[int]:
        found = []
        for who in (site.contractor, site.owner, site.stranger):
            async with labour.client(who.as_(Role.LABOUR_CLERK, Role.PROJECT_MANAGER)) as client:
                found.append((await client.get(path)).status_code)
        return found

    assert await statuses() == [404, 403, 404]
    await contracting.sign(contract, await phone.opened())
    assert await statuses() == [200, 403, 404]


async def test_a_contract_for_all_projects_is_seen_where_its_worker_is_assigned(
    contracting: Contracting, site: Site, labour: Harness
) -> None:
    contract, _ = await contracting.signed(project_id=None)
    async with labour.client(site.contractor.as_(Role.PROJECT_MANAGER)) as client:
        before = await client.get(f"{CONTRACTS}/{contract['id']}")
        await site.assigned([UUID(contract["worker_id"])])
        after = await client.get(f"{CONTRACTS}/{contract['id']}")
    assert (before.status_code, after.status_code) == (404, 200)


async def test_a_project_of_others_is_refused_before_anything_is_written(
    contracting: Contracting, site: Site, labour: Harness
) -> None:
    worker_id, _ = await contracting.worker()
    before = await labour.checksum()
    body = contracting.body(worker_id, project_id=str(new_id()))
    refused = await site.post(CONTRACTS, body, site.clerk, status=404)
    assert refused["code"] == "PROJECT_NOT_FOUND"
    assert await labour.checksum() == before


async def test_verification_finds_what_was_tampered_with(contracting: Contracting, labour: Harness) -> None:
    contract, _ = await contracting.signed()
    path = f"/contracts/{contract['id']}/verification"
    good = await contracting.get(path, sha256=contract["sha256"])
    assert (good["intact"], good["given_matches"], good["stored_sha256"]) == (True, True, contract["sha256"])
    other = await contracting.get(path, sha256="0" * 64)
    assert (other["intact"], other["given_matches"]) == (True, False)
    kept = labour.runtime.clients["files"].path(contract["sha256"])
    content = kept.read_bytes()
    kept.write_bytes(content.replace(b"%%EOF", b"%%EOG"))
    forged = await contracting.get(path)
    assert (forged["intact"], forged["given_matches"]) == (False, None)
    kept.unlink()
    assert (await contracting.get(path))["stored_sha256"] == ""


async def test_a_draft_has_neither_evidence_nor_paper(contracting: Contracting, site: Site) -> None:
    worker_id, _ = await contracting.worker()
    contract = await contracting.draft(worker_id)
    async with site.harness.client(site.clerk) as client:
        paper = await client.get(f"{CONTRACTS}/{contract['id']}/document")
        evidence = await client.get(f"{CONTRACTS}/{contract['id']}/evidence")
    assert (paper.status_code, paper.json()["code"]) == (409, "CONTRACT_NOT_PRINTED")
    assert (evidence.status_code, evidence.json()["code"]) == (404, "CONTRACT_NOT_SIGNED")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"worker_id": "x"}, "/worker_id", "UUID_PARSING"),
    ({"kind": "apprenticeship"}, "/kind", "ENUM"),
    ({"number": ""}, "/number", "TOO_SHORT"),
    ({"duties": "a\u0007b"}, "/duties", "CONTROL_CHARACTER"),
    ({"valid_to": "2026-05-31"}, "", "DATES_BACKWARDS"),
    ({"valid_from": "1949-12-31"}, "/valid_from", "OUT_OF_RANGE"),
    ({"valid_to": "9999-12-31"}, "/valid_to", "OUT_OF_RANGE"),
    ({"wage_rate": "0.00"}, "/wage_rate", "OUT_OF_RANGE"),
    ({"wage_rate": "320.001"}, "/wage_rate", "TOO_PRECISE"),
    ({"wage_rate": 320}, "/wage_rate", "DECIMAL_STRING"),
    ({"wage_kind": "piece"}, "", "WAGE_UNIT_MISSING"),
    ({"wage_kind": "month", "wage_unit": "工日"}, "", "WAGE_UNIT_WRONG"),
    ({"pay_day": 0}, "/pay_day", "GREATER_THAN_EQUAL"),
    ({"pay_day": 32}, "/pay_day", "LESS_THAN_EQUAL"),
    ({"language": "fr"}, "/language", "LITERAL_ERROR"),
    ({"state": "signed"}, "/state", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BAD)
async def test_a_bad_contract_is_a_problem_and_changes_nothing(
    contracting: Contracting, labour: Harness, changes: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    async with labour.client(contracting.site.clerk) as client:
        answer = await client.post(CONTRACTS, json=contracting.body(new_id()) | changes, headers=key())
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await labour.checksum() == before


@pytest.mark.parametrize(
    ("kind", "given", "unit"),
    [("day", None, "工日"), ("month", "月", "月"), ("piece", "吨", "吨"), ("day", "工日", "工日")],
)
async def test_the_unit_follows_from_the_kind_of_wage(
    contracting: Contracting, kind: str, given: str | None, unit: str
) -> None:
    worker_id, _ = await contracting.worker()
    contract = await contracting.draft(worker_id, wage_kind=kind, wage_unit=given)
    assert (contract["wage_unit"], contract["wage_rate"], contract["state"]) == (unit, "320.00", "draft")


async def test_a_draft_is_revised_by_version_and_an_offer_is_not(contracting: Contracting, labour: Harness) -> None:
    contract, _ = await contracting.offered()
    path = f"{CONTRACTS}/{contract['id']}"
    async with labour.client(contracting.site.clerk) as client:
        before = await labour.checksum()
        etag = (await client.get(path)).headers["etag"]
        offered = await client.patch(path, json={"wage_rate": "400.00"}, headers={"If-Match": etag})
        assert (offered.status_code, offered.json()["code"]) == (409, "INVALID_STATE")
        assert await labour.checksum() == before
        await contracting.verb(contract, "withdraw", {"reason": "x"})
        stale = await client.patch(path, json={"wage_rate": "400.00"}, headers={"If-Match": etag})
        unsaid = await client.patch(path, json={"wage_rate": "400.00"})
        etag = (await client.get(path)).headers["etag"]
        backwards = await client.patch(path, json={"valid_to": "2026-01-01"}, headers={"If-Match": etag})
        done = await client.patch(path, json={"wage_rate": "400.00"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (unsaid.status_code, unsaid.json()["code"]) == (400, "IF_MATCH_MISSING")
    assert (backwards.status_code, backwards.json()["errors"][0]["code"]) == (422, "DATES_BACKWARDS")
    assert (done.status_code, done.json()["wage_rate"]) == (200, "400.00")


async def test_a_number_is_used_once(contracting: Contracting, labour: Harness) -> None:
    worker_id, _ = await contracting.worker()
    first = await contracting.draft(worker_id)
    second = await contracting.draft(worker_id)
    async with labour.client(contracting.site.clerk) as client:
        before = await labour.checksum()
        drafted = await client.post(CONTRACTS, json=contracting.body(worker_id, number=first["number"]), headers=key())
        path = f"{CONTRACTS}/{second['id']}"
        revised = await client.patch(path, json={"number": first["number"]}, headers={"If-Match": '"1"'})
    assert drafted.json()["errors"][0]["code"] == "CONTRACT_NUMBER_TAKEN"
    assert (revised.status_code, revised.json()["code"]) == (409, "CONTRACT_NUMBER_TAKEN")
    assert await labour.checksum() == before


async def test_a_contract_that_nobody_signed_is_given_up_and_its_link_revoked(contracting: Contracting) -> None:
    contract, phone = await contracting.offered()
    done = await contracting.verb(contract, "void", {"reason": "工人未到场"})
    assert (done["state"], done["reason"]) == ("void", "工人未到场")
    assert (await phone.get("/link")).json()["code"] == "LINK_REVOKED"


async def test_lists_are_filtered(contracting: Contracting) -> None:
    signed, _ = await contracting.signed()
    worker_id, _ = await contracting.worker()
    drafted = await contracting.draft(worker_id, project_id=None, valid_to=None)

    async def ids(**query: Any) -> list[str]:
        return [one["id"] for one in (await contracting.get("/contracts", **query))["items"]]

    assert await ids() == [drafted["id"], signed["id"]]
    assert await ids(state="signed") == await ids(ends_by="2026-12-31") == [signed["id"]]
    assert await ids(ends_by="2026-12-30") == []
    assert await ids(worker_id=str(worker_id)) == await ids(number=drafted["number"]) == [drafted["id"]]
    assert await ids(project_id=str(contracting.site.project_id)) == [signed["id"]]


@pytest.mark.parametrize("verb", ["offer", "withdraw", "void", "sign-on-paper", "terminate", "renew"])
async def test_another_employer_changes_nothing(contracting: Contracting, labour: Harness, verb: str) -> None:
    contract, _ = await contracting.offered()
    bodies: dict[str, Any] = {
        "sign-on-paper": {"file_id": str(new_id()), "signed_on": "2026-11-20", "reason": "x"},
        "terminate": {"last_day": "2026-11-30", "reason": "x"},
        "renew": {"number": "N", "valid_from": "2027-01-01"},
        "offer": None,
    }
    before = await labour.checksum()
    other = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    async with labour.client(other) as client:
        body = bodies.get(verb, {"reason": "x"})
        answer = await client.post(f"{CONTRACTS}/{contract['id']}:{verb}", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (404, "CONTRACT_NOT_FOUND")
    assert await labour.checksum() == before
