"""What comes in and goes out about organisations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.identity import Kind
from chassis.values import Instant, LongText, Text
from gateway.access.organisations import rules
from gateway.access.organisations.models import Organisation
from gateway.access.organisations.states import IN_KEYCLOAK, State
from gateway.access.values import Email, PersonName, Phone, Provisioning, provisioning


def _uscc(value: str) -> str:
    found = rules.read_uscc(value)
    if found is None:
        raise fault(
            "USCC_INVALID",
            zh="统一社会信用代码无效(应为 18 位且校验位正确)",
            en="not a unified social credit code: 18 places with a check digit are needed",
        )
    return found


def _requestable(kinds: list[Kind]) -> list[Kind]:
    if not rules.requestable(kinds):
        raise fault(
            "KIND_NOT_REQUESTABLE",
            zh="authority 和 operator 类型只能由平台运营方授予",
            en="the kinds authority and operator are given by the operator only",
        )
    return kinds


Uscc = Annotated[str, Field(min_length=18, max_length=18, examples=["91440300192203821U"]), AfterValidator(_uscc)]
"""统一社会信用代码, GB 32100-2015."""

_Kinds = Annotated[list[Kind], Field(min_length=1, max_length=len(Kind), examples=[["contractor"]])]


class ContactIn(In):
    """Whom the platform calls."""

    name: PersonName
    email: Email
    phone: Phone


class AdministratorIn(In):
    """Who will invite the others."""

    name: PersonName
    email: Email


class RegisterOrganisationIn(In):
    """An application for admission."""

    name: Text = Field(examples=["中建深圳建设有限公司"])
    uscc: Uscc
    kinds: Annotated[_Kinds, AfterValidator(_requestable)]
    contact: ContactIn
    administrator: AdministratorIn


class AdmitOrganisationIn(In):
    """The operator's decision; the kinds that were asked for when `kinds` is absent."""

    kinds: _Kinds | None = None


class ReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The business licence has expired."])


class OrganisationOut(Out):
    """An organisation as itself and the operator see it."""

    id: UUID
    version: int
    name: str
    uscc: str
    state: State
    requested_kinds: list[Kind]
    kinds: list[Kind]
    reason: str
    contact_name: str
    contact_email: str
    contact_phone: str
    admin_name: str
    admin_email: str
    parent_id: UUID | None = Field(description="To whose group of companies (集团) it belongs.")
    provisioning: Provisioning = Field(description="Whether Keycloak holds what stands here.")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, organisation: Organisation) -> OrganisationOut:
        """From the row."""
        return cls.model_validate(_fields(organisation))


class RegisteredOrganisation(OrganisationOut):
    """The answer to a registration."""

    initial_password: str = Field(
        default="",
        description="The first administrator's password, valid from the admission on. Shown once: empty when the "
        "answer is replayed.",
    )

    @classmethod
    def of(cls, organisation: Organisation) -> RegisteredOrganisation:
        """From the row; the password is put in for the first caller."""
        return cls.model_validate(_fields(organisation))


class DirectoryEntry(Out):
    """What every signed-in caller may know of another organisation."""

    id: UUID
    name: str
    uscc: str
    kinds: list[Kind]
    active: bool

    @classmethod
    def of(cls, organisation: Organisation) -> DirectoryEntry:
        """From the row."""
        active = organisation.state == State.ACTIVE
        return cls.model_validate({**organisation.model_dump(), "active": active})


def _fields(organisation: Organisation) -> dict[str, object]:
    known = organisation.state in IN_KEYCLOAK
    reached = provisioning(organisation.version, organisation.synced_version) if known else Provisioning.NONE
    return {**organisation.model_dump(), "provisioning": reached}
