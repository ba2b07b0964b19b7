"""A subcontractor that an authority has listed for wage arrears gets no subcontract."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.errors import FailedPrecondition
from labour.employer_listings import service as employer_listings
from labour.employer_listings.service import Verb
from labour.subcontracts.states import State
from tests.facts import tell_organisation
from tests.harness import Harness
from tests.labour.conftest import Site
from tests.labour.employer_listings.conftest import Listings, listings
from tests.labour.subcontracts.conftest import TODAY, activate, draft

__all__ = ["listings"]


async def test_a_listed_subcontractors_contract_does_not_count(labour: Harness, site: Site, listings: Listings) -> None:
    """Refused by name from the day of the decision; lifted, the same draft counts. What is active goes on."""
    active = await activate(site, (await draft(site)).id)
    made = await draft(site)
    await tell_organisation(labour, site.subcontractor.id, "被列单位", uscc=site.subcontractor.uscc)
    listings.employer = site.subcontractor
    listing = await listings.listed(decided_on=TODAY - timedelta(days=1))
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await activate(site, made.id)
    assert refusal.value.reason == "SUBCONTRACTOR_LISTED"
    assert refusal.value.metadata == {"listing_id": str(listing.id), "until": "2029-11-22"}
    assert await labour.checksum() == before
    async with labour.work(listings.keeper) as work:
        await employer_listings.lift(work, Verb(listing.id, None, "撤销"))
    assert (await activate(site, made.id)).state is State.ACTIVE
    assert active.state is State.ACTIVE


async def test_somebody_elses_listing_does_not_matter(labour: Harness, site: Site, listings: Listings) -> None:
    await listings.listed()
    assert (await activate(site, (await draft(site)).id)).state is State.ACTIVE
