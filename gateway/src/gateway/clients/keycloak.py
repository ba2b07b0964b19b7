"""Keycloak's admin API, as far as access needs it: bring one thing into the wanted state, safe to repeat.

Organisation groups are reachable only through the organisation API, for which python-keycloak has no calls, so its
connection (tokens, their refresh) is used with paths of our own. Every method first looks, then makes or changes; what
another run has done meanwhile (409, 404) is as good as done.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast
from uuid import UUID

from keycloak import KeycloakError, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError

from chassis.errors import FailedPrecondition, Unavailable

TIMEOUT: Final = 15  # seconds for one call; making an organisation takes one
MOST_GROUPS: Final = 100
CLOCKS_APART: Final = timedelta(minutes=1)
Json = Any


class Answer(Protocol):
    """What the library's HTTP client answers."""

    status_code: int
    headers: Mapping[str, str]

    def json(self) -> Json:
        """The body."""
        ...


@dataclass(frozen=True, slots=True)
class WantedOrganisation:
    """An organisation as tokens show it; the alias is the USCC in lower case."""

    id: UUID
    uscc: str
    name: str
    kinds: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class WantedMember:
    """A person. `subject` is the user's id when it is known; `password` is set when it is not empty."""

    username: str
    name: str
    roles: tuple[str, ...]
    enabled: bool
    subject: str
    password: str
    since: datetime


@dataclass(frozen=True, slots=True)
class WantedClient:
    """An API client; `secret` is set when it is not empty."""

    client_id: str
    name: str
    roles: tuple[str, ...]
    enabled: bool
    secret: str


@dataclass(frozen=True, slots=True)
class FoundOrganisation:
    """An organisation that somebody else made in Keycloak."""

    id: UUID
    uscc: str
    name: str
    kinds: tuple[str, ...]


class Keycloak:
    """One realm, through an admin client with client credentials."""

    def __init__(self, url: str, realm: str, client_id: str, client_secret: str) -> None:
        self._base = f"admin/realms/{realm}"
        self._connection = KeycloakOpenIDConnection(
            server_url=url,
            realm_name=realm,
            user_realm_name=realm,
            client_id=client_id,
            client_secret_key=client_secret,
            timeout=TIMEOUT,
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._connection.aclose()
        await self._connection.keycloak_openid.connection.aclose()

    async def apply_organisation(self, wanted: WantedOrganisation) -> str:
        """Make the organisation or bring it up to date; its id in Keycloak."""
        payload: dict[str, Json] = {
            # Names must be unique in Keycloak but are not in life; the code is.
            "name": wanted.uscc,
            "description": wanted.name,
            "alias": wanted.uscc.lower(),
            "enabled": wanted.enabled,
            "attributes": {"organisation_id": [str(wanted.id)], "kind": list(wanted.kinds)},
        }
        found = await self._organisation(wanted.id)
        if found is None:
            answer = await self._post("organizations", payload, accept=(409,))
            if answer.status_code != 409:
                return _made(answer)
            found = await self._organisation(wanted.id)
            if found is None:
                raise _foreign(f"organisation {wanted.uscc}")
        await self._put(f"organizations/{found}", {**payload, "id": found})
        return found

    async def apply_member(self, organisation: str, wanted: WantedMember) -> str:
        """Make the person a member with exactly these roles, or shut the account; the user's id ("" for none)."""
        user = wanted.subject or await self._own_user(wanted)
        if not user:
            if not wanted.enabled:
                return ""
            user = await self._make_user(wanted)
        else:
            await self._put(f"users/{user}", {"firstName": wanted.name, "enabled": wanted.enabled})
            if wanted.password and wanted.enabled:
                await self._set_password(user, wanted.password)
        if wanted.enabled:
            await self._join(organisation, user, wanted.roles)
        else:
            await self._delete(f"organizations/{organisation}/members/{user}", accept=(404,))
            await self._post(f"users/{user}/logout", {})
        return user

    async def apply_client(self, organisation: str, wanted: WantedClient) -> None:
        """Make the client with a service account that has exactly these roles, or shut it."""
        found = await self._client(wanted.client_id)
        if found is None and not wanted.enabled:
            return
        payload: dict[str, Json] = {
            "clientId": wanted.client_id,
            "name": wanted.name,
            "enabled": wanted.enabled,
            "publicClient": False,
            "clientAuthenticatorType": "client-secret",
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "implicitFlowEnabled": False,
            "directAccessGrantsEnabled": False,
            "fullScopeAllowed": False,
        }
        if wanted.secret:
            payload["secret"] = wanted.secret
        if found is None:
            # A client that was deleted by hand comes back with a secret that nobody knows: it must be rotated.
            payload.setdefault("secret", secrets.token_urlsafe(32))
            await self._post("clients", payload, accept=(409,))
            found = await self._client(wanted.client_id)
        else:
            await self._put(f"clients/{found}", payload)
        if wanted.enabled:
            account = await self._get(f"clients/{found}/service-account-user")
            await self._join(organisation, account["id"], wanted.roles)

    async def organisations_of_kind(self, kind: str) -> list[FoundOrganisation]:
        """The organisations of a kind that carry an id of the platform."""
        rows = await self._get("organizations", q=f"kind:{kind}", briefRepresentation="false", max=MOST_GROUPS)
        found = []
        for row in rows:
            attributes = row.get("attributes", {})
            identifiers = attributes.get("organisation_id", [])
            if len(identifiers) == 1:
                kinds = tuple(attributes.get("kind", ()))
                found.append(FoundOrganisation(UUID(identifiers[0]), row["alias"].upper(), row["name"], kinds))
        return found

    async def _organisation(self, organisation_id: UUID) -> str | None:
        rows = await self._get("organizations", q=f"organisation_id:{organisation_id}")
        return str(rows[0]["id"]) if rows else None

    async def _own_user(self, wanted: WantedMember) -> str:
        """A user that an earlier run made before it died; one that was there before us is somebody else's."""
        for row in await self._get("users", username=wanted.username, exact="true"):
            made = datetime.fromtimestamp(row["createdTimestamp"] / 1000, wanted.since.tzinfo)
            if made < wanted.since - CLOCKS_APART:
                raise _foreign("user of this name")
            return str(row["id"])
        return ""

    async def _make_user(self, wanted: WantedMember) -> str:
        payload: dict[str, Json] = {"username": wanted.username, "firstName": wanted.name, "enabled": True}
        if wanted.password:
            # In the same call: a user without a password, or with another one, never exists.
            payload["credentials"] = [{"type": "password", "value": wanted.password, "temporary": False}]
        answer = await self._post("users", payload, accept=(409,))
        return await self._own_user(wanted) if answer.status_code == 409 else _made(answer)

    async def _set_password(self, user: str, password: str) -> None:
        await self._put(f"users/{user}/reset-password", {"type": "password", "value": password, "temporary": False})
        await self._post(f"users/{user}/logout", {})

    async def _client(self, client_id: str) -> str | None:
        rows = await self._get("clients", clientId=client_id)
        return str(rows[0]["id"]) if rows else None

    async def _join(self, organisation: str, user: str, roles: Iterable[str]) -> None:
        """Membership, and the groups of exactly these roles."""
        members = f"organizations/{organisation}/members"
        await self._call("post", members, data=json.dumps(user), accept=(409,))
        present = {row["name"]: row["id"] for row in await self._get(f"{members}/{user}/groups", max=MOST_GROUPS)}
        wanted = set(roles)
        for role in present.keys() - wanted:
            await self._delete(f"organizations/{organisation}/groups/{present[role]}/members/{user}")
        if wanted - present.keys():
            groups = await self._groups(organisation, wanted)
            for role in wanted - present.keys():
                path = f"organizations/{organisation}/groups/{groups[role]}/members/{user}"
                await self._call("put", path, data="", accept=(409,))

    async def _groups(self, organisation: str, roles: Iterable[str]) -> dict[str, str]:
        """The ids of the groups of these roles; missing ones are made."""
        path = f"organizations/{organisation}/groups"
        known = {row["name"]: row["id"] for row in await self._get(path, max=MOST_GROUPS)}
        missing = set(roles) - known.keys()
        for role in missing:
            await self._post(path, {"name": role}, accept=(409,))
        if missing:
            known = {row["name"]: row["id"] for row in await self._get(path, max=MOST_GROUPS)}
        return known

    async def _get(self, path: str, **query: Json) -> Json:
        return (await self._call("get", path, **query)).json()

    async def _post(self, path: str, payload: Json, accept: tuple[int, ...] = ()) -> Answer:
        return await self._call("post", path, data=json.dumps(payload), accept=accept)

    async def _put(self, path: str, payload: Json) -> None:
        await self._call("put", path, data=json.dumps(payload))

    async def _delete(self, path: str, accept: tuple[int, ...] = ()) -> None:
        await self._call("delete", path, accept=accept)

    async def _call(self, method: str, path: str, accept: tuple[int, ...] = (), **more: Json) -> Answer:
        send = getattr(self._connection, f"a_raw_{method}")
        try:
            answer = cast(Answer, await send(f"{self._base}/{path}", **more))
        except KeycloakConnectionError:
            raise _away() from None
        except KeycloakError as error:
            # Only getting the admin client's own token raises these.
            if error.response_code is None or error.response_code >= 500:
                raise _away() from None
            raise
        if answer.status_code >= 500:
            raise _away()
        if answer.status_code >= 400 and answer.status_code not in accept:
            # The path names what was refused; Keycloak's text may repeat what was sent.
            raise RuntimeError(f"Keycloak answered {answer.status_code} to {method} {path.split('/')[0]}")
        return answer


def _made(answer: Answer) -> str:
    return answer.headers["Location"].rsplit("/", 1)[-1]


def _away() -> Unavailable:
    return Unavailable(
        "KEYCLOAK_UNAVAILABLE",
        zh="身份服务暂时不可用。",
        en="Keycloak is away for the moment.",
        retry_after=2,
    )


def _foreign(what: str) -> FailedPrecondition:
    return FailedPrecondition(
        "FOREIGN_IN_KEYCLOAK",
        zh=f"身份服务中已存在不属于本平台记录的对象:{what}。",
        en=f"Keycloak holds something that is not ours: {what}.",
    )
