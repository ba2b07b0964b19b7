"""Training bases, what they certify, and verification by number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import NOON, Harness, Organisation, organisation
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import PATH, SKILL, SKILL_COURSE, answer, base, refused, taught

BASE = {"name": "基地", "place": "深圳", "skills": [SKILL], "valid_from": "2026-01-01"}


async def passed(site: Site, runs: Organisation, *workers: UUID) -> str:
    """A closed session of the base in which these workers passed."""
    teacher = runs.as_(Role.LABOUR_CLERK)
    return await taught(site, *workers, teacher=teacher, clerk=site.clerk, course=SKILL_COURSE, score="80.00")


def certificate(session_id: str, worker: UUID, **changes: Any) -> dict[str, Any]:
    """What a base issues."""
    number = f"SZ-{new_id()}"
    return {"session_id": session_id, "worker_id": str(worker), "number": number, "level": "junior"} | changes


async def test_registered_once_and_brought_up_to_date(labour: Harness, site: Site) -> None:
    runs, operator = new_id(), organisation(Kind.OPERATOR).as_(Role.ADMIN)
    first = await site.post(f"{PATH}/bases", BASE | {"organisation_id": str(runs)}, operator)
    ended = BASE | {"organisation_id": str(runs), "valid_to": "2026-06-30"}
    second = await site.post(f"{PATH}/bases", ended, organisation(Kind.AUTHORITY).as_(Role.ADMIN))
    listed = await answer(labour, site.stranger.as_(Role.VIEWER), "bases", organisation_id=str(runs), skill=SKILL)
    assert first["id"] == second["id"]
    assert (second["version"], second["valid_to"]) == (2, "2026-06-30")
    assert listed["items"] == [second]
    assert await labour.audited(UUID(first["id"])) == ["training-bases.register"] * 2


@pytest.mark.parametrize("kind", [Kind.CONTRACTOR, Kind.SUPPLIER, Kind.OWNER])
async def test_nobody_registers_himself(site: Site, kind: Kind) -> None:
    who = organisation(kind)
    body = BASE | {"organisation_id": str(who.id)}
    assert await refused(site, who.as_(Role.ADMIN, Role.LABOUR_CLERK), "bases", body, status=403) == "ROLE_MISSING"


async def test_a_base_with_bad_dates_or_skills(site: Site) -> None:
    operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
    changes: list[dict[str, Any]] = [{"valid_to": "2025-01-01"}, {"skills": ["烹饪"]}, {"skills": []}]
    for change in changes:
        body = BASE | {"organisation_id": str(new_id())} | change
        assert await refused(site, operator, "bases", body, status=422) == "INVALID_ARGUMENT"


async def test_a_certificate_is_verified_by_its_number_and_names_nobody(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    runs = await base(site)
    given = certificate(await passed(site, runs, worker), worker, valid_to="2026-11-30")
    made = await site.post(f"{PATH}/certificates", given, runs.as_(Role.LABOUR_CLERK), status=201)
    anybody = organisation(Kind.OWNER).as_(Role.VIEWER)
    assert await answer(labour, anybody, "certificates:verify", number=given["number"]) == {
        "number": given["number"],
        "standing": "valid",
        "skill": SKILL,
        "level": "junior",
        "issued_on": "2026-11-23",
        "valid_to": "2026-11-30",
        "base_name": "深圳智能建造实训基地",
    }
    assert made["issued_on"] == "2026-11-23"
    async with labour.client(anybody) as client:
        unknown = await client.get(f"{PATH}/certificates:verify", params={"number": "SZ-0"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "CERTIFICATE_NOT_FOUND")


async def test_expired_and_revoked_are_told(labour: Harness, site: Site) -> None:
    """Its last day still counts, the day after does not; revoked counts never again."""
    [worker] = await site.workers(worker_row())
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    given = certificate(await passed(site, runs, worker), worker, valid_to="2026-11-24")
    made = await site.post(f"{PATH}/certificates", given, teacher, status=201)
    standings = []
    for days in (1, 2):
        labour.clock.advance(timedelta(days=days))
        try:
            standings.append((await answer(labour, teacher, "certificates:verify", number=given["number"]))["standing"])
        finally:
            labour.clock.advance(-timedelta(days=days))
    await site.post(f"{PATH}/certificates/{made['id']}:revoke", {"reason": "成绩作废"}, teacher)
    revoked = await answer(labour, teacher, "certificates:verify", number=given["number"])
    assert [*standings, revoked["standing"]] == ["valid", "expired", "revoked"]
    path = f"certificates/{made['id']}:revoke"
    assert await refused(site, teacher, path, {"reason": "x"}, status=409) == "INVALID_STATE"
    assert labour.clock.now() == NOON


async def test_who_sees_a_certificate(labour: Harness, site: Site) -> None:
    """The base and the worker's employer; for others it is not there."""
    [worker] = await site.workers(worker_row())
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    made = await site.post(
        f"{PATH}/certificates", certificate(await passed(site, runs, worker), worker), teacher, status=201
    )
    seen = [
        [one["id"] for one in (await answer(labour, who, "certificates"))["items"]]
        for who in (teacher, site.clerk, site.stranger.as_(Role.LABOUR_CLERK))
    ]
    assert seen == [[made["id"]], [made["id"]], []]
    path, body = f"certificates/{made['id']}:revoke", {"reason": "x"}
    assert await refused(site, site.clerk, path, body, status=404) == "CERTIFICATE_NOT_FOUND"
