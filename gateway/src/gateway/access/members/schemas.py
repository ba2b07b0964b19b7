"""What comes in and goes out about members."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.identity import Role
from chassis.values import Instant
from gateway.access.members.models import Member
from gateway.access.members.states import State
from gateway.access.values import Email, PersonName, Provisioning, Roles, provisioning


class InviteMemberIn(In):
    """Somebody new, or somebody who was removed and comes back."""

    name: PersonName
    email: Email
    roles: Roles


class ChangeRolesIn(In):
    """All the roles that the member has from now on."""

    roles: Roles


class MemberOut(Out):
    """A member; signs in with `email`."""

    id: UUID
    version: int
    organisation_id: UUID
    email: str
    name: str
    roles: list[Role]
    state: State
    provisioning: Provisioning = Field(description="Whether Keycloak holds what stands here.")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, member: Member) -> MemberOut:
        """From the row."""
        return cls.model_validate(_fields(member))


class InvitedMember(MemberOut):
    """The answer that carries a new password."""

    initial_password: str = Field(
        default="",
        description="Hand it over by a safe way; its owner changes it in Keycloak's account page. Shown once: empty "
        "when the answer is replayed.",
    )

    @classmethod
    def of(cls, member: Member) -> InvitedMember:
        """From the row; the password is put in for the first caller."""
        return cls.model_validate(_fields(member))


def _fields(member: Member) -> dict[str, object]:
    return {**member.model_dump(), "provisioning": provisioning(member.version, member.synced_version)}
