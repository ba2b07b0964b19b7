"""Brings Keycloak to what stands in PostgreSQL, by durable jobs that are repeated until both agree.

A use case writes its rows and enqueues the job in one transaction. The job reads what is wanted, applies it (every step
looks first, so it may be repeated from any point), then notes the version that Keycloak holds. If Keycloak is away or
dies in the middle, nothing is noted and the job comes again; the answers say `provisioning: pending` until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.identity import Kind
from chassis.work import Work
from gateway import permissions
from gateway.access.clients.models import Client
from gateway.access.clients.states import State as ClientState
from gateway.access.members.models import Member
from gateway.access.members.states import State as MemberState
from gateway.access.organisations import events, states
from gateway.access.organisations.models import Organisation
from gateway.access.provisioning import repository
from gateway.access.secrets import Cipher
from gateway.clients.keycloak import (
    FoundOrganisation,
    Keycloak,
    WantedClient,
    WantedMember,
    WantedOrganisation,
)

PROVISION = "access.provision"


async def request(work: Work, organisation_id: UUID, only: UUID) -> None:
    """Have one row brought to Keycloak once the caller's transaction is committed.

    `only` is the id of the organisation itself, or of one of its members or clients: each has a job of its own, so that
    one which Keycloak refuses does not hold up the others.
    """
    await work.enqueue(PROVISION, {"organisation_id": str(organisation_id), "only": str(only)})


async def provision(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """The job: apply an organisation, and one of its members or clients if Keycloak does not hold it as it is."""
    work.require(permissions.PROVISION)
    organisation_id, only = UUID(payload["organisation_id"]), UUID(payload["only"])
    async with work.reading() as session:
        pending = await repository.pending(session, work.principal, organisation_id, only)
    if pending is None:
        return
    keycloak: Keycloak = clients["keycloak"]
    cipher: Cipher = clients["cipher"]
    place = await keycloak.apply_organisation(_organisation(pending.organisation))
    subjects = {member.id: await keycloak.apply_member(place, _member(member, cipher)) for member in pending.members}
    for client in pending.clients:
        await keycloak.apply_client(place, _client(client, cipher))
    session = await work.writing()
    if not await repository.mark(session, work.principal, pending, subjects):
        await request(work, organisation_id, only)


async def adopt_operator(work: Work, _: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """The job: the operator is made with the realm, before the gateway runs; give it its row."""
    work.require(permissions.PROVISION)
    keycloak: Keycloak = clients["keycloak"]
    found = await keycloak.organisations_of_kind(Kind.OPERATOR.value)
    session = await work.writing()
    for operator in found:
        if await session.get(Organisation, operator.id) is None:
            row = _adopted(work, operator)
            session.add(row)
            after = {"uscc": row.uscc, "kinds": row.kinds, "state": row.state.value}
            work.audit("organisations.adopt", "organisation", row.id, None, after)
            work.emit(events.changed(row, "adopt"))


def _adopted(work: Work, operator: FoundOrganisation) -> Organisation:
    return Organisation(
        id=operator.id,
        version=1,
        created_at=work.now,
        updated_at=work.now,
        name=operator.name,
        uscc=operator.uscc,
        state=states.State.ACTIVE,
        requested_kinds=[],
        kinds=sorted(operator.kinds),
        contact_name="",
        contact_email="",
        contact_phone="",
        admin_name="",
        admin_email="",
        synced_version=1,
        told_version=1,
    )


def _organisation(row: Organisation) -> WantedOrganisation:
    return WantedOrganisation(row.id, row.uscc, row.name, tuple(row.kinds), row.state == states.State.ACTIVE)


def _member(row: Member, cipher: Cipher) -> WantedMember:
    return WantedMember(
        username=row.email,
        name=row.name,
        roles=tuple(row.roles),
        enabled=row.state == MemberState.ACTIVE,
        subject=row.subject,
        password=cipher.open(row.secret, row.email) if row.secret else "",
        since=row.created_at,
    )


def _client(row: Client, cipher: Cipher) -> WantedClient:
    return WantedClient(
        client_id=row.client_id,
        name=row.name,
        roles=tuple(row.roles),
        enabled=row.state == ClientState.ACTIVE,
        secret=cipher.open(row.secret, row.client_id) if row.secret else "",
    )
