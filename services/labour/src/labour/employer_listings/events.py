"""Facts of listed employers; none holds personal data."""

from __future__ import annotations

from datetime import date

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.employer_listings.models import EmployerListing
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import employer_listings_events_pb2 as messages

LISTED = "zhulian.labour.employer-listings.listed.v1"
LIFTED = "zhulian.labour.employer-listings.lifted.v1"

SUBJECTS: dict[str, type[Message]] = {LISTED: messages.EmployerListed, LIFTED: messages.EmployerLifted}


def listed(row: EmployerListing) -> Event:
    """The employer is on the list, as it now reads."""
    return Event(LISTED, row.id, row.version, messages.EmployerListed(listing=_facts(row)))


def lifted(row: EmployerListing, over_on: date) -> Event:
    """The employer is on the list no longer."""
    message = messages.EmployerLifted(listing=_facts(row), how=row.state.value, over_on=_day(over_on))
    return Event(LIFTED, row.id, row.version, message)


def _facts(row: EmployerListing) -> messages.EmployerListingFacts:
    return messages.EmployerListingFacts(
        listing_id=str(row.id),
        employer_id=str(row.employer_id),
        uscc=row.uscc,
        name=row.name,
        listed_by=str(row.listed_by),
        listed_from=_day(row.listed_from),
        ends_on=_day(row.ends_on),
        decisions=[
            messages.ListingDecision(
                reason=one.reason, source_document=one.source_document, decided_on=_day(one.decided_on)
            )
            for one in row.decisions
        ],
    )


def _day(day: date) -> Day:
    return Day(date=day.isoformat())
