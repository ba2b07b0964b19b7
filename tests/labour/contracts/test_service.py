"""Contracts from draft to end: what each step does, and what it refuses."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from chassis.identity import Role
from chassis.ids import new_id
from labour.contracts import repository
from labour.contracts.events import ENDED, SIGNED
from tests.chassis.files.samples import pdf, uploaded
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.contracting import AGENT, CONTRACTS, Contracting, later, run, waiting
from zhulian.labour.v1.contracts_events_pb2 import ContractEnded, ContractSigned


async def agreement(contracting: Contracting, worker_id: object) -> tuple[str, str | None, str | None]:
    """Number and days of the agreement that the gates read."""
    found = (await contracting.get(f"/workers/{worker_id}"))["agreement"]
    return found["number"], found["valid_from"], found["valid_to"]


async def test_from_draft_to_signature_by_link(contracting: Contracting, labour: Harness) -> None:
    """The bytes shown are the bytes signed; the worker's agreement follows, the evidence says how it came about."""
    worker_id, number = await contracting.worker()
    contract = await contracting.draft(worker_id)
    phone = await contracting.offer(contract, number)
    phone.headers["X-Forwarded-For"] = "203.0.113.7"
    await phone.opened()
    shown = (await phone.get(f"/contracts/{contract['id']}/document")).content
    signed = await contracting.sign(contract, phone)
    assert (signed["state"], signed["sha256"]) == ("signed", sha256(shown).hexdigest())
    assert await agreement(contracting, worker_id) == (contract["number"], "2026-06-01", "2026-12-31")
    evidence = await contracting.get(f"/contracts/{contract['id']}/evidence")
    assert evidence["method"] == "link"
    assert evidence["sha256"] == sha256(shown).hexdigest()
    assert (evidence["identity_checked"], evidence["code_sent_to"]) == (True, "1*********0")
    assert evidence["checked_at"] == evidence["code_sent_at"] == evidence["signed_at"]
    assert (evidence["user_agent"], evidence["worker_id"]) == (AGENT, str(worker_id))
    vault = labour.runtime.clients["vault"]
    assert evidence["address_hash"] == vault.index("address", "203.0.113.7").hex()
    [fact] = await labour.events(SIGNED, UUID(contract["id"]), ContractSigned)
    assert (fact.method, fact.contract.worker_id) == ("link", str(worker_id))
    assert number not in str(fact)
    assert "张伟" not in str(fact)


async def test_a_signature_opens_the_gates_in_the_same_transaction(contracting: Contracting, site: Site) -> None:
    """`cleared_until` of an open assignment is computed anew when he signs, and when the contract is terminated."""
    short = {"kind": "work_agreement", "number": "old", "valid_from": "2026-01-01", "valid_to": "2026-11-30"}
    worker_id, number = await contracting.worker(agreement=short)
    [assignment] = await site.assigned([worker_id])
    assert (await contracting.get(f"/assignments/{assignment}"))["cleared_until"] == "2026-11-30"
    contract = await contracting.draft(worker_id)
    phone = await (await contracting.offer(contract, number)).opened()
    await contracting.sign(contract, phone)
    assert (await contracting.get(f"/assignments/{assignment}"))["cleared_until"] == "2026-12-31"
    body = {"last_day": "2026-11-25", "reason": "协商一致"}
    await contracting.verb(contract, "terminate", body)
    assert (await contracting.get(f"/assignments/{assignment}"))["cleared_until"] == "2026-11-25"


async def test_what_was_shown_has_to_be_what_is_signed(contracting: Contracting, labour: Harness) -> None:
    contract, phone = await contracting.offered()
    await phone.opened()
    before = await labour.checksum()
    answer = await phone.post(f"/contracts/{contract['id']}:sign", {"sha256": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "DOCUMENT_CHANGED")
    assert await labour.checksum() == before


async def test_before_the_paper_is_printed_nobody_signs(contracting: Contracting, labour: Harness) -> None:
    worker_id, number = await contracting.worker()
    contract = await contracting.draft(worker_id)
    offered = await contracting.verb(contract, "offer")
    phone = await (await contracting.self_service(worker_id, number)).opened()
    early = await phone.get(f"/contracts/{contract['id']}/document")
    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (409, "CONTRACT_NOT_PRINTED", "2")
    [payload] = await waiting(labour, "contracts.print", contract["id"])
    await run(labour, "contracts.print", payload)
    paper = await phone.get(f"/contracts/{contract['id']}/document")
    assert paper.content.startswith(b"%PDF-")
    before = await labour.checksum()
    await run(labour, "contracts.print", payload)
    assert await labour.checksum() == before, "printed twice, it is one paper"
    assert offered["link"] != phone.secret


async def test_an_offer_taken_back_while_its_paper_is_printed_gets_none(
    contracting: Contracting, labour: Harness
) -> None:
    contract, _ = await contracting.offered()
    await contracting.verb(contract, "withdraw", {"reason": "工资有误"})
    [payload] = await waiting(labour, "contracts.print", contract["id"])
    before = await labour.checksum()
    await run(labour, "contracts.print", payload)
    assert await labour.checksum() == before
    found = await contracting.get(f"/contracts/{contract['id']}")
    assert (found["state"], found["sha256"], found["reason"]) == ("draft", "", "工资有误")


async def test_signed_on_paper_with_scan_and_reason(contracting: Contracting, site: Site, labour: Harness) -> None:
    worker_id, _ = await contracting.worker()
    contract = await contracting.draft(worker_id)
    scan = pdf()
    async with labour.client(site.clerk) as client:
        file_id = await uploaded(client, scan, path="/labour/v1/files")
    body = {"file_id": file_id, "signed_on": "2026-11-20", "reason": "工人没有手机"}
    signed = await contracting.verb(contract, "sign-on-paper", body)
    assert (signed["state"], signed["sha256"]) == ("signed", sha256(scan).hexdigest())
    evidence = await contracting.get(f"/contracts/{contract['id']}/evidence")
    assert (evidence["method"], evidence["signed_on"], evidence["reason"]) == ("paper", "2026-11-20", "工人没有手机")
    assert (evidence["identity_checked"], evidence["address_hash"]) == (False, "")
    assert evidence["filed_by"]
    assert await agreement(contracting, worker_id) == (contract["number"], "2026-06-01", "2026-12-31")


async def test_a_paper_needs_ones_own_scan_and_a_day_that_has_been(
    contracting: Contracting, site: Site, labour: Harness
) -> None:
    worker_id, _ = await contracting.worker()
    contract = await contracting.draft(worker_id)
    async with labour.client(site.engineer) as client:
        foreign = await uploaded(client, path="/labour/v1/files")
    before = await labour.checksum()
    body = {"file_id": foreign, "signed_on": "2026-11-20", "reason": "x"}
    refused = await contracting.verb(contract, "sign-on-paper", body, status=422)
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [("/file_id", "FILE_UNKNOWN")]
    late = await contracting.verb(contract, "sign-on-paper", body | {"signed_on": "2026-11-24"}, status=422)
    assert [(one["pointer"], one["code"]) for one in late["errors"]] == [("/signed_on", "IN_FUTURE")]
    assert await labour.checksum() == before


async def test_a_declined_contract_is_a_draft_with_the_workers_reason(contracting: Contracting) -> None:
    contract, phone = await contracting.offered()
    await phone.opened()
    answer = await phone.post(f"/contracts/{contract['id']}:decline", {"reason": "与口头约定不符"})
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")
    again = await phone.get("/link")
    assert (again.status_code, again.json()["code"]) == (403, "LINK_USED")
    found = await contracting.get(f"/contracts/{contract['id']}")
    assert (found["reason"], found["sha256"]) == ("与口头约定不符", "")


OVERLAPS = [
    ({"valid_from": "2026-12-31", "valid_to": "2027-12-31"}, True),
    ({"valid_from": "2027-01-01", "valid_to": None}, False),
    ({"valid_from": "2026-01-01", "valid_to": "2026-05-31"}, False),
    ({"valid_from": "2026-01-01", "valid_to": None}, True),
    ({"valid_from": "2026-12-01", "valid_to": "2027-12-31", "project_id": None}, True),
]


@pytest.mark.parametrize(("changes", "refused"), OVERLAPS)
async def test_overlapping_contracts_of_one_worker_on_one_project(
    contracting: Contracting, site: Site, labour: Harness, changes: dict[str, str | None], refused: bool
) -> None:
    contract, _ = await contracting.offered()
    body = contracting.body(UUID(contract["worker_id"]), **changes)
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(CONTRACTS, json=body, headers=key())
    if not refused:
        assert answer.status_code == 201, answer.text
        return
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/valid_from", "CONTRACT_OVERLAP")]
    assert await labour.checksum() == before


async def test_two_overlapping_offers_at_the_same_moment(contracting: Contracting) -> None:
    """Both were drafts; one offer wins, the other hears why."""
    worker_id, _ = await contracting.worker()
    drafts = [await contracting.draft(worker_id) for _ in range(2)]

    async def offer(contract: dict[str, object]) -> str:
        async with contracting.harness.client(contracting.site.clerk) as client:
            answer = await client.post(f"{CONTRACTS}/{contract['id']}:offer", headers=key())
        return "offered" if answer.is_success else str(answer.json()["code"])

    assert sorted(await asyncio.gather(*(offer(one) for one in drafts))) == ["CONTRACT_OVERLAP", "offered"]


async def test_a_crew_is_drafted_and_offered_row_by_row(contracting: Contracting, site: Site) -> None:
    """A bad row does not take the others with it; each good one has a link of its own, shown once."""
    workers = await site.workers(*(worker_row() for _ in range(4)))
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
    ids = [one["id"] for one in drafted["results"] if one["id"]]
    named = key()
    async with site.harness.client(site.clerk) as client:
        body = {"contract_ids": [*ids, str(new_id())]}
        offered = await client.post(f"{CONTRACTS}:offer", json=body, headers=named)
        again = await client.post(f"{CONTRACTS}:offer", json=body, headers=named)
    answer = offered.json()
    assert (answer["offered"], answer["refused"]) == (3, 1)
    assert answer["results"][3]["errors"][0]["pointer"] == "/contract_ids/3"
    assert set(answer["links"]) == set(ids)
    assert len(set(answer["links"].values())) == 3
    assert (again.headers["idempotency-replayed"], again.json()["links"]) == ("true", {})
    async with site.harness.sql() as connection:
        stored = await connection.fetch("SELECT body FROM idempotency_keys")
    assert not any(secret.encode() in row["body"] for secret in answer["links"].values() for row in stored)


async def test_a_renewal_follows_without_a_gap_and_the_gates_stay_open(contracting: Contracting) -> None:
    old, phone = await contracting.signed()
    early = {"number": f"R-{new_id()}", "valid_from": "2026-12-31"}
    refused = await contracting.verb(old, "renew", early, status=422)
    assert refused["errors"][0]["pointer"] == "/valid_from"
    body = early | {"valid_from": "2027-01-01", "valid_to": "2027-12-31", "wage_rate": "350.00"}
    new = await contracting.verb(old, "renew", body, status=201)
    assert (new["state"], new["follows_id"], new["wage_rate"]) == ("draft", old["id"], "350.00")
    assert (new["wage_unit"], new["pay_day"]) == (old["wage_unit"], old["pay_day"])
    with later(contracting.harness, timedelta(hours=1)):
        phone = await (await contracting.offer(new, phone.number)).opened()
        await contracting.sign(new, phone)
    assert await agreement(contracting, old["worker_id"]) == (old["number"], "2026-06-01", "2027-12-31")


async def test_a_draft_is_not_renewed(contracting: Contracting, labour: Harness) -> None:
    contract, _ = await contracting.offered()
    before = await labour.checksum()
    body = {"number": "N", "valid_from": "2027-01-01"}
    refused = await contracting.verb(contract, "renew", body, status=409)
    assert refused["code"] == "INVALID_STATE"
    assert await labour.checksum() == before


async def test_terms_in_force_show_a_contract_that_ends_mid_month(contracting: Contracting, labour: Harness) -> None:
    """Payroll sees until when each rate counts, also of one that was terminated before its time."""
    old, phone = await contracting.signed(valid_to="2026-11-20")
    worker_id, project_id = UUID(old["worker_id"]), contracting.site.project_id
    rest = await contracting.draft(
        worker_id, valid_from="2026-11-21", valid_to=None, wage_kind="month", wage_rate="9000.00"
    )
    with later(labour, timedelta(hours=1)):
        phone = await (await contracting.offer(rest, phone.number)).opened()
        await contracting.sign(rest, phone)
    await contracting.verb(rest, "terminate", {"last_day": "2026-11-28", "reason": "辞职"})
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    async with labour.runtime.database.session() as session:
        terms = await repository.in_force(session, [worker_id, new_id()], project_id, first, last)
        december = await repository.in_force(session, [worker_id], project_id, date(2026, 12, 1), date(2026, 12, 31))
        elsewhere = await repository.in_force(session, [worker_id], new_id(), first, last)
    assert [(str(one.wage_rate), one.wage_unit, one.valid_from, one.valid_to) for one in terms[worker_id]] == [
        ("320.00", "工日", date(2026, 6, 1), date(2026, 11, 20)),
        ("9000.00", "月", date(2026, 11, 21), date(2026, 11, 28)),
    ]
    assert list(terms) == [worker_id]
    assert december == elsewhere == {}


async def test_terminated_only_within_its_days(contracting: Contracting, labour: Harness) -> None:
    contract, _ = await contracting.signed()
    before = await labour.checksum()
    for day in ("2026-05-31", "2027-01-01"):
        refused = await contracting.verb(contract, "terminate", {"last_day": day, "reason": "x"}, status=422)
        assert refused["errors"][0]["pointer"] == "/last_day"
    assert await labour.checksum() == before
    done = await contracting.verb(contract, "terminate", {"last_day": "2026-11-30", "reason": "工程停工"})
    assert (done["state"], done["last_day"]) == ("terminated", "2026-11-30")
    [fact] = await labour.events(ENDED, UUID(contract["id"]), ContractEnded)
    assert (fact.last_day.date, fact.terminated) == ("2026-11-30", True)


async def test_the_end_is_a_job_and_warns_who_has_nothing_to_follow(contracting: Contracting, labour: Harness) -> None:
    contract, _ = await contracting.signed()
    warnings = await waiting(labour, "contracts.warn", contract["id"])
    assert [one["days_left"] for one in warnings] == ["30", "7"]
    async with labour.sql() as connection:
        pauses = await connection.fetch(
            "SELECT execute_after - created AS pause FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1 "
            "AND entrypoint IN ('contracts.warn', 'contracts.end') ORDER BY pause",
            f"%{contract['id']}%",
        )
    # noon of 23 November to the first instant of 1 and 24 December and of 1 January
    assert [row["pause"] for row in pauses] == [timedelta(days=d, hours=12) for d in (7, 30, 38)]
    for payload in warnings:
        await run(labour, "contracts.warn", payload)
        await run(labour, "contracts.warn", payload)
    with later(labour, timedelta(days=39)):
        [end] = await waiting(labour, "contracts.end", contract["id"])
        await run(labour, "contracts.end", end)
        await run(labour, "contracts.end", end)
    raised = await contracting.get("/contract-warnings", contract_id=contract["id"])
    assert [(one["days_left"], one["ends_on"]) for one in raised["items"]] == [
        (0, "2026-12-31"), (7, "2026-12-31"), (30, "2026-12-31"),
    ]  # fmt: skip
    assert (await contracting.get(f"/contracts/{contract['id']}"))["state"] == "ended"
    [fact] = await labour.events(ENDED, UUID(contract["id"]), ContractEnded)
    assert (fact.last_day.date, fact.terminated) == ("2026-12-31", False)


async def test_who_has_renewed_is_not_warned(contracting: Contracting, labour: Harness) -> None:
    old, phone = await contracting.signed()
    new = await contracting.verb(old, "renew", {"number": f"R-{new_id()}", "valid_from": "2027-01-01"}, status=201)
    with later(labour, timedelta(hours=1)):
        phone = await (await contracting.offer(new, phone.number)).opened()
        await contracting.sign(new, phone)
    for payload in await waiting(labour, "contracts.warn", old["id"]):
        await run(labour, "contracts.warn", payload)
    assert (await contracting.get("/contract-warnings", worker_id=old["worker_id"]))["items"] == []
    with later(labour, timedelta(days=39)):
        [end] = await waiting(labour, "contracts.end", old["id"])
        await run(labour, "contracts.end", end)
        assert await agreement(contracting, old["worker_id"]) == (new["number"], "2027-01-01", None)


async def test_the_employers_row_does_not_outweigh_a_signed_contract(contracting: Contracting, site: Site) -> None:
    """A batch or a change that says nothing, or something else, of the agreement leaves the signed one on record."""
    worker_id, number = await contracting.worker(external_id=f"X-{new_id()}")
    contract = await contracting.draft(worker_id)
    phone = await (await contracting.offer(contract, number)).opened()
    await contracting.sign(contract, phone)
    known = await contracting.get(f"/workers/{worker_id}")
    row = worker_row(
        external_id=known["external_id"], id_card_number=number, name="张伟", address="新地址", agreement=None
    )
    answer = await site.post("/labour/v1/workers:batch", {"workers": [row]}, site.clerk)
    assert answer["updated"] == 1
    wanted = (contract["number"], "2026-06-01", "2026-12-31")
    assert await agreement(contracting, worker_id) == wanted
    other = {"kind": "work_agreement", "number": "other", "valid_from": "2020-01-01"}
    async with site.harness.client(site.clerk) as client:
        version = (await client.get(f"/labour/v1/workers/{worker_id}")).headers["etag"]
        done = await client.patch(
            f"/labour/v1/workers/{worker_id}", json={"agreement": other}, headers={"If-Match": version}
        )
    assert done.status_code == 200, done.text
    assert await agreement(contracting, worker_id) == wanted


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
