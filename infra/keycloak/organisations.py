"""Organisations, their groups (roles) and members, made through Keycloak's admin API; safe to run again.

The gateway's access module does this for everybody who is admitted. Here it serves those who must exist
before the gateway runs: the platform's operator, and the organisations of tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from keycloak import KeycloakAdmin
from requests import Response

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as tokens show it. `uscc` is the unified social credit code (统一社会信用代码)."""

    organisation_id: UUID
    uscc: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A person who belongs to an organisation, with its roles there."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]


def ensure_organisation(admin: KeycloakAdmin, wanted: Organisation) -> str:
    """Make the organisation or bring it up to date; its id in Keycloak."""
    payload: dict[str, Any] = {
        "name": wanted.name,
        "alias": wanted.uscc.lower(),  # cannot be changed afterwards; it is the key in the token's claim
        "enabled": True,
        "attributes": {"organisation_id": [str(wanted.organisation_id)], "kind": list(wanted.kinds)},
    }
    found = admin.get_organizations({"q": f"organisation_id:{wanted.organisation_id}"})
    if found:
        identifier: str = found[0]["id"]
        admin.update_organization(identifier, payload | {"id": identifier})
        return identifier
    return str(admin.create_organization(payload))


def ensure_group(admin: KeycloakAdmin, organisation: str, role: str) -> str:
    """Make the organisation's group for a role; its id."""
    path = f"{_path(admin, organisation)}/groups"
    for group in _checked(admin.connection.raw_get(path, search=role, exact="true")).json():
        if group["name"] == role:
            return str(group["id"])
    answer = _checked(admin.connection.raw_post(path, data=json.dumps({"name": role})))
    return answer.headers["Location"].rsplit("/", 1)[-1]


def ensure_member(admin: KeycloakAdmin, organisation: str, wanted: Member) -> str:
    """Make the person, its membership and its roles (more roles are left alone); the user's id."""
    user = admin.create_user({"username": wanted.username, "enabled": True}, exist_ok=True)
    admin.update_user(user, {"firstName": wanted.name, "enabled": True, "requiredActions": []})
    admin.set_user_password(user, wanted.password, temporary=False)
    join(admin, organisation, user, wanted.roles)
    return user


def join(admin: KeycloakAdmin, organisation: str, user: str, roles: tuple[str, ...]) -> None:
    """Make a user or a client's service account a member of an organisation and of the groups of these roles."""
    members = {member["id"] for member in admin.get_organization_members(organisation)}
    if user not in members:
        admin.organization_user_add(user, organisation)
    for role in roles:
        group = ensure_group(admin, organisation, role)
        path = f"{_path(admin, organisation)}/groups/{group}/members/{user}"
        answer = admin.connection.raw_put(path, data="")
        if answer.status_code != CONFLICT:  # a member of the group already
            _checked(answer)


def _path(admin: KeycloakAdmin, organisation: str) -> str:
    return f"admin/realms/{admin.connection.realm_name}/organizations/{organisation}"


def _checked(answer: Response) -> Response:
    answer.raise_for_status()
    return answer
