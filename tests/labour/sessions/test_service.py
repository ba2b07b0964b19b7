"""Sessions, enrolment and attendance on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from chassis.identity import Role
from chassis.ids import new_id
from labour.sessions import service
from tests.harness import NOON, Harness
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
    was_there,
)

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def codes(results: list[dict[str, object]]) -> list[object]:
    """Status of each row, or the code of its refusal."""
    return [one["errors"][0]["code"] if one["errors"] else one["status"] for one in results]  # type: ignore[index]


async def test_an_employer_plans_for_its_own(labour: Harness, site: Site) -> None:
    planned = await session(site)
    found = await answer(labour, site.clerk, f"sessions/{planned}")
    assert (found["state"], found["audience"], found["course_name"]) == ("planned", "own", "公司级安全教育")
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    body = {"worker_ids": [str(new_id())]}
    assert await refused(site, rival, f"sessions/{planned}/attendees:batch", body, status=404) == "SESSION_NOT_FOUND"


async def test_a_session_has_no_more_hours_than_course_and_clock(site: Site) -> None:
    made = await course(site, hours="2.00")
    body = {
        "course_id": made["id"],
        "place": "A",
        "trainer": "B",
        "starts_at": BEGIN.isoformat(),
        "ends_at": (BEGIN + timedelta(hours=4)).isoformat(),
        "hours": "2.50",
    }
    assert await refused(site, site.clerk, "sessions", body, status=422) == "INVALID_ARGUMENT"
    other = await course(site, name="长课")
    longer = body | {"course_id": other["id"], "hours": "4.50"}
    assert await refused(site, site.clerk, "sessions", longer, status=422) == "INVALID_ARGUMENT"


async def test_the_general_contractor_teaches_everybody_on_the_project(labour: Harness, site: Site) -> None:
    """Open to the workers of all employers who are assigned there; another employer's session is not."""
    [on_site, elsewhere] = await site.workers(worker_row(), worker_row())
    await site.assigned([on_site])
    open_one = await session(
        site,
        site.engineer,
        course_id=(await course(site, site.contractor.as_(Role.LABOUR_CLERK)))["id"],
        project_id=str(site.project_id),
    )
    assert codes(await enrol(site, open_one, on_site, elsewhere)) == ["created", "WORKER_NOT_ASSIGNED"]
    await turn(site, open_one, "hold", site.engineer)
    assert codes(await attend(site, open_one, was_there(on_site), teacher=site.engineer)) == ["updated"]
    seen = await answer(labour, site.engineer, f"sessions/{open_one}/attendees")
    assert [(one["worker_id"], one["worker_name"]) for one in seen["items"]] == [(str(on_site), "张伟")]
    assert set(seen["items"][0]) == {
        "worker_id",
        "worker_name",
        "checked_in_at",
        "checked_out_at",
        "score",
        "passed",
        "hours",
    }


async def test_an_employer_sees_its_own_among_the_attendees(labour: Harness, site: Site) -> None:
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    [mine] = await site.workers(worker_row())
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    [theirs] = await site.workers(worker_row(), clerk=rival)
    open_one = await session(site, teacher, course=SKILL_COURSE)
    await enrol(site, open_one, mine)
    assert codes(await enrol(site, open_one, theirs, mine, clerk=rival)) == ["created", "WORKER_NOT_FOUND"]
    for who, seen in ((site.clerk, {str(mine)}), (rival, {str(theirs)}), (teacher, {str(mine), str(theirs)})):
        found = await answer(labour, who, f"sessions/{open_one}/attendees")
        assert {one["worker_id"] for one in found["items"]} == seen


async def test_not_open_to_who_only_looks_on(site: Site) -> None:
    """The general contractor sees a subcontractor's session on its project, but cannot put its people in."""
    own = await session(site, project_id=str(site.project_id))
    clerk = site.contractor.as_(Role.LABOUR_CLERK)
    [worker] = await site.workers(worker_row(), clerk=clerk)
    path, body = f"sessions/{own}/attendees:batch", {"worker_ids": [str(worker)]}
    assert await refused(site, clerk, path, body, status=409) == "SESSION_NOT_OPEN"


async def test_enrolled_twice_and_unknown(site: Site) -> None:
    [worker] = await site.workers(worker_row())
    planned = await session(site)
    unknown = new_id()
    assert codes(await enrol(site, planned, worker, worker, unknown)) == [
        "created",
        "DUPLICATE_IN_BATCH",
        "WORKER_NOT_FOUND",
    ]
    assert codes(await enrol(site, planned, worker)) == ["duplicate"]


async def test_overlapping_sessions_of_one_worker(site: Site) -> None:
    """One that begins as the other ends does not overlap, nor does one that is cancelled."""
    [worker] = await site.workers(worker_row())
    made = (await course(site))["id"]
    first = await session(site, course_id=made)
    during = await session(site, course_id=made, at=BEGIN + timedelta(hours=3))
    behind = await session(site, course_id=made, at=BEGIN + timedelta(hours=4))
    await enrol(site, first, worker)
    [answered] = await enrol(site, during, worker)
    assert (answered["errors"][0]["code"], answered["errors"][0]["pointer"]) == ("SESSION_OVERLAPS", "/worker_ids/0")
    assert codes(await enrol(site, behind, worker)) == ["created"]
    await turn(site, first, "cancel", reason="讲师生病")
    await turn(site, behind, "cancel", reason="讲师生病")
    assert codes(await enrol(site, during, worker)) == ["created"]


async def test_two_enrolments_at_once_do_not_both_win(labour: Harness, site: Site) -> None:
    """The second waits for the first to commit, and sees what it wrote."""
    [worker] = await site.workers(worker_row())
    made = (await course(site))["id"]
    first, second = [await session(site, course_id=made) for _ in range(2)]
    async with labour.work(site.clerk) as work:
        await service.enrol(work, UUID(first), [worker])
        await (await work.writing()).flush()
        later = asyncio.create_task(enrol(site, second, worker))
        async with labour.sql() as connection:
            while not later.done() and not await connection.fetchval(WAITING):
                await connection.execute("SELECT pg_sleep(0.01)")
    assert codes(await later) == ["SESSION_OVERLAPS"]


async def test_two_employers_of_one_person_do_not_hear_of_each_other(site: Site) -> None:
    """Overlaps are judged per employment: a refusal would tell that somebody else employs him."""
    row = worker_row()
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    [mine], [theirs] = await site.workers(row), await site.workers(row, clerk=rival)
    ours, other = await session(site), await session(site, rival)
    assert codes(await enrol(site, ours, mine)) == ["created"]
    assert codes(await enrol(site, other, theirs, clerk=rival)) == ["created"]


async def test_attendance_twice_is_once(labour: Harness, site: Site) -> None:
    """The same again is a duplicate, another value is refused, and with a reason it is a correction in the audit."""
    [worker] = await site.workers(worker_row())
    held = await session(site)
    await enrol(site, held, worker)
    await turn(site, held, "hold")
    shorter = was_there(worker, hours=3)
    assert codes(await attend(site, held, was_there(worker))) == ["updated"]
    assert codes(await attend(site, held, was_there(worker))) == ["duplicate"]
    [told] = await attend(site, held, shorter)
    assert (told["errors"][0]["code"], told["errors"][0]["pointer"]) == (
        "ATTENDANCE_RECORDED",
        "/rows/0/checked_out_at",
    )
    assert codes(await attend(site, held, was_there(worker), was_there(worker))) == ["duplicate", "DUPLICATE_IN_BATCH"]
    assert codes(await attend(site, held, shorter | {"correction": "录入有误"})) == ["updated"]
    async with labour.sql() as connection:
        after = await connection.fetchval(
            "SELECT after FROM audit WHERE entity_id = $1 AND verb = 'sessions.attend' ORDER BY id DESC LIMIT 1",
            UUID(held),
        )
    assert "录入有误" in str(after)


async def test_attendance_only_of_who_is_enrolled_and_while_it_is_held(site: Site) -> None:
    [worker, stranger] = await site.workers(worker_row(), worker_row())
    planned = await session(site)
    await enrol(site, planned, worker)
    path = f"sessions/{planned}/attendance:batch"
    assert await refused(site, site.clerk, path, {"rows": [was_there(worker)]}, status=409) == "INVALID_STATE"
    await turn(site, planned, "hold")
    assert codes(await attend(site, planned, was_there(stranger))) == ["WORKER_NOT_ENROLLED"]


async def test_a_session_is_not_held_before_its_time(site: Site) -> None:
    planned = await session(site, at=NOON + timedelta(minutes=1))
    assert await refused(site, site.clerk, f"sessions/{planned}:hold", None, status=409) == "SESSION_TOO_EARLY"


async def test_a_session_is_not_closed_before_its_end(site: Site) -> None:
    running = await session(site, at=NOON - timedelta(hours=1))
    await turn(site, running, "hold")
    assert await refused(site, site.clerk, f"sessions/{running}:close", None, status=409) == "SESSION_TOO_EARLY"


async def test_a_closed_session_is_not_cancelled(site: Site) -> None:
    [worker] = await site.workers(worker_row())
    closed = await taught(site, worker)
    body = {"reason": "x"}
    assert await refused(site, site.clerk, f"sessions/{closed}:cancel", body, status=409) == "INVALID_STATE"
    rows = {"rows": [was_there(worker, hours=3, correction="x")]}
    assert await refused(site, site.clerk, f"sessions/{closed}/attendance:batch", rows, status=409) == "INVALID_STATE"
