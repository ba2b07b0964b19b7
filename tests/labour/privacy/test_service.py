"""Who saw what, and erasure, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.privacy import service
from labour.privacy.models import Erasure
from labour.privacy.repository import worked as worked_by
from labour.workers import repository as people_found
from labour.workers import service as workers
from labour.workers.models import Worker
from labour.workers.schemas import WorkerIn
from tests.chassis.files.samples import uploaded
from tests.harness import NOON, Harness, key, organisation
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.privacy.conftest import at, due, look_again
from tests.labour.wages import Wages, failed, paid
from tests.labour.workers.pictures import jpeg

TODAY = date(2026, 11, 23)


async def ask(harness: Harness, officer: Principal, worker: UUID) -> Erasure:
    async with harness.work(officer) as work:
        return await service.request(work, worker, TODAY, None, harness.runtime.clients["vault"])


async def row(harness: Harness, worker: UUID) -> dict[str, Any]:
    async with harness.sql() as connection:
        [found] = await connection.fetch("SELECT * FROM workers WHERE id = $1", worker)
    return dict(found)


async def people(harness: Harness, vault: Vault, number: str) -> int:
    async with harness.sql() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM people WHERE id_index = $1", vault.index("person", "01", number)
        )
    return found


async def test_each_look_is_recorded_and_shown(labour: Harness, site: Site, officer: Principal, vault: Vault) -> None:
    """Who, for which organisation, how, when and what for; by this employment only, not the person's other ones."""
    entry = worker_row()
    [worker] = await site.workers(entry)
    other, clerk = site.stranger.as_(Role.LABOUR_CLERK), site.clerk
    [elsewhere] = await site.workers(worker_row(id_card_number=entry["id_card_number"]), clerk=other)
    async with labour.client(other) as client:
        await client.get(f"/labour/v1/workers/{elsewhere}")
    async with labour.client(clerk) as client:
        await client.get(f"/labour/v1/workers/{worker}")
        await client.get("/labour/v1/workers")
        await client.get("/labour/v1/workers", headers={"Accept": "text/csv"})
    async with labour.work(officer) as work:
        await workers.unmask(work, worker, "核对工资代发账户", vault)
    async with labour.work(officer) as work:
        seen = await service.accesses(work, worker, PageRequest())
    assert [(one.kind, one.purpose, one.seen_by) for one in seen.items] == [
        ("unmask", "核对工资代发账户", officer.subject),
        ("export", "", clerk.subject),
        ("view", "", clerk.subject),
    ]
    assert {one.organisation_id for one in seen.items} == {site.subcontractor.id}
    assert all(one.at == NOON for one in seen.items)


async def test_who_is_refused_leaves_no_trace_of_having_seen(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    before = await labour.checksum()
    for stranger in (site.stranger, site.contractor, organisation(Kind.AUTHORITY)):
        async with labour.client(stranger.as_(*Role)) as client:
            assert (await client.get(f"/labour/v1/workers/{worker}")).status_code in (403, 404)
            assert (await client.get(f"/labour/v1/workers/{worker}/accesses")).status_code in (403, 404)
    assert await labour.checksum() == before


async def test_who_never_worked_is_erased_at_once(
    labour: Harness, site: Site, officer: Principal, vault: Vault
) -> None:
    """Nothing of him is left but a tombstone; the person goes, and registered again he is somebody new."""
    entry = worker_row(agreement=None, politics="13")
    [worker] = await site.workers(entry)
    async with labour.client(site.clerk) as client:
        consent = {"purpose": "face_image", "text_version": "2026-1", "given_on": "2026-11-20"}
        await client.post(f"/labour/v1/workers/{worker}/consents", json=consent, headers=key())
        image = key() | {"Content-Type": "image/jpeg"}
        taken = await client.post(f"/labour/v1/workers/{worker}/photo", content=jpeg(), headers=image)
    assert taken.json()["has_photo"]
    photo = (await row(labour, worker))["photo_file_id"]
    assert await people(labour, vault, entry["id_card_number"]) == 1
    request = await ask(labour, officer, worker)
    left = await row(labour, worker)
    assert (request.state, request.blocked, request.due) == ("erased", [], None)
    assert [left[name] for name in ("name", "birth_date", "cell_phone", "address", "payroll_bank_card")] == [""] * 5
    assert (left["photo_file_id"], left["erased_at"], left["politics"]) == (None, NOON, "")
    assert await people(labour, vault, entry["id_card_number"]) == 0
    async with labour.client(officer) as client:
        answers = [await client.get(f"/labour/v1/{path}") for path in (f"workers/{worker}", f"files/{photo}")]
        listed = await client.get("/labour/v1/workers")
    assert ([one.status_code for one in answers], listed.json()["items"]) == ([404, 404], [])
    [again] = await site.workers(entry)
    assert again != worker


async def test_another_employers_row_and_person_stay(
    labour: Harness, site: Site, officer: Principal, vault: Vault
) -> None:
    entry, other = worker_row(agreement=None), site.stranger.as_(Role.LABOUR_CLERK)
    [worker] = await site.workers(entry)
    [elsewhere] = await site.workers(entry, clerk=other)
    before = await row(labour, elsewhere)
    await ask(labour, officer, worker)
    assert await row(labour, elsewhere) == before
    assert await people(labour, vault, entry["id_card_number"]) == 1
    async with labour.work(other) as work:
        assert (await workers.get(work, elsewhere, vault)).id_card_number.startswith("4403")
    assert (await row(labour, worker))["person_id"] != before["person_id"]


def reasons(request: Erasure) -> dict[str, tuple[Any, ...]]:
    """By rule: until, what it waits for, why, since when."""
    return {
        one["rule"]: tuple(one[name] for name in ("until", "waits_for", "because", "since")) for one in request.blocked
    }


def held(told: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    """What is kept of who has worked: by his wages, and his contract of before two years longer."""
    kept = dict.fromkeys(("real_name_register", "wage_ledger", "conduct"), told)
    return kept | {"labour_contract": ("2028-11-22", "", "", None)}


async def test_deletion_asked_for_by_a_person_whose_wages_are_not_settled(
    labour: Harness, site: Site, worked: UUID, officer: Principal, vault: Vault
) -> None:
    """What no law keeps goes at once; the ledger waits for the bank, then three years, then a job erases it."""
    request = await ask(labour, officer, worked)
    left = await row(labour, worked)
    assert (left["politics"], left["urgent_contact"], left["erased_at"]) == ("", "", None)
    assert (request.state, request.due) == ("blocked", TODAY + timedelta(days=7))

    async def again() -> dict[str, tuple[Any, ...]]:
        await look_again(labour, str(request.id))
        async with labour.work(officer) as work:
            return reasons(await service.get(work, request.id))

    assert reasons(request) == held((None, "wages", "not_on_a_sheet", "2026-11-21"))
    async with labour.work(officer) as work:
        seen = await workers.get(work, worked, vault)
        assert (seen.worker.name, seen.payroll_bank_card[-4:]) == ("张伟", "3445")
    with at(labour, NOON + timedelta(days=8)):
        assert await again() == reasons(request)

    wages = Wages(site)
    await wages.terms(worked)
    payroll = await wages.draft()
    assert await again() == held((None, "wages", "not_approved", "2026-11-01"))
    payroll = await wages.verb(payroll, "submit")
    await wages.on_paper(payroll, (await wages.lines(payroll)).values())
    await wages.verb(payroll, "check", wages.checker)
    await wages.verb(payroll, "approve", wages.approver)
    assert await again() == held((None, "wages", "not_paid", "2026-11-01"))
    account = await wages.account("10000.00")
    payout, [transfer] = await wages.sent(account)
    await wages.answer(payout, [failed(transfer)])
    assert await again() == held((None, "wages", "transfer_failed", "2026-11-01"))
    payout, [transfer] = await wages.sent(account)
    assert await again() == held((None, "wages", "not_paid", "2026-11-01"))
    waiting = await due(labour, str(request.id))
    await wages.answer(payout, [paid(transfer)])
    assert await due(labour, str(request.id)) == waiting + 1  # the bank's answer has it judged anew
    assert await again() == held(("2029-11-23", "", "", None))
    async with labour.work(officer) as work:
        assert (await service.get(work, request.id)).due == date(2028, 11, 23)  # the contract is over first

    with at(labour, NOON + timedelta(days=1095)):  # 2029-11-22
        await look_again(labour, str(request.id))
    assert (await row(labour, worked))["name"] == "张伟"
    with at(labour, NOON + timedelta(days=1097)):
        await look_again(labour, str(request.id))
        await look_again(labour, str(request.id))  # twice is once
    left = await row(labour, worked)
    assert [left[name] for name in ("name", "cell_phone", "payroll_bank_card", "birth_date")] == [""] * 4
    async with labour.work(officer) as work:
        done = await service.get(work, request.id)
    assert (done.state, done.blocked, done.due) == ("erased", [], None)


async def test_who_has_been_paid_in_full_is_not_blocked_by_wages(
    labour: Harness, site: Site, officer: Principal, worked: UUID
) -> None:
    """Paid before he asks: the day of the last wage counts, and nothing waits for it."""
    wages = Wages(site)
    await wages.terms(worked)
    await wages.approved()
    payout, [transfer] = await wages.sent(await wages.account("10000.00"))
    await wages.answer(payout, [paid(transfer)])
    request = await ask(labour, officer, worked)
    assert reasons(request) == held(("2029-11-23", "", "", None))


async def test_pieces_that_stand_on_no_sheet_are_owed_and_taken_back_they_are_not(
    labour: Harness, site: Site, officer: Principal
) -> None:
    [worker] = await site.workers(worker_row(agreement=None))
    async with labour.sql() as connection:
        for quantity in (Decimal(3), Decimal(-3)):
            await connection.execute(
                "INSERT INTO piece_records (id, project_id, employer_id, worker_id, day, quantity, unit, note, "
                "noted_by, recorded_by, recorded_at) "
                "VALUES ($1, $2, $3, $4, '2026-11-05', $5, 'm2', '', '', '', now())",
                *(new_id(), site.project_id, site.subcontractor.id, worker, quantity),
            )
            async with labour.work(officer) as work:
                session = await work.writing()
                found = await worked_by(session, await session.get_one(Worker, worker))
            assert [one.since for one in found] == ([date(2026, 11, 5)] if quantity > 0 else [])


async def test_on_site_nothing_that_the_register_needs_goes(labour: Harness, site: Site, officer: Principal) -> None:
    [worker] = await site.workers(worker_row(urgent_contact="李梅 13900139000"))
    await site.assigned([worker])
    request = await ask(labour, officer, worker)
    assert {one["rule"]: one["waits_for"] for one in request.blocked} == {
        "employment": "",
        "labour_contract": "",
        "real_name_register": "exit",
        "wage_ledger": "exit",
        "conduct": "exit",
    }
    assert "urgent_contact" in request.erased
    with pytest.raises(AlreadyExists):
        await ask(labour, officer, worker)


async def test_a_listed_persons_number_stays_with_the_listing(
    labour: Harness, site: Site, officer: Principal, vault: Vault
) -> None:
    number, authority = resident_id(), organisation(Kind.AUTHORITY).as_(Role.PERSONAL_DATA_OFFICER)
    listing = {"name": "王五", "id_card_number": number, "reason": "x", "source_document": "y"}
    body = listing | {"valid_from": "2026-11-01", "valid_to": "2026-12-01"}
    await site.post("/labour/v1/blacklist", body, authority, status=201)
    [worker] = await site.workers(worker_row(agreement=None, id_card_number=number))
    request = await ask(labour, officer, worker)
    assert ([one["rule"] for one in request.blocked], request.due) == (["blacklist"], date(2026, 12, 2))
    assert (await row(labour, worker))["name"] == ""
    async with labour.client(officer) as client:
        seen = (await client.get(f"/labour/v1/workers/{worker}")).json()
    assert (seen["age"], seen["id_card_number_masked"][:4]) == (None, number[:4])
    with at(labour, NOON + timedelta(days=9)):
        await look_again(labour, str(request.id))
    assert (await row(labour, worker))["erased_at"] is not None
    assert await people(labour, vault, number) == 1  # the entry still names him


async def test_a_request_is_taken_back_and_the_job_leaves_it_alone(
    labour: Harness, worked: UUID, officer: Principal
) -> None:
    request = await ask(labour, officer, worked)
    async with labour.work(officer) as work:
        cancelled = await service.cancel(work, request.id, request.version)
    assert (cancelled.state, cancelled.due) == ("cancelled", None)
    with at(labour, NOON + timedelta(days=2000)):
        await look_again(labour, str(request.id))
    assert (await row(labour, worked))["name"] == "张伟"


async def test_who_may_not_ask_changes_nothing(labour: Harness, site: Site, worked: UUID, officer: Principal) -> None:
    before = await labour.checksum()
    with pytest.raises(PermissionDenied):
        await ask(labour, site.clerk, worked)
    with pytest.raises(NotFound):
        await ask(labour, site.stranger.as_(Role.PERSONAL_DATA_OFFICER), worked)
    with pytest.raises(InvalidArgument):
        async with labour.work(officer) as work:
            await service.request(work, worked, date(2026, 11, 24), None, labour.runtime.clients["vault"])
    assert await labour.checksum() == before


async def test_erased_while_another_employer_enters_him(
    labour: Harness, site: Site, officer: Principal, vault: Vault
) -> None:
    """Whoever comes second waits; the person stays for the one, or comes anew for the other."""
    entry, other = worker_row(agreement=None), site.stranger.as_(Role.LABOUR_CLERK)
    registration = WorkerIn.model_validate(entry).registration()
    [worker] = await site.workers(entry)
    async with labour.work(other) as work:
        [entered] = await workers.register_batch(work, [registration], vault)
        erasing = asyncio.create_task(ask(labour, officer, worker))
        done, _ = await asyncio.wait([erasing], timeout=0.3)
        assert not done
    assert ((await erasing).state, await people(labour, vault, entry["id_card_number"])) == ("erased", 1)

    async def enters_again() -> str:
        async with labour.work(site.clerk) as work:
            [outcome] = await workers.register_batch(work, [registration], vault)
        return outcome.status

    assert entered.worker_id is not None
    async with labour.work(replace(other, roles=frozenset({Role.PERSONAL_DATA_OFFICER}))) as work:
        await service.request(work, entered.worker_id, TODAY, None, vault)
        entering = asyncio.create_task(enters_again())
        await asyncio.wait([entering], timeout=0.3)
        assert not entering.done()
    assert (await entering, await people(labour, vault, entry["id_card_number"])) == ("created", 1)


async def test_whom_a_registration_has_found_stays_until_its_end(
    labour: Harness, site: Site, officer: Principal, vault: Vault
) -> None:
    entry = worker_row(agreement=None)
    [worker] = await site.workers(entry)
    index = vault.index("person", "01", entry["id_card_number"])
    async with labour.work(site.stranger.as_(Role.LABOUR_CLERK)) as work:
        assert len(await people_found.known_people(await work.driver(), [index])) == 1
        erasing = asyncio.create_task(ask(labour, officer, worker))
        done, _ = await asyncio.wait([erasing], timeout=0.3)
        assert not done
    assert (await erasing).state == "erased"


async def test_a_scan_with_many_signatures_goes_with_the_last_of_them(
    labour: Harness, site: Site, officer: Principal
) -> None:
    async with labour.client(site.clerk) as client:
        scan = await uploaded(client, path="/labour/v1/files")
    consent = {"purpose": "bank_account", "text_version": "2026-1", "given_on": "2026-03-01"}
    signed = [consent | {"how": "paper_scan", "file_id": scan}]
    first, second = await site.workers(
        worker_row(agreement=None, consents=signed), worker_row(agreement=None, consents=signed)
    )
    found = []
    for worker in (first, second):
        await ask(labour, officer, worker)
        async with labour.client(officer) as client:
            found.append((await client.get(f"/labour/v1/files/{scan}")).status_code)
    assert found == [200, 404]
