"""Employers who meet at one person: at the same moment, and by guessing (hard cases of the register)."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID

import orjson
import pytest

from chassis.crypto import Vault
from chassis.errors import InvalidArgument
from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from labour.workers import service
from labour.workers.schemas import WorkerIn
from labour.workers.service import Outcome, WorkerFilter
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, resident_id, worker_row

PATH = "/labour/v1/workers"
IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9]{4}\*{10}[0-9X]{4}")
"""Ids, and the masked numbers that the guesser has sent himself."""


def clerk() -> Principal:
    return organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)


async def register(labour: Harness, vault: Vault, who: Principal, row: dict[str, Any]) -> Outcome:
    async with labour.work(who) as work:
        [outcome] = await service.register_batch(work, [WorkerIn.model_validate(row).registration()], vault)
    return outcome


async def persons(labour: Harness, *workers: UUID | None) -> set[UUID]:
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT DISTINCT person_id FROM workers WHERE id = ANY($1::uuid[])", workers)
    return {row["person_id"] for row in rows}


@pytest.mark.parametrize("first_commits", [True, False])
async def test_two_employers_enter_the_same_person_at_the_same_moment(
    labour: Harness, vault: Vault, *, first_commits: bool
) -> None:
    """The second waits for the first and hears `created` either way; the person is one."""
    row = worker_row()
    registration = WorkerIn.model_validate(row).registration()

    class GivesUp(Exception):
        pass

    async def second() -> Outcome:
        return await register(labour, vault, clerk(), row)

    waiting: asyncio.Task[Outcome] | None = None
    first: Outcome | None = None
    try:
        async with labour.work(clerk()) as work:
            [first] = await service.register_batch(work, [registration], vault)
            waiting = asyncio.create_task(second())
            done, _ = await asyncio.wait([waiting], timeout=0.3)
            assert not done
            if not first_commits:
                raise GivesUp
    except GivesUp:
        pass
    assert waiting is not None
    assert first is not None
    other = await waiting
    assert (first.status, other.status) == ("created", "created")
    assert first.worker_id != other.worker_id
    assert len(await persons(labour, first.worker_id, other.worker_id)) == 1


async def test_a_guesser_gets_the_same_answer_whether_or_not_the_person_is_known(labour: Harness, site: Site) -> None:
    """Status, body and headers but for the ids; also of a second try, a bad name, and a number that is wrong."""
    known = resident_id()
    [victim] = await site.workers(worker_row(id_card_number=known, name="李娜"))

    async def tries(number: str) -> list[tuple[int, str, list[str]]]:
        guesser, told = clerk(), []
        row = worker_row(external_id="G-1", id_card_number=number)
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        bodies = [row, row, row | {"name": ""}, row | {"external_id": "G-2"}, row | {"id_card_number": wrong}]
        async with labour.client(guesser) as client:
            for body in bodies:
                answer = await client.post(PATH, json=body, headers=key())
                told.append((answer.status_code, IDS.sub("id", answer.text), sorted(answer.headers)))
            batch = await client.post(f"{PATH}:batch", json={"workers": [row]}, headers=key())
            listed = await client.get(PATH)
        told.append((batch.status_code, IDS.sub("id", batch.text), sorted(batch.headers)))
        assert len(listed.json()["items"]) == 1
        return told

    assert await tries(known) == await tries(resident_id())
    async with labour.client(clerk()) as client:
        assert (await client.get(f"{PATH}/{victim}")).json()["code"] == "WORKER_NOT_FOUND"


OF_THE_DRIVER = re.compile(r"typeinfo_tree|_(config|setting)\('jit'")
"""How asyncpg learns of a type, once for each connection of the pool, whoever asks."""


async def test_a_guess_costs_the_same_work_whether_or_not_the_person_is_known(
    labour: Harness, site: Site, vault: Vault
) -> None:
    """The same statements in the same order, with as many rows and bytes: a clock tells nothing."""
    known = resident_id()
    await site.workers(worker_row(id_card_number=known))

    async def work_for(number: str) -> list[tuple[str, list[int]]]:
        seen: list[tuple[str, list[int]]] = []
        row = WorkerIn.model_validate(worker_row(external_id="G-1", id_card_number=number)).registration()

        def note(record: Any) -> None:
            if OF_THE_DRIVER.search(record.query):
                return
            sizes = [len(one) if isinstance(one, list | tuple | str | bytes) else 1 for one in record.args]
            seen.append((record.query, sizes))

        async with labour.work(clerk()) as work:
            driver = await work.driver()
            with driver.query_logger(note):
                await service.register_batch(work, [row], vault)
        return seen

    first, second = await work_for(known), await work_for(resident_id())
    assert [query for query, _ in first] == [query for query, _ in second]
    assert [sizes for _, sizes in first] == [sizes for _, sizes in second]
    assert any("INSERT INTO people" in query for query, _ in first)


async def test_counts_and_lists_of_one_employer_do_not_move_with_anothers(
    labour: Harness, site: Site, vault: Vault
) -> None:
    here, row = clerk(), worker_row()
    await register(labour, vault, here, row)

    async def seen() -> list[tuple[UUID, int]]:
        async with labour.work(here) as work:
            page = await service.page(work, WorkerFilter(), PageRequest(), vault)
        return [(one.worker.id, one.version) for one in page.items]

    before = await seen()
    await register(labour, vault, clerk(), row | {"name": "张卫"})
    assert await seen() == before


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"sex": "female"}, "/sex", "ID_SEX_MISMATCH"),
        ({"birth_date": "1990-01-02"}, "/birth_date", "ID_BIRTH_DATE_MISMATCH"),
    ],
)
async def test_birth_date_or_sex_that_contradicts_the_number(
    labour: Harness, vault: Vault, changes: dict[str, str], field: str, code: str
) -> None:
    row, before = worker_row(**changes), await labour.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        async with labour.work(clerk()) as work:
            await service.register_worker(work, WorkerIn.model_validate_json(orjson.dumps(row)).registration(), vault)
    assert [(one.pointer, one.code) for one in refusal.value.violations] == [(field, code)]
    assert row["id_card_number"] not in f"{refusal.value.zh}{refusal.value.en}{refusal.value.violations}"
    assert await labour.checksum() == before
