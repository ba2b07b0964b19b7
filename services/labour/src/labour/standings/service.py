"""The use case of standings."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.work import Work
from labour import permissions
from labour.employer_listings import repository as listings
from labour.standings import repository, rules
from labour.standings.rules import Listed, Standing


async def standing(work: Work, organisation_id: UUID, on: date | None) -> Standing:
    """How an organisation stands on a day (today when None); sound when nothing is known of it.

    Warnings and listings are those of that day. Overdue wages are as known now, of months due by then.
    """
    work.require(permissions.STANDINGS_READ)
    day = on or work.today
    async with work.reading() as session:
        listing = await listings.counting(session, organisation_id, day)
        warned = await repository.warnings(session, organisation_id, day)
        months = await repository.overdue_months(session, organisation_id, day)
    documents = () if listing is None else tuple(one.source_document for one in listing.decisions)
    listed = None if listing is None else Listed(listing.listed_from, listing.ends_on, documents)
    return Standing(day, *rules.worst(rules.standing_levels(warned)), listed, *rules.outstanding(months))
