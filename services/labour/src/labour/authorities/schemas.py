"""What comes in and goes out about connections. A secret comes in and never goes out."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant
from labour.authorities.models import Scope
from labour.authorities.states import State
from labour.codes.models import Status

AppId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", examples=["ZL-0001"])]
Secret = Annotated[
    str,
    Field(min_length=8, max_length=128, pattern=r"^[!-~]+$", repr=False, examples=["0123456789abcdef0123456789abcdef"]),
]


class ConnectIn(In):
    """Access to a platform for one project, as the authority granted it."""

    project_id: UUID
    authority: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["national"])]
    scope: Scope = Field(default=Scope.OWN, description="`project`: everybody's people (general contractor only).")
    app_id: AppId
    secret: Secret


class RotateIn(In):
    """A new secret, and a new app id where there is one."""

    secret: Secret
    app_id: AppId | None = None


class ConnectionOut(Out):
    """A connection without its secret. `fault_code` is the answer for which the authority turned us away."""

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    authority: str
    scope: Scope
    app_id: str
    state: State
    fault_code: str
    barred_at: Instant | None
    created_at: Instant
    updated_at: Instant


class PlatformOut(Out):
    """A platform; `reached` tells whether this installation can connect to it today."""

    code: str
    zh: str
    en: str
    reached: bool
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


class LegalBasisOut(Out):
    """On what ground fields are filed."""

    fields: str
    zh: str
    en: str
    source: str
    status: Status
    valid_from: date


class PlatformsOut(Out):
    """The directory, and on what ground what is filed."""

    items: list[PlatformOut]
    legal_basis: list[LegalBasisOut]
