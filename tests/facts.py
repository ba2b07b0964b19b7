"""Facts as other services tell them, for the tests of those that read them."""

from __future__ import annotations

from uuid import UUID

from tests.harness import Harness
from zhulian.access.v1.events_pb2 import OrganisationChanged, OrganisationSnapshot


async def tell_organisation(
    harness: Harness,
    organisation_id: UUID,
    name: str,
    *,
    uscc: str = "91440300708461136T",
    state: str = "active",
    parent: UUID | None = None,
    version: int = 1,
    event_id: UUID | None = None,
) -> bool:
    """The gateway's fact about an organisation reaches the service; False when it was known."""
    snapshot = OrganisationSnapshot(
        organisation_id=str(organisation_id),
        uscc=uscc,
        name=name,
        kinds=["contractor"],
        state=state,
        version=version,
        parent_id=str(parent or ""),
    )
    return await harness.receive(
        f"{harness.service.name}--organisations-changed",
        OrganisationChanged(organisation=snapshot, change="admit"),
        aggregate_id=organisation_id,
        version=version,
        event_id=event_id,
    )


async def known_organisation(harness: Harness, organisation_id: UUID) -> tuple[str, str, list[str], str, int] | None:
    """Name, code, kinds, state and version in the service's replica."""
    async with harness.sql() as connection:
        row = await connection.fetchrow(
            "SELECT name, uscc, kinds, state, version FROM known_organisations WHERE organisation_id = $1",
            organisation_id,
        )
    return None if row is None else tuple(row)
