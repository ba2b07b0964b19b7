"""The use case of standings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.work import Work
from labour import permissions
from labour.codes import repository as codes
from labour.employer_listings import repository as listings
from labour.employer_listings.models import EmployerListing
from labour.evidence import rulebook
from labour.standings import errors, repository, rules
from labour.standings.rules import Listed, Standing

MOST = 200


async def standings(work: Work, organisation_ids: Sequence[UUID], day: date) -> list[Standing]:
    """How organisations stand on a day, in the order of the question; sound when nothing is known of one.

    Warnings and listings are those of that day. So are overdue wages: of a day that is over by what was on a sheet, on
    its way and paid at its end, with the worker days as they are known now. InvalidArgument TOO_LONG for more than 200.
    """
    work.require(permissions.STANDINGS_READ)
    if len(organisation_ids) > MOST:
        raise errors.too_many(MOST)
    async with work.reading() as session:
        listed = await listings.counting(session, organisation_ids, day)
        warned = await repository.warnings(session, organisation_ids, day)
        months = await _overdue(session, organisation_ids, day, past=day < work.today)
    return [
        Standing(
            one,
            *rules.worst(rules.standing_levels(warned.get(one, []))),
            _listed(listed.get(one)),
            *rules.outstanding(months.get(one, [])),
        )
        for one in organisation_ids
    ]


async def _overdue(
    session: AsyncSession, organisation_ids: Sequence[UUID], day: date, *, past: bool
) -> Mapping[UUID, list[date]]:
    if not past:
        return await repository.overdue_months(session, organisation_ids, day)
    owed = await repository.owed_on(session, organisation_ids, day)
    return {
        employer_id: rules.overdue(found, rulebook.deadlines(), codes.calendar(), day)
        for employer_id, found in owed.items()
    }


def _listed(listing: EmployerListing | None) -> Listed | None:
    if listing is None:
        return None
    documents = tuple(one.source_document for one in listing.decisions)
    return Listed(listing.listed_from, listing.ends_on, documents)
