"""Courses through the public door."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site
from tests.labour.teaching import PATH, SKILL, SKILL_COURSE, answer, base, course, refused

COURSES = f"{PATH}/courses"


async def test_a_course_is_what_was_offered(labour: Harness, site: Site) -> None:
    made = await course(site, pass_mark="60.00")
    assert await answer(labour, site.clerk, f"courses/{made['id']}") == made
    assert (made["hours"], made["training_type"], made["pass_mark"], made["state"]) == (
        "15.00",
        "003002",
        "60.00",
        "offered",
    )
    assert (made["base_id"], made["organisation_id"]) == (None, str(site.subcontractor.id))


async def test_a_name_once_and_another_providers_too(site: Site) -> None:
    await course(site)
    again = {"name": "公司级安全教育", "category": "entry_company", "hours": "15.00"}
    assert await refused(site, site.clerk, "courses", again, status=409) == "COURSE_EXISTS"
    await course(site, site.stranger.as_(Role.LABOUR_CLERK))


async def test_filters_and_whose_courses_are_seen(labour: Harness, site: Site) -> None:
    """Own ones, and those that a training base offers to everybody."""
    runs = await base(site)
    certified = await course(site, runs.as_(Role.LABOUR_CLERK), **SKILL_COURSE)
    own = await course(site, category="yearly", name="年度教育")
    seen = {one["id"] for one in (await answer(labour, site.clerk, "courses", page_size=100))["items"]}
    others = {one["id"] for one in (await answer(labour, site.stranger.as_(Role.VIEWER), "courses"))["items"]}
    yearly = (await answer(labour, site.clerk, "courses", category="yearly"))["items"]
    assert {own["id"], certified["id"]} <= seen
    assert own["id"] not in others
    assert certified["id"] in others
    assert [one["id"] for one in yearly] == [own["id"]]
    assert certified["base_id"] is not None


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"hours": "0.00"}, "/hours", "OUT_OF_RANGE"),
    ({"hours": 8}, "/hours", "DECIMAL_STRING"),
    ({"category": "cooking"}, "/category", "ENUM"),
    ({"pass_mark": "101.00"}, "/pass_mark", "OUT_OF_RANGE"),
    ({"subject": "trade"}, "", "SUBJECT_UNFIT"),
    ({"skill": "烹饪"}, "/skill", "CODE_UNKNOWN"),
    ({"skill": SKILL}, "", "SUBJECT_UNFIT"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BAD)
async def test_bad_input_points_at_the_fault(site: Site, changes: dict[str, Any], pointer: str, code: str) -> None:
    body = {"name": "x", "category": "yearly", "hours": "8.00"} | changes
    before = await site.harness.checksum()
    async with site.harness.client(site.clerk) as client:
        found = await client.post(COURSES, json=body, headers=key())
    assert found.status_code == 422
    assert (found.json()["errors"][0]["pointer"], found.json()["errors"][0]["code"]) == (pointer, code)
    assert await site.harness.checksum() == before


@pytest.mark.parametrize(
    ("kind", "role"),
    [(Kind.OWNER, Role.LABOUR_CLERK), (Kind.AUTHORITY, Role.LABOUR_CLERK), (Kind.CONTRACTOR, Role.VIEWER)],
)
async def test_who_may_not_teach(site: Site, kind: Kind, role: Role) -> None:
    body = {"name": "x", "category": "yearly", "hours": "8.00"}
    assert await refused(site, organisation(kind).as_(role), "courses", body, status=403) == "ROLE_MISSING"


async def test_anothers_course_is_not_there(site: Site) -> None:
    made = await course(site)
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    assert await refused(site, rival, f"courses/{made['id']}:retire", None, status=404) == "COURSE_NOT_FOUND"
    runs = await base(site)
    offered = await course(site, runs.as_(Role.LABOUR_CLERK), **SKILL_COURSE)
    assert await refused(site, rival, f"courses/{offered['id']}:retire", None, status=404) == "COURSE_NOT_FOUND"
