"""The training state of a project: figures by employer, for who answers for it; nobody is named."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, organisation
from tests.labour.conftest import Site, tell_project, worker_row
from tests.labour.teaching import PATH, SKILL_COURSE, answer, base, taught
from tests.labour.training.test_service import recount


async def test_figures_and_no_names(labour: Harness, site: Site) -> None:
    """Of three workers one has all, one lacks hours, one was never counted."""
    whole, short, new = await site.workers(*[worker_row() for _ in range(3)])
    await site.assigned([whole, short, new])
    async with labour.sql() as connection:
        await connection.execute("UPDATE worker_trainings SET hours = 14 WHERE worker_id = $1", short)
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    closed = await taught(site, whole, teacher=teacher, clerk=site.clerk, course=SKILL_COURSE, score="80.00")
    given = {"session_id": closed, "worker_id": str(whole), "number": f"SZ-{closed}", "level": "junior"}
    await site.post(f"{PATH}/certificates", given, teacher, status=201)
    await recount(labour, site, whole, short)
    found = await answer(labour, site.owner.as_(Role.VIEWER), f"projects/{site.project_id}")
    source = found.pop("smart_source")
    assert "深府办函〔2023〕30号" in source
    assert "第17条" in source
    assert found == {
        "project_id": str(site.project_id),
        "workers": 3,
        "smart_trained": 1,
        "smart_share": "33.33",
        "employers": [
            {
                "employer_id": str(site.subcontractor.id),
                "workers": 3,
                "entry_complete": 1,
                "short_of_year": 1,
                "warned": 1,
                "smart_trained": 1,
                "smart_certified": 1,
            }
        ],
    }


async def test_who_sees_whose_line(labour: Harness, site: Site) -> None:
    """General contractor, owner and authority all lines, an employer its own, others nothing."""
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR)
    parties = {
        site.contractor.id: "general_contractor",
        site.subcontractor.id: "labour_subcontractor",
        site.owner.id: "owner",
        rival.id: "labour_subcontractor",
    }
    await tell_project(labour, site.project_id, parties, version=2)
    await site.assigned(await site.workers(worker_row()))
    path = f"projects/{site.project_id}"
    lines = {
        who: len((await answer(labour, member, path))["employers"])
        for who, member in (
            ("contractor", site.contractor.as_(Role.SITE_ENGINEER)),
            ("owner", site.owner.as_(Role.PROJECT_MANAGER)),
            ("authority", organisation(Kind.AUTHORITY).as_(Role.VIEWER)),
            ("employer", site.clerk),
            ("rival", rival.as_(Role.LABOUR_CLERK)),
        )
    }
    assert lines == {"contractor": 1, "owner": 1, "authority": 1, "employer": 1, "rival": 0}
    async with labour.client(site.stranger.as_(Role.LABOUR_CLERK)) as client:
        outside = await client.get(f"{PATH}/{path}")
    assert (outside.status_code, outside.json()["code"]) == (404, "PROJECT_NOT_FOUND")


@pytest.mark.parametrize("kind", [Kind.SUPPLIER, Kind.OPERATOR])
async def test_who_has_no_part_in_sites_may_not_ask(labour: Harness, site: Site, kind: Kind) -> None:
    async with labour.client(organisation(kind).as_(Role.VIEWER)) as client:
        found = await client.get(f"{PATH}/projects/{site.project_id}")
    assert (found.status_code, found.json()["code"]) == (403, "ROLE_MISSING")
