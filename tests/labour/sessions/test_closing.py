"""What closing a session puts on record, and that the gates know at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from chassis.identity import Role
from tests.harness import NOON, Harness
from tests.labour.assignments.conftest import assign
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import (
    BEGIN,
    SKILL_COURSE,
    answer,
    attend,
    base,
    course,
    enrol,
    refused,
    session,
    taught,
    turn,
    untrained,
    was_there,
)


async def on_record(site: Site, worker: UUID, who: Role = Role.LABOUR_CLERK) -> list[tuple[str, str, str]]:
    """Day, course and hours of a worker's trainings, as the gates read them."""
    async with site.harness.client(site.subcontractor.as_(who)) as client:
        found = (await client.get(f"/labour/v1/workers/{worker}/trainings")).json()["items"]
    return sorted((one["trained_on"], one["course"], one["hours"]) for one in found)


async def test_who_was_trained_passes_the_gate(site: Site) -> None:
    [worker] = await site.workers(untrained())
    [before] = await assign(site, worker)
    await taught(site, worker)
    [after] = await assign(site, worker)
    assert [one.code for one in before.faults] == ["TRAINING_MISSING"]
    assert after.faults == ()
    assert await on_record(site, worker) == [("2026-11-23", "公司级安全教育", "4.00")]


async def test_who_left_early_failed_or_stayed_away(labour: Harness, site: Site) -> None:
    stayed, early, failed, away = await site.workers(*[untrained() for _ in range(4)])
    held = await session(site, course={"pass_mark": "60.00"})
    await enrol(site, held, stayed, early, failed, away)
    await turn(site, held, "hold")
    rows = [
        was_there(stayed, score="60.00"),
        was_there(early, hours=1.4, score="90.00"),
        was_there(failed, score="59.00"),
    ]
    await attend(site, held, *rows)
    await turn(site, held, "close")
    found = (await answer(labour, site.clerk, f"sessions/{held}/attendees"))["items"]
    assert {UUID(one["worker_id"]): (one["passed"], one["hours"]) for one in found} == {
        stayed: (True, "4.00"),
        early: (True, "1.25"),
        failed: (False, "0.00"),
        away: (False, "0.00"),
    }
    assert await on_record(site, early) == [("2026-11-23", "公司级安全教育", "1.25")]
    assert await on_record(site, failed) == await on_record(site, away) == []


async def test_nobody_guesses_a_check_out_or_a_score(site: Site) -> None:
    [one, other] = await site.workers(untrained(), untrained())
    held = await session(site, course={"pass_mark": "60.00"})
    await enrol(site, held, one, other)
    await turn(site, held, "hold")
    await attend(site, held, {"worker_id": str(one), "checked_in_at": BEGIN.isoformat()})
    assert await refused(site, site.clerk, f"sessions/{held}:close", None, status=409) == "ATTENDANCE_INCOMPLETE"
    await attend(site, held, was_there(one))
    assert await refused(site, site.clerk, f"sessions/{held}:close", None, status=409) == "ATTENDANCE_INCOMPLETE"
    await attend(site, held, {"worker_id": str(one), "score": "80.00"})
    assert (await turn(site, held, "close"))["state"] == "closed"


async def test_closing_refreshes_the_assignment_in_the_same_transaction(labour: Harness, site: Site) -> None:
    """`cleared_until` is computed anew, so that a swipe meets today's papers."""
    [worker] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker])
    async with labour.sql() as connection:
        await connection.execute("UPDATE assignments SET cleared_until = '2026-01-01' WHERE id = $1", assignment)
    await taught(site, worker)
    async with labour.sql() as connection:
        until = await connection.fetchval("SELECT cleared_until FROM assignments WHERE id = $1", assignment)
    assert str(until) == "2027-11-23"  # a year after the session, unless he is seen


async def test_two_sessions_of_a_day_are_one_row_with_the_hours_of_both(site: Site) -> None:
    [worker] = await site.workers(untrained())
    made = (await course(site))["id"]
    await taught(site, worker, course_id=made, length=2)
    await taught(site, worker, course_id=made, length=2, at=BEGIN + timedelta(hours=2))
    assert await on_record(site, worker) == [("2026-11-23", "公司级安全教育", "4.00")]


async def test_what_the_employer_told_already_is_not_counted_twice(site: Site) -> None:
    told = {"trained_on": "2026-11-23", "hours": "10.00", "course": "公司级安全教育"}
    [worker] = await site.workers(worker_row(training=told))
    await taught(site, worker)
    assert await on_record(site, worker) == [("2026-11-23", "公司级安全教育", "10.00")]


async def test_a_skill_opens_no_gate(site: Site) -> None:
    [worker] = await site.workers(untrained())
    runs = await base(site)
    await taught(
        site, worker, teacher=runs.as_(Role.LABOUR_CLERK), clerk=site.clerk, course=SKILL_COURSE, score="80.00"
    )
    assert await on_record(site, worker) == []
    [refusal] = await assign(site, worker)
    assert [one.code for one in refusal.faults] == ["TRAINING_MISSING"]


async def test_the_day_is_that_of_shanghai(site: Site) -> None:
    """A session from 23:00 to 03:00 in Shanghai belongs to the day on which it began; in UTC that is 15:00."""
    [worker] = await site.workers(untrained())
    await taught(site, worker, at=NOON - timedelta(hours=13))
    assert await on_record(site, worker) == [("2026-11-22", "公司级安全教育", "4.00")]


async def test_hours_of_a_person_with_two_employers_stay_apart(labour: Harness, site: Site) -> None:
    row = untrained()
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    [mine], [theirs] = await site.workers(row), await site.workers(row, clerk=rival)
    await taught(site, mine)
    async with labour.client(rival) as client:
        found = (await client.get(f"/labour/v1/workers/{theirs}/trainings")).json()["items"]
    entry = await answer(labour, rival, f"workers/{theirs}/entry")
    assert found == []
    assert [one["done_hours"] for one in entry["levels"]] == ["0.00"] * 3
    assert (await answer(labour, rival, "requirements", year=2026))["items"] == []


async def test_closing_is_audited(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained())
    closed = await taught(site, worker)
    assert await labour.audited(UUID(closed)) == [
        "sessions.plan",
        "sessions.enrol",
        "sessions.hold",
        "sessions.attend",
        "sessions.close",
    ]
    async with labour.sql() as connection:
        hours = await connection.fetchval("SELECT hours FROM training_attendees WHERE session_id = $1", UUID(closed))
    assert hours == Decimal("4.00")
