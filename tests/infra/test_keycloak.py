"""The realm as the configuration job leaves it, asked of a real Keycloak."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import requests

from infra.keycloak import Member, Organisation, configure, ensure_member, ensure_organisation, join
from infra.keycloak.realm import ACCESS_CLIENT, PUBLIC_SCOPES, REALM, SERVICES
from infra.keycloak.realm import clients as realm_clients
from tests.infra_fixtures import OPERATOR, OPERATOR_ADMIN, RunningKeycloak


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def header(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def test_a_members_token_names_organisation_kind_and_roles(keycloak: RunningKeycloak) -> None:
    token = keycloak.password_token(OPERATOR_ADMIN.username)
    found = claims(token)
    assert header(token)["alg"] == "RS256"
    assert found["iss"] == keycloak.issuer
    assert found["aud"] == "zhulian"
    assert found["azp"] == "zhulian-demo"
    assert found["exp"] - found["iat"] == 300
    [(uscc, organisation)] = found["organization"].items()
    assert uscc == OPERATOR.uscc.lower()
    assert organisation["organisation_id"] == [str(OPERATOR.organisation_id)]
    assert organisation["kind"] == ["operator"]
    assert organisation["groups"] == ["/admin"]
    assert organisation["id"]


def test_a_token_carries_no_name_and_no_role_of_keycloaks_own(keycloak: RunningKeycloak) -> None:
    found = claims(keycloak.password_token(OPERATOR_ADMIN.username))
    assert not {"name", "email", "preferred_username", "realm_access", "resource_access"} & found.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_token_is_internal_and_only_that(keycloak: RunningKeycloak, service: str) -> None:
    found = claims(keycloak.client_token(service, keycloak.secret(service)))
    assert found["aud"] == "zhulian-internal"
    assert found["azp"] == service
    assert "organization" not in found


def test_a_new_client_gets_public_tokens_without_asking(keycloak: RunningKeycloak) -> None:
    admin = keycloak.admin
    client = admin.create_client(
        {"clientId": "partner", "publicClient": False, "serviceAccountsEnabled": True, "secret": "partner-secret"}
    )
    account = admin.get_client_service_account_user(client)["id"]
    [organisation] = admin.get_organizations({"q": f"organisation_id:{OPERATOR.organisation_id}"})
    join(admin, organisation["id"], account, ("integrator",))
    join(admin, organisation["id"], account, ("integrator", "viewer"))
    found = claims(keycloak.client_token("partner", "partner-secret"))
    assert found["aud"] == "zhulian"
    assert sorted(found["organization"][OPERATOR.uscc.lower()]["groups"]) == ["/integrator", "/viewer"]


def test_who_belongs_to_several_organisations_asks_for_them(keycloak: RunningKeycloak) -> None:
    admin = keycloak.admin
    both = Member("in-two", "a-password-for-tests", "两处任职", ("viewer",))
    other = Organisation(UUID("01920000-0000-7000-8000-000000000002"), "91110108MA00HYPT17", "另一家", ("supplier",))
    [operator] = admin.get_organizations({"q": f"organisation_id:{OPERATOR.organisation_id}"})
    ensure_member(admin, operator["id"], both)
    ensure_member(admin, ensure_organisation(admin, other), replace(both, roles=("sales", "viewer")))
    found = claims(keycloak.password_token(both.username, scope="organization:*"))["organization"]
    assert {uscc: sorted(each["groups"]) for uscc, each in found.items()} == {
        OPERATOR.uscc.lower(): ["/viewer"],
        other.uscc.lower(): ["/sales", "/viewer"],
    }
    assert found[other.uscc.lower()]["organisation_id"] == [str(other.organisation_id)]
    one = claims(keycloak.password_token(both.username, scope=f"organization:{other.uscc.lower()}"))["organization"]
    assert one.keys() == {other.uscc.lower()}
    assert claims(keycloak.password_token(both.username))["organization"] == {}  # Keycloak does not choose for anybody


def test_configuring_again_changes_nothing(keycloak: RunningKeycloak) -> None:
    before = _export(keycloak)
    assert configure(keycloak.server.admin, keycloak.wanted) is False
    assert _export(keycloak) == before


def test_what_somebody_bent_is_put_right(keycloak: RunningKeycloak) -> None:
    """The stamp says "nothing new" only for the same wanted state, so ask for another and then for the first again."""
    before = _export(keycloak)
    other = replace(keycloak.wanted, operator_admin=replace(OPERATOR_ADMIN, name="另一位"))
    master = keycloak.server.admin.client("master")
    master.update_realm(REALM, {"bruteForceProtected": False, "accessTokenLifespan": 86400})
    admin = keycloak.admin
    labour = admin.get_client_id("labour")
    assert labour is not None
    public = admin.get_client_scope_by_name("zhulian")
    assert public is not None
    link = {"realm": REALM, "client": labour, "clientScopeId": public["id"]}
    admin.add_client_default_client_scope(labour, public["id"], link)
    admin.update_client(labour, {"directAccessGrantsEnabled": True})
    assert configure(keycloak.server.admin, other) is True
    assert configure(keycloak.server.admin, keycloak.wanted) is True
    assert _export(keycloak) == before


def test_a_second_realm_is_made_from_nothing(keycloak: RunningKeycloak) -> None:
    wanted = replace(keycloak.wanted, realm="another")
    assert configure(keycloak.server.admin, wanted) is True
    assert configure(keycloak.server.admin, wanted) is False
    admin = keycloak.server.admin.client("another")
    assert {scope["name"] for scope in admin.get_default_default_client_scopes()} == set(PUBLIC_SCOPES)
    keycloak.server.admin.client("master").delete_realm("another")


def test_an_organisation_is_made_once(keycloak: RunningKeycloak) -> None:
    admin = keycloak.admin
    assert ensure_organisation(admin, OPERATOR) == ensure_organisation(admin, OPERATOR)


def test_the_access_client_manages_members_and_nothing_else(keycloak: RunningKeycloak) -> None:
    token = keycloak.client_token(ACCESS_CLIENT, keycloak.secret(ACCESS_CLIENT))
    assert "aud" not in claims(token)
    base = f"{keycloak.url}/admin/realms/{REALM}"
    headers = {"Authorization": f"Bearer {token}"}
    for allowed in ("users", "clients", "organizations"):
        assert requests.get(f"{base}/{allowed}", headers=headers, timeout=30).status_code == 200
    for refused in ("events", "admin-events", "identity-provider/instances"):
        assert requests.get(f"{base}/{refused}", headers=headers, timeout=30).status_code == 403
    assert requests.put(base, headers=headers, json={"bruteForceProtected": False}, timeout=30).status_code == 403
    assert requests.get(f"{keycloak.url}/admin/realms/master", headers=headers, timeout=30).status_code in (401, 403)


def test_short_passwords_are_refused(keycloak: RunningKeycloak) -> None:
    admin = keycloak.admin
    user = admin.create_user({"username": "short", "enabled": True})
    answer = admin.connection.raw_put(
        f"admin/realms/{REALM}/users/{user}/reset-password",
        data=json.dumps({"type": "password", "value": "elevenchars", "temporary": False}),
    )
    assert answer.status_code == 400


def test_guessing_a_password_locks_the_account_for_a_while(keycloak: RunningKeycloak) -> None:
    admin = keycloak.admin
    user = admin.create_user({"username": "guessed", "enabled": True})
    admin.set_user_password(user, "the-right-password", temporary=False)
    assert keycloak.password_token("guessed", "the-right-password")
    for attempt in range(11):
        with pytest.raises(requests.HTTPError):
            keycloak.password_token("guessed", f"a-wrong-password-{attempt}")
    with pytest.raises(requests.HTTPError):
        keycloak.password_token("guessed", "the-right-password")


def _export(keycloak: RunningKeycloak) -> dict[str, Any]:
    """What the job is responsible for, in a form that can be compared."""
    admin = keycloak.admin
    found = {client["clientId"]: client for client in admin.get_clients()}
    clients = {
        name: {key: found[name][key] for key in settings}
        | {"scopes": sorted(found[name]["defaultClientScopes"]), "secret": found[name].get("secret")}
        for name, (settings, _) in realm_clients().items()
    }
    scopes = {
        scope["name"]: sorted(
            [mapper["name"], mapper["protocolMapper"], sorted(mapper["config"].items())]
            for mapper in scope.get("protocolMappers", [])
        )
        for scope in admin.get_client_scopes()
    }
    realm = keycloak.server.admin.client("master").get_realm(REALM)
    return {"clients": clients, "scopes": scopes, "realm": realm}
