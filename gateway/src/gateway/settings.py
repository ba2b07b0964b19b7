"""What the gateway reads from its environment, besides what every service reads."""

from __future__ import annotations

from pydantic import Field, SecretStr

from chassis.settings import Settings

MEBIBYTE = 1024 * 1024


class EdgeSettings(Settings):
    """`upstreams`: area → base address (JSON). Bodies in bytes, times in seconds.

    `rate_limit_requests` calls in `rate_limit_window` seconds for each client (client id and organisation;
    the address for whoever has no token), counted by each gateway process for itself.
    """

    upstreams: dict[str, str]
    body_limit: int = Field(default=10 * MEBIBYTE, ge=1)
    connect_timeout: float = Field(default=2.0, gt=0)
    total_timeout: float = Field(default=30.0, gt=0)
    rate_limit_requests: int = Field(default=6000, ge=1)
    rate_limit_window: int = Field(default=60, ge=1)


class GatewaySettings(EdgeSettings):
    """The admin client that access uses in Keycloak, and the keys for secrets on their way there.

    `encryption_keys`: key id → base64 of 32 bytes (JSON); the last one encrypts, all decrypt.
    """

    keycloak_url: str
    keycloak_realm: str = "zhulian"
    keycloak_admin_client_id: str
    keycloak_admin_client_secret: SecretStr
    encryption_keys: dict[str, SecretStr]
