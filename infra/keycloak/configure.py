"""Bring a Keycloak into the state that `realm.py` describes; safe to run again.

Keycloak's own import makes a realm once and never looks at it again; this job compares and changes what
differs. What others made (organisations, members, API clients) is left alone. A hash of all that went in is
kept as an attribute of the realm, so that a start with nothing new costs one question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError

from infra.keycloak import realm
from infra.keycloak.admin import AdminAccess
from infra.keycloak.organisations import Member, Organisation, ensure_member, ensure_organisation

STAMP = "zhulian.configuration"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What differs from one installation to the next: secrets, and who operates the platform.

    `secrets` holds the secret of every confidential client by client id. The operator must exist before
    anybody else can be admitted, so it is made here and not through the API.
    """

    secrets: Mapping[str, str]
    operator: Organisation
    operator_admin: Member
    realm: str = realm.REALM

    def fingerprint(self) -> str:
        """Hash of the wanted state: these values, and the code that says the rest."""
        digest = hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode())
        for source in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(source.read_bytes())
        return digest.hexdigest()


def configure(access: AdminAccess, wanted: Wanted) -> bool:
    """Bring the realm into the wanted state; False when it already was.

    Raises keycloak.exceptions.KeycloakError when Keycloak refuses.
    """
    fingerprint = wanted.fingerprint()
    master = access.client("master")
    try:
        attributes = master.get_realm(wanted.realm).get("attributes", {})
    except KeycloakGetError as error:
        if error.response_code != 404:
            raise
        master.create_realm({"realm": wanted.realm, **realm.SETTINGS})
        attributes = {}
    if attributes.get(STAMP) == fingerprint:
        return False
    master.update_realm(wanted.realm, realm.SETTINGS)
    admin = access.client(wanted.realm)
    _relax_profile(admin)
    scopes = _ensure_scopes(admin)
    _ensure_default_scopes(admin, scopes)
    for client_id, (settings, client_scopes) in realm.clients().items():
        secret = {} if settings["publicClient"] else {"secret": wanted.secrets[client_id]}
        _ensure_client(admin, {"clientId": client_id, **settings, **secret}, client_scopes, scopes)
    _ensure_access_roles(admin)
    organisation = ensure_organisation(admin, wanted.operator)
    ensure_member(admin, organisation, wanted.operator_admin)
    current = master.get_realm(wanted.realm)["attributes"]  # an update replaces all of them
    master.update_realm(wanted.realm, {"attributes": current | {STAMP: fingerprint}})
    return True


def _relax_profile(admin: KeycloakAdmin) -> None:
    """A member has a name in one piece and need not have mail; Keycloak would refuse tokens to such a user."""
    profile = admin.get_realm_users_profile()
    for attribute in profile["attributes"]:
        attribute.pop("required", None)
    admin.update_realm_users_profile(profile)


def _ensure_scopes(admin: KeycloakAdmin) -> dict[str, str]:
    """Make the client scopes and their mappers; the ids of all client scopes by name."""
    existing = {scope["name"]: scope for scope in admin.get_client_scopes()}
    for name, mappers in realm.SCOPES.items():
        if name not in existing:
            attributes = {"include.in.token.scope": "false", "display.on.consent.screen": "false"}
            admin.create_client_scope({"name": name, "protocol": "openid-connect", "attributes": attributes})
            existing[name] = admin.get_client_scope_by_name(name) or {}
        scope_id = existing[name]["id"]
        present = {mapper["name"]: mapper for mapper in existing[name].get("protocolMappers", [])}
        for mapper in mappers:
            if mapper["name"] in present:
                mapper_id = present[mapper["name"]]["id"]
                admin.update_mapper_in_client_scope(scope_id, mapper_id, {"id": mapper_id, **mapper})
            else:
                admin.add_mapper_to_client_scope(scope_id, mapper)
    return {name: scope["id"] for name, scope in existing.items()}


def _ensure_default_scopes(admin: KeycloakAdmin, scopes: Mapping[str, str]) -> None:
    """What a new API client gets when it asks for nothing: public tokens, and nothing about Keycloak itself."""
    wanted = {scopes[name] for name in realm.PUBLIC_SCOPES}
    for scope in admin.get_default_optional_client_scopes():
        if scope["id"] in wanted:
            admin.delete_default_optional_client_scope(scope["id"])
    present = {scope["id"] for scope in admin.get_default_default_client_scopes()}
    for scope_id in present - wanted:
        admin.delete_default_default_client_scope(scope_id)
    for scope_id in wanted - present:
        admin.add_default_default_client_scope(scope_id)


def _ensure_client(
    admin: KeycloakAdmin, settings: dict[str, Any], names: tuple[str, ...], scopes: Mapping[str, str]
) -> None:
    id_of_client = admin.get_client_id(settings["clientId"])
    if id_of_client is None:
        id_of_client = admin.create_client(settings)
    else:
        admin.update_client(id_of_client, settings)
    # Also after making it: Keycloak adds scopes of its own choice to a client with a service account.
    wanted = {scopes[name] for name in names}
    for scope in admin.get_client_optional_client_scopes(id_of_client):
        admin.delete_client_optional_client_scope(id_of_client, scope["id"])
    present = {scope["id"] for scope in admin.get_client_default_client_scopes(id_of_client)}
    for scope_id in present - wanted:
        admin.delete_client_default_client_scope(id_of_client, scope_id)
    for scope_id in wanted - present:
        link = {"realm": admin.connection.realm_name, "client": id_of_client, "clientScopeId": scope_id}
        admin.add_client_default_client_scope(id_of_client, scope_id, link)


def _ensure_access_roles(admin: KeycloakAdmin) -> None:
    """Let the gateway's access module manage organisations, members and clients of this realm, and nothing else."""
    client, management = admin.get_client_id(realm.ACCESS_CLIENT), admin.get_client_id("realm-management")
    if client is None or management is None:
        raise RuntimeError("the realm lacks a client that was just made")
    account = admin.get_client_service_account_user(client)["id"]
    roles = [admin.get_client_role(management, name) for name in realm.ACCESS_ROLES]
    admin.assign_client_role(account, management, roles)
    surplus = [
        role for role in admin.get_client_roles_of_user(account, management) if role["name"] not in realm.ACCESS_ROLES
    ]
    if surplus:
        admin.delete_client_roles_of_user(account, management, surplus)
