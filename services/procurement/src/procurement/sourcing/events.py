"""Facts of sourcing: neither guests nor prices are in them, because others than the buyer read facts."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from procurement.sourcing.models import Sourcing
from zhulian.procurement.v1 import sourcing_events_pb2

PUBLISHED = "zhulian.procurement.sourcing.published.v1"
OPENED = "zhulian.procurement.sourcing.opened.v1"
ENDED = "zhulian.procurement.sourcing.ended.v1"

SUBJECTS: dict[str, type[Message]] = {
    PUBLISHED: sourcing_events_pb2.SourcingPublished,
    OPENED: sourcing_events_pb2.SourcingOpened,
    ENDED: sourcing_events_pb2.SourcingEnded,
}


def published(sourcing: Sourcing) -> Event:
    """Its guests may see it from now on; told again when the deadline moves or more are invited."""
    message = sourcing_events_pb2.SourcingPublished(sourcing=_facts(sourcing))
    return Event(PUBLISHED, sourcing.id, sourcing.version, message)


def opened(sourcing: Sourcing) -> Event:
    """The deadline has come, and the buyer sees what was offered."""
    message = sourcing_events_pb2.SourcingOpened(sourcing=_facts(sourcing))
    return Event(OPENED, sourcing.id, sourcing.version, message)


def ended(sourcing: Sourcing) -> Event:
    """Awarded, cancelled or failed: nothing more comes of it."""
    message = sourcing_events_pb2.SourcingEnded(sourcing=_facts(sourcing), reason=sourcing.reason)
    return Event(ENDED, sourcing.id, sourcing.version, message)


def _facts(sourcing: Sourcing) -> sourcing_events_pb2.SourcingFacts:
    facts = sourcing_events_pb2.SourcingFacts(
        sourcing_id=str(sourcing.id),
        buyer_id=str(sourcing.buyer_id),
        kind=sourcing.kind,
        state=sourcing.state,
        title=sourcing.title,
        currency=sourcing.currency,
    )
    facts.deadline.FromDatetime(sourcing.deadline)
    return facts
