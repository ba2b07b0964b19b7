"""What makes a course, and what its sessions need."""

from __future__ import annotations

from chassis.identity import Role
from tests.labour.conftest import Site
from tests.labour.teaching import PATH, SKILL_COURSE, answer, base, course, refused, session


async def test_no_session_of_a_retired_course(site: Site) -> None:
    made = await course(site)
    planned = await session(site, course_id=made["id"])
    retired = await site.post(f"{PATH}/courses/{made['id']}:retire", None, site.clerk)
    body = {
        "course_id": made["id"],
        "place": "A",
        "trainer": "B",
        "starts_at": "2026-11-23T08:00:00+08:00",
        "ends_at": "2026-11-23T12:00:00+08:00",
        "hours": "4.00",
    }
    assert retired["state"] == "retired"
    assert await refused(site, site.clerk, "sessions", body, status=409) == "INVALID_STATE"
    assert await refused(site, site.clerk, f"courses/{made['id']}:retire", None, status=409) == "INVALID_STATE"
    assert (await answer(site.harness, site.clerk, f"sessions/{planned}"))["state"] == "planned"


async def test_who_runs_no_base_certifies_nothing(site: Site) -> None:
    assert await refused(site, site.clerk, "courses", SKILL_COURSE, status=409) == "SKILL_NOT_CERTIFIED_HERE"


async def test_a_base_that_has_run_out_certifies_nothing(site: Site) -> None:
    runs = await base(site, valid_to="2026-11-22")
    teacher = runs.as_(Role.LABOUR_CLERK)
    assert await refused(site, teacher, "courses", SKILL_COURSE, status=409) == "SKILL_NOT_CERTIFIED_HERE"
