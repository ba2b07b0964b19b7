"""What time alone changes at the gates, and a year without data inside an open stay."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import PermissionDenied
from chassis.identity import Kind, Role
from labour.assignments import repository, service
from labour.assignments.commands import clear
from labour.assignments.commands.evidence import evidence_of
from labour.codes import repository as codes
from labour.codes.models import AgeKind
from labour.workers.rules import add_months
from tests.harness import NOON, Harness, organisation
from tests.labour.assignments.conftest import assign, cleared_until
from tests.labour.assignments.test_rpc import ask
from tests.labour.attendance.conftest import Gate
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.contracting import Contracting, later, run, waiting
from tests.labour.records.conftest import listing

ELECTRICIAN = "建筑电工"
PLAIN = {"special_trade": ""}
DAY = timedelta(days=1)


def until(text: str) -> timedelta:
    """From the day of the tests to another."""
    return date.fromisoformat(text) - date(2026, 11, 23)


async def midnight(site: Site) -> None:
    """The job of the day for what the site has assigned, chunk by chunk as it asks for it."""
    async with site.harness.sql() as sql:
        first = await sql.fetchval(
            "SELECT min(id::text) FROM assignments WHERE employer_id = $1", site.subcontractor.id
        )
    before = UUID(int=UUID(first).int - 1)
    await run(site.harness, clear.CLEAR_JOB, {"after": str(before)})


async def on(site: Site, day: str, worker_id: UUID) -> str:
    """Until when papers hold after the job of that day has run."""
    with later(site.harness, until(day)):
        await midnight(site)
    return str(await cleared_until(site, worker_id))


async def test_a_contract_that_follows_after_a_gap(site: Site) -> None:
    """It opens the gate on its first day; in between the day on which the one before ended stays."""
    contracting = Contracting(site)
    worker_id, number = await contracting.worker()
    for pause, span in ((0, ("2026-06-01", "2026-11-30")), (5, ("2026-12-05", "2026-12-31"))):
        with later(site.harness, timedelta(minutes=pause)):
            contract = await contracting.draft(worker_id, valid_from=span[0], valid_to=span[1])
            await contracting.sign(contract, await (await contracting.offer(contract, number)).opened())
    await assign(site, worker_id)
    assert str(await cleared_until(site, worker_id)) == "2026-11-30"
    assert await on(site, "2026-11-30", worker_id) == "2026-11-30"
    assert await on(site, "2026-12-02", worker_id) == "2026-11-30"
    assert await on(site, "2026-12-04", worker_id) == "2026-11-30"
    assert await on(site, "2026-12-05", worker_id) == "2026-12-31"


async def test_a_certificate_that_begins_after_a_gap(site: Site) -> None:
    spans = (("T1", "2025-01-01", "2026-11-30"), ("T2", "2026-12-10", "2027-01-15"))
    held = [{"number": n, "trade": ELECTRICIAN, "valid_from": first, "valid_to": last} for n, first, last in spans]
    [worker_id] = await site.workers(worker_row(work_type="130", certificates=held))
    await assign(site, worker_id)
    assert await on(site, "2026-12-09", worker_id) == "2026-11-30"
    assert await on(site, "2026-12-10", worker_id) == "2027-01-15"


async def test_an_entry_of_the_blacklist_that_ends(site: Site) -> None:
    row = worker_row()
    [worker_id] = await site.workers(row)
    await assign(site, worker_id)
    officer = organisation(Kind.AUTHORITY).as_(Role.PERSONAL_DATA_OFFICER)
    body = listing(id_card_number=row["id_card_number"], name=row["name"], valid_to="2026-11-30")
    await site.post("/labour/v1/blacklist", body, officer, status=201)
    assert str(await cleared_until(site, worker_id)) == "2026-11-22"
    assert await on(site, "2026-11-30", worker_id) == "2026-11-22"
    assert await on(site, "2026-12-01", worker_id) == "2027-03-01"


@pytest.fixture
def ages(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other age rules than those in force."""

    def set_(**changes: Any) -> None:
        rules = codes.entry_rules()
        wanted = tuple(replace(one, **changes) if one.kind is AgeKind.MIN_AGE else one for one in rules.age)
        monkeypatch.setattr(codes, "entry_rules", lambda: replace(rules, age=wanted))

    return set_


async def test_a_birthday_opens_the_gate(site: Site, ages: Callable[..., None]) -> None:
    """Who was too young under a new rule is old enough on the day."""
    [worker_id] = await site.workers(worker_row(id_card_number=resident_id("20061201")))
    await assign(site, worker_id)
    ages(age=20)
    assert await on(site, "2026-11-30", worker_id) == "2026-11-29"
    assert await on(site, "2026-12-01", worker_id) == "2027-03-01"


async def test_a_rule_that_begins_is_felt_on_its_day(site: Site, ages: Callable[..., None]) -> None:
    [worker_id] = await site.workers(worker_row(id_card_number=resident_id("20050101")))
    await assign(site, worker_id)
    ages(age=25, valid_from=date(2026, 12, 1))
    assert await on(site, "2026-11-30", worker_id) == "2027-03-01"
    assert await on(site, "2026-12-01", worker_id) == "2026-11-30"


async def test_a_swipe_after_a_year_without_data_keeps_no_training_alive(gate: Gate) -> None:
    """Inside an open stay: the swipe is flagged, and so is every other one until he is trained again."""
    site, harness, worker_id = gate.site, gate.site.harness, gate.workers[0]
    await gate.send(gate.swipe(0, "in", NOON - DAY), gate.swipe(0, "out", NOON - DAY + timedelta(hours=2)))
    assert await on(site, "2026-11-23", worker_id) == "2027-11-22"
    gone = until("2027-12-01")
    with later(harness, gone):
        await run(harness, "attendance.partitions", {})
        back = await gate.send(gate.swipe(0, "in", NOON + gone - timedelta(hours=3)))
        assert (back.accepted, list(back.warnings.values())) == (1, [("LATE", "PAPERS_LAPSED")])
        await midnight(site)
        for days in (0, 1, 40):
            with later(harness, timedelta(days=days)):
                answer = await ask(harness, site, worker_id, **PLAIN)
                lapsed = [one.en for one in answer.refusals if one.code == "TRAINING_LAPSED"]
                assert "2026-11-22" in lapsed[0]
        assert str(await cleared_until(site, worker_id)) == "2027-11-22"
        body = {"trained_on": "2027-12-01", "hours": "50.00", "course": "三级安全教育"}
        await site.post(f"/labour/v1/workers/{worker_id}/trainings", body, site.clerk)
        assert (await ask(harness, site, worker_id, **PLAIN)).allowed
        assert str(await cleared_until(site, worker_id)) == "2027-12-31"
        mended = await gate.send(gate.swipe(0, "out", NOON + gone))
        assert mended.warnings == {}


async def test_a_swipe_that_comes_late_closes_the_gap(gate: Gate) -> None:
    """Data of the year that come after it keep the training alive after all."""
    site, harness, worker_id = gate.site, gate.site.harness, gate.workers[0]
    with later(harness, until("2027-03-20")):
        assert [one.code for one in (await ask(harness, site, worker_id, **PLAIN)).refusals] == ["TRAINING_LAPSED"]
        await run(harness, "attendance.partitions", {})
        await gate.send(gate.swipe(0, "in", NOON + until("2027-02-20")))
        assert (await ask(harness, site, worker_id, **PLAIN)).allowed
        assert str(await cleared_until(site, worker_id)) == "2027-03-01"
        await midnight(site)
        assert str(await cleared_until(site, worker_id)) == "2027-12-31"


def walked(trained: list[date], seen: list[date], on: date, months: int) -> tuple[date | None, date | None]:
    """The last training until a day, and the last day of data behind it over which no gap is too long."""
    base = max((day for day in trained if day <= on), default=None)
    if base is None:
        return None, None
    last = base
    for day in sorted(day for day in seen if day > base):
        if day > add_months(last, months):
            break
        last = day
    return base, last


async def test_the_statement_walks_like_the_rule(labour: Harness, site: Site, vault: Vault) -> None:
    """Trainings and days at random, of two projects, over ten years: as of several days the same answer."""
    chance = random.Random(2059)
    [worker_id] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker_id])
    start = date(2017, 1, 1)
    for _ in range(40):
        trained = [start + timedelta(days=chance.randrange(3650)) for _ in range(chance.randrange(1, 4))]
        seen = sorted({start + timedelta(days=chance.randrange(3650)) for _ in range(chance.randrange(14))})
        async with labour.sql() as sql:
            await sql.execute("DELETE FROM worker_trainings WHERE worker_id = $1", worker_id)
            await sql.execute("DELETE FROM worker_days WHERE worker_id = $1", worker_id)
            await sql.executemany(
                "INSERT INTO worker_trainings (id, version, created_at, updated_at, worker_id, trained_on, hours, "
                "course, training_type) VALUES (gen_random_uuid(), 1, now(), now(), $1, $2, 50, $3, '')",
                [(worker_id, day, f"c{place}") for place, day in enumerate(trained)],
            )
            await sql.executemany(
                "INSERT INTO worker_days (assignment_id, day, project_id, worker_id, employer_id, days) "
                "VALUES ($1, $2, $3, $4, $5, 1)",
                [(assignment, day, site.project_id, worker_id, site.subcontractor.id) for day in seen],
            )
            for asked in (date(2018, 6, 1), date(2022, 1, 1), date(2026, 11, 23)):
                async with labour.work(site.clerk) as work:
                    [one] = (await evidence_of(work, sql, [worker_id], vault, site.project_id, asked)).values()
                assert (one.facts.trained_on, one.facts.data_until) == walked(trained, seen, asked, 12)


async def test_the_job_goes_on_in_chunks_and_twice_changes_nothing(
    labour: Harness, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chunk asks for the next; what turns is audited once, what only moves ahead is not."""
    monkeypatch.setattr(clear, "AT_ONCE", 2)
    ids = await site.workers(*[worker_row() for _ in range(5)])
    assignments = await site.assigned(ids)
    with later(labour, until("2027-03-02")):
        for after in (UUID(int=assignments[0].int - 1), assignments[1], assignments[3]):
            await run(labour, clear.CLEAR_JOB, {"after": str(after)})
        assert len(await waiting(labour, clear.CLEAR_JOB, assignments[1])) == 1
        assert len(await waiting(labour, clear.CLEAR_JOB, assignments[3])) == 1
        assert await waiting(labour, clear.CLEAR_JOB, assignments[4]) == []
        before = await labour.checksum()
        await run(labour, clear.CLEAR_JOB, {"after": str(assignments[3])})
        assert await labour.checksum() == before
    assert {str(await cleared_until(site, one)) for one in ids} == {"2027-03-01"}
    async with labour.sql() as sql:  # as if they had been covered for longer
        await sql.execute("UPDATE assignments SET cleared_until = '2027-06-30' WHERE id = ANY($1)", assignments)
    with later(labour, until("2027-03-02")):
        for after in (UUID(int=assignments[0].int - 1), assignments[1], assignments[3]):
            await run(labour, clear.CLEAR_JOB, {"after": str(after)})
    for one in assignments:
        assert await labour.audited(one) == ["assignments.create", "assignments.clear"]


async def test_the_job_waits_for_midnight_once(labour: Harness, site: Site) -> None:
    """Asked again before it has run it stands there once, due when the day begins in Asia/Shanghai."""
    async with labour.sql() as sql:
        await sql.execute("DELETE FROM pgqueuer WHERE entrypoint = $1", clear.CLEAR_JOB)
    for _ in range(2):
        await run(labour, clear.WATCH_JOB, {})
    async with labour.sql() as sql:
        due = await sql.fetch(
            "SELECT execute_after - created AS wait FROM pgqueuer WHERE entrypoint = $1 ORDER BY execute_after",
            clear.CLEAR_JOB,
        )
    assert [round(row["wait"].total_seconds() / 3600) for row in due] == [0, 12]  # the tests' clock says noon


async def test_only_the_clock_clears(labour: Harness, site: Site, vault: Vault) -> None:
    before = await labour.checksum()
    for principal in (site.clerk, site.engineer):
        with pytest.raises(PermissionDenied):
            async with labour.work(principal) as work:
                await service.clear_from(work, None, vault)
        with pytest.raises(PermissionDenied):
            async with labour.work(principal) as work:
                await service.watch(work)
    assert await labour.checksum() == before


async def flagged(gate: Gate, worker_id: UUID, *days: str) -> dict[str, bool]:
    """Of swipes at noon of these days, sent now, which are flagged for want of papers."""
    recorded = await gate.send(*(gate.swipe(worker_id, "in", NOON - DAY / 100 + until(day)) for day in days))
    assert recorded.accepted == len(days), recorded.refused
    return {day: "PAPERS_LAPSED" in recorded.warnings.get(place, ()) for place, day in enumerate(days)}


def renewed(*spans: tuple[str, str]) -> dict[str, Any]:
    """An electrician with a certificate for each span."""
    held = [
        {"number": f"T{number}", "trade": ELECTRICIAN, "valid_from": first, "valid_to": last}
        for number, (first, last) in enumerate(spans)
    ]
    return worker_row(work_type="130", certificates=held)


async def test_a_late_swipe_from_a_gap_that_has_ended_is_flagged(gate: Gate) -> None:
    """A device that was away sends what it took while no certificate was in force; the next one is by now."""
    spans = ("2025-01-01", "2026-11-24"), ("2026-11-27", "2026-11-29"), ("2026-12-02", "2027-06-30")
    [worker_id] = await gate.site.workers(renewed(*spans))
    await gate.site.assigned([worker_id], enter_at=(NOON - DAY).isoformat())
    for day in ("2026-11-25", "2026-11-27", "2026-12-01", "2026-12-02"):
        await on(gate.site, day, worker_id)
    with later(gate.site.harness, until("2026-12-02")):
        assert await flagged(
            gate, worker_id, "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-29", "2026-11-30",
            "2026-12-01", "2026-12-02",
        ) == {
            "2026-11-24": False, "2026-11-25": True, "2026-11-26": True, "2026-11-27": False, "2026-11-29": False,
            "2026-11-30": True, "2026-12-01": True, "2026-12-02": False,
        }  # fmt: skip


async def test_papers_that_are_shown_late_cover_from_then_on(gate: Gate) -> None:
    """What the gate said to a swipe in time, it says to one that comes late."""
    row = renewed(("2025-01-01", "2026-11-24"))
    [worker_id] = await gate.site.workers(row)
    await gate.site.assigned([worker_id], enter_at=(NOON - DAY).isoformat())
    with later(gate.site.harness, until("2026-11-25")):
        assert await flagged(gate, worker_id, "2026-11-25") == {"2026-11-25": True}
    with later(gate.site.harness, until("2026-11-26")):
        certificate = {"number": "T9", "trade": ELECTRICIAN, "valid_from": "2026-11-01", "valid_to": "2027-06-30"}
        await gate.site.workers(row | {"certificates": [*row["certificates"], certificate]})
        assert await flagged(gate, worker_id, "2026-11-25", "2026-11-26") == {"2026-11-25": True, "2026-11-26": False}


@pytest.mark.parametrize("way", ["batch", "one"])
async def test_who_comes_back_with_new_papers_left_without_old_ones(gate: Gate, way: str) -> None:
    """The days of the first stay that no paper covered are flagged after he has come back, too."""
    site, harness = gate.site, gate.site.harness
    [worker_id] = await site.workers(renewed(("2025-01-01", "2026-11-24"), ("2026-12-05", "2027-06-30")))
    [assignment] = await site.assigned([worker_id], enter_at=(NOON - DAY).isoformat())
    with later(harness, until("2026-11-28")):
        await site.post(f"/labour/v1/assignments/{assignment}:leave", {"reason": "x"}, site.clerk)
    with later(harness, until("2026-12-06")):
        back = (NOON + until("2026-12-06") - DAY / 50).isoformat()
        if way == "batch":
            await site.assigned([worker_id], enter_at=back)
        else:
            await site.post(f"/labour/v1/assignments/{assignment}:enter", {"at": back}, site.clerk)
        assert await flagged(gate, worker_id, "2026-11-24", "2026-11-26", "2026-12-06") == {
            "2026-11-24": False,
            "2026-11-26": True,
            "2026-12-06": False,
        }


async def test_the_same_days_are_kept_once(site: Site) -> None:
    """What is told again of a gap makes it longer, never shorter."""
    [worker_id] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker_id])
    async with site.harness.sql() as sql:
        for again in (4, 6, 3):
            told = (assignment, site.project_id, date(2026, 10, 31), None)
            await repository.keep_lapses(sql, [told], date(2026, 11, again))
        kept = await sql.fetch("SELECT last_day FROM assignment_lapses WHERE assignment_id = $1", assignment)
    assert [row["last_day"] for row in kept] == [date(2026, 11, 5)]


async def test_a_batch_that_waited_for_the_renewal_sees_the_gap(gate: Gate) -> None:
    """It began before the papers held again, and is judged after: by all of what has been committed then."""
    site = gate.site
    [worker_id] = await site.workers(renewed(("2025-01-01", "2026-11-24")))
    [assignment] = await site.assigned([worker_id], enter_at=(NOON - DAY).isoformat())
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%asked (worker_id)%'"
    )
    with later(site.harness, until("2026-11-27")):
        async with site.harness.sql() as sql, site.harness.sql() as other:
            renewal = sql.transaction()
            await renewal.start()
            await repository.clear(sql, [(assignment, date(2027, 6, 30))], date(2026, 11, 27))
            batch = asyncio.create_task(flagged(gate, worker_id, "2026-11-26", "2026-11-27"))
            while not await other.fetchval(waiting):
                assert not batch.done()
                await asyncio.sleep(0.01)
            await renewal.commit()
        assert await batch == {"2026-11-26": True, "2026-11-27": False}


async def test_a_swipe_is_flagged_once(gate: Gate) -> None:
    """Papers that have been taken back since an earlier gap: the swipe lies in the gap and after their end."""
    site = gate.site
    [worker_id] = await site.workers(renewed(("2025-01-01", "2026-11-24"), ("2026-11-27", "2027-06-30")))
    [assignment] = await site.assigned([worker_id], enter_at=(NOON - DAY).isoformat())
    await on(site, "2026-11-27", worker_id)
    async with site.harness.sql() as sql:
        await sql.execute("UPDATE assignments SET cleared_until = '2026-11-20' WHERE id = $1", assignment)
    with later(site.harness, until("2026-11-27")):
        recorded = await gate.send(gate.swipe(worker_id, "in", NOON - DAY / 100 + until("2026-11-26")))
    assert recorded.warnings == {0: ("LATE", "PAPERS_LAPSED")}
