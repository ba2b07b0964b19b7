"""Courses and sessions of a site, through the public door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.identity import Kind, Principal, Role
from tests.harness import NOON, Harness, Organisation, key, organisation
from tests.labour.conftest import Site, worker_row

PATH = "/labour/v1/training"
SKILL = "智能建造设备装备"
BEGIN = NOON - timedelta(hours=5)
"""07:00 in Shanghai on the day on which tests happen."""


def untrained(**changes: Any) -> dict[str, Any]:
    """A worker without any training on record."""
    return worker_row(training=None, **changes)


async def course(site: Site, teacher: Principal | None = None, **changes: Any) -> dict[str, Any]:
    """A course of the subcontractor's, or of whoever teaches."""
    body = {"name": "公司级安全教育", "category": "entry_company", "hours": "15.00"} | changes
    found: dict[str, Any] = await site.post(f"{PATH}/courses", body, teacher or site.clerk, status=201)
    return found


async def session(
    site: Site, teacher: Principal | None = None, *, at: datetime = BEGIN, length: int = 4, **changes: Any
) -> str:
    """A planned session; with no `course_id` of a fresh course. `course`: changes of that course."""
    course_id = changes.pop("course_id", None)
    if course_id is None:
        course_id = (await course(site, teacher, **changes.pop("course", {})))["id"]
    body = {
        "course_id": course_id,
        "place": "项目部会议室",
        "trainer": "王工",
        "starts_at": at.isoformat(),
        "ends_at": (at + timedelta(hours=length)).isoformat(),
        "hours": f"{length}.00",
    } | changes
    planned = await site.post(f"{PATH}/sessions", body, teacher or site.clerk, status=201)
    return str(planned["id"])


async def enrol(site: Site, session_id: str, *workers: UUID, clerk: Principal | None = None) -> list[dict[str, Any]]:
    """The answers row by row."""
    body = {"worker_ids": [str(one) for one in workers]}
    answer = await site.post(f"{PATH}/sessions/{session_id}/attendees:batch", body, clerk or site.clerk)
    return list(answer["results"])


def was_there(worker: UUID, *, at: datetime = BEGIN, hours: float = 4, **more: Any) -> dict[str, Any]:
    """A row of an attendance list."""
    gone = at + timedelta(hours=hours)
    return {"worker_id": str(worker), "checked_in_at": at.isoformat(), "checked_out_at": gone.isoformat()} | more


async def attend(
    site: Site, session_id: str, *rows: dict[str, Any], teacher: Principal | None = None
) -> list[dict[str, Any]]:
    """The answers row by row."""
    path = f"{PATH}/sessions/{session_id}/attendance:batch"
    answer = await site.post(path, {"rows": list(rows)}, teacher or site.clerk)
    return list(answer["results"])


async def turn(
    site: Site, session_id: str, verb: str, teacher: Principal | None = None, *, status: int = 200, **body: Any
) -> dict[str, Any]:
    """Hold, cancel or close a session."""
    found: dict[str, Any] = await site.post(
        f"{PATH}/sessions/{session_id}:{verb}", body or None, teacher or site.clerk, status=status
    )
    return found


async def taught(
    site: Site,
    *workers: UUID,
    at: datetime = BEGIN,
    length: int = 4,
    teacher: Principal | None = None,
    clerk: Principal | None = None,
    **changes: Any,
) -> str:
    """A session that these workers attended from beginning to end, closed. `score`: of everybody."""
    score = {"score": changes.pop("score")} if "score" in changes else {}
    session_id = await session(site, teacher, at=at, length=length, **changes)
    assert {one["status"] for one in await enrol(site, session_id, *workers, clerk=clerk)} == {"created"}
    await turn(site, session_id, "hold", teacher)
    rows = [was_there(one, at=at, hours=length, **score) for one in workers]
    assert {one["status"] for one in await attend(site, session_id, *rows, teacher=teacher)} == {"updated"}
    await turn(site, session_id, "close", teacher)
    return session_id


async def base(site: Site, *, valid_to: str | None = None) -> Organisation:
    """An organisation whose training base is registered for one skill."""
    runs = organisation(Kind.SUPPLIER)
    body = {
        "organisation_id": str(runs.id),
        "name": "深圳智能建造实训基地",
        "place": "深圳市龙岗区",
        "skills": [SKILL],
        "valid_from": "2026-01-01",
        "valid_to": valid_to,
    }
    await site.post(f"{PATH}/bases", body, organisation(Kind.OPERATOR).as_(Role.ADMIN))
    return runs


SKILL_COURSE = {
    "name": "建筑机器人操作",
    "category": "skill",
    "subject": "smart_construction",
    "hours": "8.00",
    "skill": SKILL,
    "pass_mark": "60.00",
}


async def answer(harness: Harness, principal: Principal, path: str, **params: Any) -> Any:
    """What a question below /training answers."""
    async with harness.client(principal) as client:
        found = await client.get(f"{PATH}/{path}", params=params)
    assert found.status_code == 200, found.text
    return found.json()


async def refused(site: Site, principal: Principal, path: str, body: Any, *, status: int) -> str:
    """The code of a refusal, after which nothing has changed."""
    before = await site.harness.checksum()
    async with site.harness.client(principal) as client:
        found = await client.post(f"{PATH}/{path}", json=body, headers=key())
    assert found.status_code == status, found.text
    assert await site.harness.checksum() == before
    return str(found.json()["code"])
