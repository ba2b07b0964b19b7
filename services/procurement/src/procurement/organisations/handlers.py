"""Event door of the replica: only translates."""

from __future__ import annotations

from uuid import UUID

from chassis import replica
from chassis.replica import KnownOrganisation
from chassis.subscriptions import Received
from chassis.work import Work
from zhulian.access.v1.events_pb2 import OrganisationChanged


async def organisation_changed(work: Work, event: Received[OrganisationChanged]) -> None:
    """Take over the organisation unless a newer version is here."""
    told = event.message.organisation
    known = KnownOrganisation(
        organisation_id=UUID(told.organisation_id),
        uscc=told.uscc,
        name=told.name,
        kinds=list(told.kinds),
        state=told.state,
        parent_id=UUID(told.parent_id) if told.parent_id else None,
        version=told.version,
    )
    await replica.apply_organisation(await work.writing(), known)
