"""Use cases of workers on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.crypto import UndecipherableError, Vault
from chassis.errors import Aborted, AlreadyExists, InvalidArgument, NotFound, PermissionDenied, Violation
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.codes import repository as codes
from labour.workers import service
from labour.workers.rules import CertificateRecord, Registration, TrainingRecord
from labour.workers.schemas import WorkerIn
from labour.workers.service import ChangeWorker, Outcome, WorkerFilter
from tests.harness import Harness, organisation
from tests.labour.conftest import Site, resident_id, worker_row

INDEX_KEY = b"i" * 32


def given(**changes: Any) -> Registration:
    return WorkerIn.model_validate(worker_row(**changes)).registration()


def clerk() -> Principal:
    return organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)


async def register(
    labour: Harness, vault: Vault, principal: Principal, *rows: Registration | list[Violation]
) -> list[Outcome]:
    async with labour.work(principal) as work:
        return await service.register_batch(work, list(rows), vault)


async def one(labour: Harness, vault: Vault, principal: Principal, **changes: Any) -> UUID:
    [outcome] = await register(labour, vault, principal, given(**changes))
    assert outcome.worker_id is not None, outcome.faults
    return outcome.worker_id


async def test_sent_again_is_unchanged_and_sent_otherwise_is_updated(labour: Harness, vault: Vault) -> None:
    sender, row = clerk(), given()
    [first] = await register(labour, vault, sender, row)
    [again] = await register(labour, vault, sender, row)
    moved = Registration(**{name: getattr(row, name) for name in row.__slots__} | {"address": "深圳市南山区"})
    [other] = await register(labour, vault, sender, moved)
    assert [outcome.status for outcome in (first, again, other)] == ["created", "unchanged", "updated"]
    assert first.worker_id == again.worker_id == other.worker_id
    assert first.worker_id is not None
    async with labour.work(sender) as work:
        seen = await service.get(work, first.worker_id, vault)
    assert (seen.worker.address, seen.version) == ("深圳市南山区", 2)
    assert await labour.audited(first.worker_id) == ["workers.register", "workers.update", "workers.view"]


async def test_a_bad_row_does_not_take_the_good_ones_with_it(labour: Harness, vault: Vault) -> None:
    unreadable = [Violation("/workers/1/name", "MISSING", "缺少必填项", "This field is required")]
    number = resident_id()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    future = {"trained_on": "2026-11-24", "hours": "8.00", "course": "安全"}
    rows: list[Registration | list[Violation]] = [
        given(),
        unreadable,
        given(id_card_number=wrong),
        given(training=future),
        given(),
    ]
    outcomes = await register(labour, vault, clerk(), *rows)
    assert [outcome.status for outcome in outcomes] == ["created", "refused", "refused", "refused", "created"]
    assert [(fault.pointer, fault.code) for outcome in outcomes for fault in outcome.faults] == [
        ("/workers/1/name", "MISSING"),
        ("/workers/2/id_card_number", "ID_CHECK_DIGIT"),
        ("/workers/3/training/trained_on", "IN_FUTURE"),
    ]


async def test_rows_that_contradict_each_other_or_what_stands(labour: Harness, vault: Vault) -> None:
    sender, standing = clerk(), given()
    await register(labour, vault, sender, standing)
    twin = given()
    rows = [
        given(external_id=standing.external_id),
        given(id_card_number=standing.id_card_number),
        twin,
        given(external_id=twin.external_id),
        given(id_card_number=twin.id_card_number),
    ]
    outcomes = await register(labour, vault, sender, *rows)
    assert [outcome.faults[0].code if outcome.faults else outcome.status for outcome in outcomes] == [
        "EXTERNAL_ID_TAKEN",
        "WORKER_HAS_OTHER_EXTERNAL_ID",
        "created",
        "DUPLICATE_IN_BATCH",
        "DUPLICATE_IN_BATCH",
    ]


async def test_a_repeated_row_names_the_row_that_it_repeats(labour: Harness, vault: Vault) -> None:
    """Also behind rows that are refused for themselves: by the number that the answer gives each row."""
    twin, unreadable = given(), [Violation("/workers/0/name", "MISSING", "x", "x")]
    number = resident_id()
    bad = given(id_card_number=number[:-1] + ("1" if number[-1] != "1" else "2"))
    rows: list[Registration | list[Violation]] = [
        unreadable,
        bad,
        twin,
        given(id_card_number=twin.id_card_number),
        given(external_id=twin.external_id),
    ]
    outcomes = await register(labour, vault, clerk(), *rows)
    assert [one.status for one in outcomes] == ["refused", "refused", "created", "refused", "refused"]
    assert [(one.faults[0].zh[:7], one.faults[0].en[:6]) for one in outcomes[3:]] == [
        ("与本批第2行为", "Row 2 "),
        ("与本批第2行的", "Row 2 "),
    ]


async def test_two_employers_do_not_learn_of_each_other(labour: Harness, vault: Vault) -> None:
    """One person on the platform; each employer's own worker, whose id, age and version tell nothing of the other."""
    row, here, there = given(), clerk(), clerk()
    [first] = await register(labour, vault, here, row)
    [second] = await register(labour, vault, there, row)
    assert (first.status, second.status) == ("created", "created")
    assert first.worker_id != second.worker_id
    assert first.worker_id is not None
    assert second.worker_id is not None
    async with labour.work(there) as work:
        with pytest.raises(NotFound):
            await service.get(work, first.worker_id, vault)
        listed = await service.page(work, WorkerFilter(), PageRequest(), vault)
        seen = await service.get(work, second.worker_id, vault)
    assert [one.worker.id for one in listed.items] == [second.worker_id]
    assert seen.version == 1
    async with labour.sql() as connection:
        people = await connection.fetchval(
            "SELECT count(DISTINCT person_id) FROM workers WHERE id = ANY($1::uuid[])",
            [first.worker_id, second.worker_id],
        )
    assert people == 1


async def test_the_same_people_in_parallel_from_many_employers(labour: Harness, vault: Vault) -> None:
    """No deadlock, no person twice, every employer has all of his."""
    rows = [given() for _ in range(300)]
    senders = [clerk() for _ in range(6)]
    batches = await asyncio.gather(
        *(register(labour, vault, sender, *(rows if n % 2 else rows[::-1])) for n, sender in enumerate(senders))
    )
    assert {outcome.status for batch in batches for outcome in batch} == {"created"}
    ids = [outcome.worker_id for batch in batches for outcome in batch]
    async with labour.sql() as connection:
        people = await connection.fetchval(
            "SELECT count(DISTINCT person_id) FROM workers WHERE id = ANY($1::uuid[])", ids
        )
    assert people == 300


async def test_one_employer_sending_one_batch_in_parallel(labour: Harness, vault: Vault) -> None:
    """The second batch waits for the first and finds its workers, also when the platform knew the people before."""
    sender, rows = clerk(), [given() for _ in range(30)]
    await register(labour, vault, clerk(), *rows)
    async with labour.work(sender) as work:
        first = await service.register_batch(work, [*rows], vault)
        second = asyncio.create_task(register(labour, vault, sender, *rows))
        done, _ = await asyncio.wait([second], timeout=0.5)
        assert not done
    assert {outcome.status for outcome in first} == {"created"}
    assert {outcome.status for outcome in await second} == {"unchanged"}


async def test_no_number_rests_in_clear(labour: Harness, vault: Vault) -> None:
    """Neither in the rows nor in the audit; and the rows do not give it away together."""
    number, card = resident_id("19880808"), "6217000010001234567"
    worker_id = await one(labour, vault, clerk(), id_card_number=number, payroll_bank_card_number=card)
    async with labour.sql() as connection:
        texts = [
            await connection.fetchval("SELECT string_agg(t::text, ' ') FROM people t"),
            await connection.fetchval("SELECT t::text FROM workers t WHERE id = $1", worker_id),
            await connection.fetchval("SELECT string_agg(t::text, ' ') FROM audit t WHERE entity_id = $1", worker_id),
        ]
    for text in texts:
        assert number not in text
        assert number[-4:] not in text or text.count(number[:6]) == 0
        assert card not in text
        assert "1988-08-08" not in text


async def test_old_rows_are_read_after_a_rotation_and_new_ones_need_the_new_key(labour: Harness, vault: Vault) -> None:
    sender = clerk()
    worker_id = await one(labour, vault, sender)
    rotated = Vault({"k1": b"1" * 32, "k2": b"2" * 32}, INDEX_KEY)
    row = given()
    [fresh] = await register(labour, rotated, sender, row)
    assert fresh.worker_id is not None
    async with labour.work(sender) as work:
        assert (await service.get(work, worker_id, rotated)).id_card_number.startswith("4403")
        with pytest.raises(UndecipherableError):
            await service.get(work, fresh.worker_id, vault)


async def test_masked_for_all_and_clear_for_one_who_says_why(labour: Harness, vault: Vault) -> None:
    employer = organisation(Kind.LABOUR_SUBCONTRACTOR)
    number = resident_id("19850605")
    worker_id = await one(labour, vault, employer.as_(Role.LABOUR_CLERK), id_card_number=number)
    async with labour.work(employer.as_(Role.VIEWER)) as work:
        seen = await service.get(work, worker_id, vault)
        with pytest.raises(PermissionDenied):
            await service.unmask(work, worker_id, "curiosity", vault)
    assert seen.id_card_number == f"{number[:4]}**********{number[-4:]}"
    assert (seen.age, seen.payroll_bank_card, seen.cell_phone) == (41, "6222***********3445", "1*********0")
    async with labour.work(employer.as_(Role.PERSONAL_DATA_OFFICER)) as work:
        clear = await service.unmask(work, worker_id, "工资代发核对", vault)
    assert (clear.id_card_number, clear.birth_date) == (number, date(1985, 6, 5))
    assert await labour.audited(worker_id) == ["workers.register", "workers.view", "workers.unmask"]
    async with labour.work(organisation(Kind.CONTRACTOR).as_(Role.PERSONAL_DATA_OFFICER)) as work:
        with pytest.raises(NotFound):
            await service.unmask(work, worker_id, "not mine", vault)


async def test_a_change_needs_the_version_that_was_seen(labour: Harness, vault: Vault) -> None:
    sender = clerk()
    worker_id = await one(labour, vault, sender)
    async with labour.work(sender) as work:
        changed = await service.change(work, ChangeWorker(worker_id, 1, {"nation": "回族"}, "", None), vault)
    assert (changed.worker.nation, changed.version, changed.payroll_bank_card) == ("回族", 2, "")
    before = await labour.checksum()
    with pytest.raises(Aborted):
        async with labour.work(sender) as work:
            await service.change(work, ChangeWorker(worker_id, 1, {"nation": "藏族"}, None, None), vault)
    assert await labour.checksum() == before


async def test_a_batch_after_a_change_writes_the_employers_row_again(labour: Harness, vault: Vault) -> None:
    sender, row = clerk(), given()
    [first] = await register(labour, vault, sender, row)
    assert first.worker_id is not None
    async with labour.work(sender) as work:
        await service.change(work, ChangeWorker(first.worker_id, 1, {"name": "李四"}, None, None), vault)
    [again] = await register(labour, vault, sender, row)
    assert again.status == "updated"


async def test_certificates_are_known_by_their_number(labour: Harness, vault: Vault) -> None:
    sender = clerk()
    record = CertificateRecord("T1", "建筑电工", date(2025, 1, 1), date(2026, 12, 31), "1")
    certificate = {"number": "T1", "trade": "建筑电工", "valid_from": "2023-01-01", "valid_to": "2024-12-31"}
    worker_id = await one(labour, vault, sender, certificates=[certificate])
    async with labour.work(sender) as work:
        renewed = await service.record_certificate(work, worker_id, record, vault)
        page = await service.page_of_certificates(work, worker_id, PageRequest())
    assert (renewed.version, renewed.valid_to) == (2, date(2026, 12, 31))
    assert [one.number for one in page.items] == ["T1"]
    assert (await labour.audited(worker_id))[-1] == "workers.record-certificate"


async def test_trainings_are_kept_and_none_lies_ahead(labour: Harness, vault: Vault) -> None:
    sender = clerk()
    worker_id = await one(labour, vault, sender, training=None)
    async with labour.work(sender) as work:
        record = TrainingRecord(date(2026, 11, 1), Decimal("20.00"), "转岗教育", "003001")
        await service.record_training(work, worker_id, record, vault)
        again = await service.record_training(work, worker_id, record, vault)
        page = await service.page_of_trainings(work, worker_id, PageRequest())
    assert [(one.trained_on, one.hours) for one in page.items] == [(date(2026, 11, 1), Decimal("20.00"))]
    assert again.version == 2
    ahead = TrainingRecord(date(2026, 11, 24), Decimal("20.00"), "转岗教育", "003001")
    with pytest.raises(InvalidArgument):
        async with labour.work(sender) as work:
            await service.record_training(work, worker_id, ahead, vault)


async def test_one_worker_registered_twice_is_told_so(labour: Harness, vault: Vault) -> None:
    sender, row = clerk(), given()
    async with labour.work(sender) as work:
        made = await service.register_worker(work, row, vault)
    before = await labour.checksum()
    with pytest.raises(AlreadyExists) as refusal:
        async with labour.work(sender) as work:
            await service.register_worker(work, row, vault)
    assert refusal.value.metadata["worker_id"] == str(made.worker.id)
    assert await labour.checksum() == before


async def test_lists_are_filtered_and_stable(labour: Harness, vault: Vault) -> None:
    sender = clerk()
    rows = [given(work_type="020" if number % 2 else "040") for number in range(7)]
    await register(labour, vault, sender, *rows)
    async with labour.work(sender) as work:
        first = await service.page(work, WorkerFilter(work_type="040"), PageRequest(3), vault)
        await register(labour, vault, sender, given(work_type="040"))
        rest = await service.page(work, WorkerFilter(work_type="040"), PageRequest(3, first.next_page_token), vault)
    found = [one.worker.external_id for one in (*first.items, *rest.items)]
    assert found == [row.external_id for row in rows if row.work_type == "040"][::-1]
    assert rest.next_page_token == ""


async def test_a_foreign_worker_is_not_found(labour: Harness, site: Site, vault: Vault) -> None:
    worker_id = await one(labour, vault, site.clerk)
    before = await labour.checksum()
    for stranger in (site.stranger.as_(Role.LABOUR_CLERK), site.contractor.as_(Role.LABOUR_CLERK)):
        async with labour.work(stranger) as work:
            for unseen in (worker_id, new_id()):
                with pytest.raises(NotFound) as refusal:
                    await service.get(work, unseen, vault)
                assert refusal.value.reason == "WORKER_NOT_FOUND"
    assert await labour.checksum() == before


async def test_an_ended_code_is_refused_for_new_entries_and_kept_where_it_stands(
    labour: Harness, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, row = clerk(), given()
    await register(labour, vault, sender, row)
    edition = {"version": "2026", "source": "x", "status": "B", "valid_from": "2026-11-01", "added": []}
    tables = dict(codes.tables())
    tables["work_type"] = codes.edition(tables["work_type"], edition | {"ended": ["020"]})
    monkeypatch.setattr(codes, "tables", lambda: tables)
    moved = Registration(**{name: getattr(row, name) for name in row.__slots__} | {"address": "深圳市南山区"})
    [kept, fresh] = await register(labour, vault, sender, moved, given())
    assert (kept.status, fresh.status) == ("updated", "refused")
    assert [(one.pointer, one.code) for one in fresh.faults] == [("/workers/1/work_type", "CODE_NOT_IN_FORCE")]
    other = await one(labour, vault, sender, work_type="010")
    async with labour.work(sender) as work:
        with pytest.raises(InvalidArgument):
            await service.change(work, ChangeWorker(other, 1, {"work_type": "020"}, None, None), vault)
