"""What the realm must look like, as data. `configure.py` brings Keycloak into this state.

Two kinds of tokens are given out: public ones (`aud: zhulian`, with the caller's organisation) for people and
API clients, and internal ones (`aud: zhulian-internal`, without) for our services among themselves. No client
gives both.
"""

from __future__ import annotations

from typing import Any, Final

REALM: Final = "zhulian"
PUBLIC_AUDIENCE: Final = "zhulian"
INTERNAL_AUDIENCE: Final = "zhulian-internal"

ACCESS_TOKEN_SECONDS: Final = 300
DAY: Final = 24 * 60 * 60

SETTINGS: Final[dict[str, Any]] = {
    "enabled": True,
    "displayName": "Zhulian 筑联",
    "organizationsEnabled": True,
    "sslRequired": "external",  # plain HTTP on loopback only
    "registrationAllowed": False,
    "resetPasswordAllowed": False,
    "rememberMe": False,
    "accessTokenLifespan": ACCESS_TOKEN_SECONDS,
    "ssoSessionIdleTimeout": 30 * 60,
    "ssoSessionMaxLifespan": 10 * 60 * 60,
    "defaultSignatureAlgorithm": "RS256",
    "passwordPolicy": "length(12) and maxLength(128) and notUsername(undefined) and notEmail(undefined)",
    "bruteForceProtected": True,
    "permanentLockout": False,
    "failureFactor": 10,
    "waitIncrementSeconds": 60,
    "maxFailureWaitSeconds": 15 * 60,
    "maxDeltaTimeSeconds": 12 * 60 * 60,
    "eventsEnabled": True,  # refused logins and what administrators changed; all logins would be a row per token
    "enabledEventTypes": ["LOGIN_ERROR", "CLIENT_LOGIN_ERROR", "UPDATE_CREDENTIAL"],
    "eventsExpiration": 90 * DAY,
    "adminEventsEnabled": True,
    "adminEventsDetailsEnabled": False,  # the details would hold client secrets
    "internationalizationEnabled": True,
    "supportedLocales": ["zh-CN", "en"],
    "defaultLocale": "zh-CN",
}

IN_TOKEN: Final = {"access.token.claim": "true", "introspection.token.claim": "true", "id.token.claim": "true"}


def _mapper(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": config}


def _audience(audience: str) -> list[dict[str, Any]]:
    config = {"included.custom.audience": audience, "access.token.claim": "true"}
    return [_mapper("audience", "oidc-audience-mapper", config)]


# Client scopes and the claims that they put into tokens.
SCOPES: Final[dict[str, list[dict[str, Any]]]] = {
    "organization": [
        _mapper(
            "organization",
            "oidc-organization-membership-mapper",
            IN_TOKEN
            | {
                "claim.name": "organization",
                "jsonType.label": "JSON",
                "multivalued": "true",
                "addOrganizationId": "true",
                "addOrganizationAttributes": "true",
            },
        ),
        _mapper("organization-groups", "oidc-organization-group-membership-mapper", IN_TOKEN),
    ],
    PUBLIC_AUDIENCE: _audience(PUBLIC_AUDIENCE),
    INTERNAL_AUDIENCE: _audience(INTERNAL_AUDIENCE),
}

# `basic` brings `sub`. Names, mail addresses and Keycloak's own roles stay out of our tokens.
PUBLIC_SCOPES: Final = ("basic", "organization", PUBLIC_AUDIENCE)
INTERNAL_SCOPES: Final = ("basic", INTERNAL_AUDIENCE)

SERVICES: Final = ("project-mgmt", "labour", "procurement", "equipment-leasing", "gateway")
ACCESS_CLIENT: Final = "zhulian-access"  # the gateway's access module: makes organisations, members and API clients
ACCESS_ROLES: Final = (
    "manage-clients",
    "manage-organizations",
    "manage-users",
    "query-clients",
    "query-organizations",
    "query-users",
    "view-clients",
    "view-organizations",
    "view-users",
)
DEMO_CLIENT: Final = "zhulian-demo"  # people of the demo and of tests log in by password through it

_CONFIDENTIAL: Final[dict[str, Any]] = {
    "enabled": True,
    "publicClient": False,
    "serviceAccountsEnabled": True,
    "standardFlowEnabled": False,
    "implicitFlowEnabled": False,
    "directAccessGrantsEnabled": False,
    "clientAuthenticatorType": "client-secret",
}


def clients() -> dict[str, tuple[dict[str, Any], tuple[str, ...]]]:
    """Every client by its id: its settings (without secret) and its client scopes."""
    wanted: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        service: (_CONFIDENTIAL | {"fullScopeAllowed": False}, INTERNAL_SCOPES) for service in SERVICES
    }
    # Keycloak judges its admin API by what the client may carry: hence the full scope, though the token shows
    # nothing.
    wanted[ACCESS_CLIENT] = (_CONFIDENTIAL | {"fullScopeAllowed": True}, ("basic",))
    wanted[DEMO_CLIENT] = (
        {
            "enabled": True,
            "publicClient": True,
            "serviceAccountsEnabled": False,
            "standardFlowEnabled": False,
            "implicitFlowEnabled": False,
            "directAccessGrantsEnabled": True,
            "fullScopeAllowed": False,
        },
        PUBLIC_SCOPES,
    )
    return wanted
