"""The use case of standings: for procurement alone, and everything as of one day."""

from __future__ import annotations

from datetime import date

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from labour.standings import service
from labour.standings.rules import Standing
from labour.warnings.models import Level
from tests.harness import organisation
from tests.labour.employer_listings.conftest import TODAY, Listings, listings

__all__ = ["listings"]
PROCUREMENT = service_principal("procurement")


async def test_each_organisation_by_itself(listings: Listings) -> None:
    """One is listed, the other is not; the same one asked twice is answered twice."""
    await listings.listed(decided_on=date(2026, 11, 2), source_document="列9号")
    other, employer = new_id(), listings.employer.id
    async with listings.harness.work(PROCUREMENT) as work:
        found = await service.standings(work, [other, employer, other], TODAY)
    sound = Standing(other, Level.NONE, None, None, 0, None)
    assert [found[0], found[2]] == [sound, sound]
    assert found[1].listed is not None
    assert (found[1].listed.since, found[1].listed.documents) == (date(2026, 11, 2), ("列9号",))


async def test_no_member_asks_and_nobody_asks_for_everybody(listings: Listings) -> None:
    """Not even the employer himself or an authority: they have routes of their own."""
    for who in (listings.employer, organisation(Kind.AUTHORITY), organisation(Kind.OWNER)):
        with pytest.raises(PermissionDenied):
            async with listings.harness.work(who.as_(*Role)) as work:
                await service.standings(work, [listings.employer.id], TODAY)
    with pytest.raises(InvalidArgument):
        async with listings.harness.work(PROCUREMENT) as work:
            await service.standings(work, [new_id() for _ in range(201)], TODAY)
