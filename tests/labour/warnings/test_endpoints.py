"""Early warnings over REST: who sees them, and filters that are none."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import organisation
from tests.labour.evidence.conftest import Months
from tests.labour.warnings.conftest import PATH, listed, watch, worked_in_october


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
