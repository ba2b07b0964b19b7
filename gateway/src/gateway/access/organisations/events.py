"""Facts of organisations, for the replicas that other services keep."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from gateway.access.organisations.models import Organisation
from zhulian.access.v1.events_pb2 import OrganisationChanged, OrganisationSnapshot

CHANGED = "zhulian.gateway.organisations.changed.v1"

SUBJECTS: dict[str, type[Message]] = {CHANGED: OrganisationChanged}


def changed(organisation: Organisation, change: str) -> Event:
    """The organisation as it is after `change` (admit, suspend, reinstate, affiliate, leave-group, adopt, known).

    Contact, administrator and the operator's reason stay here: only what the directory shows leaves.
    """
    snapshot = OrganisationSnapshot(
        organisation_id=str(organisation.id),
        uscc=organisation.uscc,
        name=organisation.name,
        kinds=organisation.kinds,
        state=organisation.state.value,
        version=organisation.version,
        parent_id=str(organisation.parent_id or ""),
    )
    message = OrganisationChanged(organisation=snapshot, change=change)
    return Event(CHANGED, organisation.id, organisation.version, message)
