"""What comes in and goes out about API clients."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.identity import Role
from chassis.values import Instant, Text
from gateway.access.clients.models import Client
from gateway.access.clients.states import State
from gateway.access.values import Provisioning, Roles, provisioning


class CreateClientIn(In):
    """A program that may act for the organisation."""

    name: Text = Field(examples=["ERP interface"])
    roles: Roles = Field(examples=[["integrator"]])


class ClientOut(Out):
    """An API client; `client_id` is what it signs in with."""

    id: UUID
    version: int
    organisation_id: UUID
    client_id: str
    name: str
    roles: list[Role]
    state: State
    created_by: str
    last_used_at: Instant | None = Field(description="The last call with its token, to within seconds.")
    provisioning: Provisioning = Field(description="Whether Keycloak holds what stands here.")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, client: Client) -> ClientOut:
        """From the row."""
        return cls.model_validate(_fields(client))


class IssuedClient(ClientOut):
    """The answer that carries a new secret."""

    client_secret: str = Field(
        default="",
        description="Shown once: empty when the answer is replayed. There is one live secret: from `provisioning` "
        "`done` on only the newest works.",
    )

    @classmethod
    def of(cls, client: Client) -> IssuedClient:
        """From the row; the secret is put in for the first caller."""
        return cls.model_validate(_fields(client))


def _fields(client: Client) -> dict[str, object]:
    return {**client.model_dump(), "provisioning": provisioning(client.version, client.synced_version)}
