"""Early warnings over REST: who sees them, and filters that are none."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import key, organisation
from tests.labour.evidence.conftest import Months
from tests.labour.warnings.conftest import PATH, another_project, listed, warned, watch, worked_in_october


async def test_who_sees_it(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    site = months.site
    for who in (site.subcontractor, site.contractor, site.owner, organisation(Kind.AUTHORITY)):
        assert len(await listed(months, who)) == 1, who.kinds
    assert await listed(months, site.stranger) == []


@pytest.mark.parametrize("query", [{"level": "purple"}, {"since": "yesterday"}, {"employer_id": "x"}])
async def test_bad_filters_point_at_the_fault(months: Months, query: dict[str, str]) -> None:
    async with months.site.harness.client(months.site.contractor.as_(Role.PROJECT_MANAGER)) as client:
        answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"query:{next(iter(query))}")


async def test_the_operator_alone_has_a_project_judged_now(months: Months) -> None:
    """Of that project alone; somebody else's stays as it is until the job's next run."""
    await worked_in_october(months, "6000.00", "0.00")
    other = await another_project(months)
    client_of, body = months.site.harness.client, {"project_id": str(months.site.project_id)}
    async with client_of(months.site.contractor.as_(Role.PROJECT_MANAGER)) as client:
        refused = await client.post(f"{PATH}:recompute", json=body, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_MISSING")
    assert await listed(months, months.site.contractor) == []
    async with client_of(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        done = await client.post(f"{PATH}:recompute", json=body, headers=key())
        again = await client.post(f"{PATH}:recompute", json=body, headers=key())
    assert [(one.status_code, one.json()) for one in (done, again)] == [(200, {"employers": 1})] * 2
    [row] = await listed(months, months.site.contractor)
    assert (row["warning_level"], row["version"]) == ("red", 1)
    assert await warned(months, other) == 0
    await watch(months)
    assert await warned(months, other) == 1


async def test_recomputing_one_project_lifts_nothing_of_another(months: Months) -> None:
    """What another project was warned of stands, though nobody of it was judged."""
    await worked_in_october(months, "6000.00", "0.00")
    other = await another_project(months)
    await watch(months)
    async with months.site.harness.client(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        await client.post(f"{PATH}:recompute", json={"project_id": str(months.site.project_id)}, headers=key())
    async with months.site.harness.sql() as connection:
        levels = await connection.fetch("SELECT level, version FROM employer_warnings WHERE project_id = $1", other)
    assert [tuple(row) for row in levels] == [("red", 1)]
