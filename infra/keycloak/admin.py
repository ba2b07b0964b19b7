"""A way into Keycloak's admin API."""

from __future__ import annotations

from dataclasses import dataclass

from keycloak import KeycloakAdmin, KeycloakOpenIDConnection

TIMEOUT = 30  # seconds; making a realm takes a few


@dataclass(frozen=True, slots=True)
class AdminAccess:
    """Where Keycloak is and an administrator of its master realm."""

    url: str
    username: str
    password: str

    def client(self, realm: str) -> KeycloakAdmin:
        """A client of the admin API that works on `realm`."""
        connection = KeycloakOpenIDConnection(
            server_url=self.url,
            username=self.username,
            password=self.password,
            realm_name=realm,
            user_realm_name="master",
            timeout=TIMEOUT,
        )
        return KeycloakAdmin(connection=connection)
