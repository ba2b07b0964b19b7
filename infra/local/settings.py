"""What the local stack reads from the environment (prefix `ZHULIAN_`); `.env` of the checkout fills it first."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.keycloak.admin import AdminAccess
from infra.postgres import Server


class StackSettings(BaseSettings):
    """`*_port`: the port that is tried first; another free one is taken when somebody has it.

    `authorities`: platforms that labour files with instead of the simulator, which is not started then.
    `external_*`: a component that runs elsewhere and is used instead of starting our own. PostgreSQL: the address of
    somebody who may make databases and roles (`postgresql://admin:password@host:port`). NATS: its address, the user
    who may make streams, and the password of every service's user (JSON; `python -m infra.nats users` prints the
    users to put into the server's configuration). Keycloak: its address and an administrator of the master realm.
    """

    model_config = SettingsConfigDict(env_prefix="ZHULIAN_", extra="ignore", frozen=True, hide_input_in_errors=True)

    authorities: dict[str, str] = Field(default_factory=dict)
    authority_port: int = Field(default=8090, ge=1, le=65535)
    gateway_port: int = Field(default=8000, ge=1, le=65535)
    keycloak_port: int = Field(default=8080, ge=1, le=65535)
    nats_port: int = Field(default=4222, ge=1, le=65535)
    postgres_port: int = Field(default=5432, ge=1, le=65535)

    external_postgres_url: SecretStr | None = None
    external_nats_url: str | None = None
    external_nats_user: str = "admin"
    external_nats_password: SecretStr | None = None
    external_nats_service_passwords: dict[str, SecretStr] = Field(default_factory=dict)
    external_keycloak_url: str | None = None
    external_keycloak_user: str = "admin"
    external_keycloak_password: SecretStr | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.external_nats_url and not self.external_nats_password:
            raise ValueError("ZHULIAN_EXTERNAL_NATS_URL needs ZHULIAN_EXTERNAL_NATS_PASSWORD")
        if self.external_keycloak_url and not self.external_keycloak_password:
            raise ValueError("ZHULIAN_EXTERNAL_KEYCLOAK_URL needs ZHULIAN_EXTERNAL_KEYCLOAK_PASSWORD")
        return self

    def external_postgres(self) -> Server | None:
        """The PostgreSQL server that runs elsewhere, if any."""
        url = self.external_postgres_url
        return None if url is None else Server.from_url(url.get_secret_value())

    def external_keycloak(self) -> AdminAccess | None:
        """The Keycloak that runs elsewhere, if any."""
        if self.external_keycloak_url is None or self.external_keycloak_password is None:
            return None
        password = self.external_keycloak_password.get_secret_value()
        return AdminAccess(self.external_keycloak_url.rstrip("/"), self.external_keycloak_user, password)
