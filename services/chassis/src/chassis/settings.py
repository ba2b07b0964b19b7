"""What a process reads from its environment: prefix `ZHULIAN_`, secrets as `SecretStr`, no files.

Whoever starts the process (infra.local, Compose, Helm) sets these; `.env.example` lists them all.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.crypto import Vault

LOOPBACK = "127.0.0.1"


class Environment(BaseSettings):
    """Settings are read once, at the start of a process, and never change after it."""

    model_config = SettingsConfigDict(
        env_prefix="ZHULIAN_", extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )


class TelemetrySettings(Environment):
    """Logs, traces and metrics; every command of a process has them.

    `otlp_endpoint` (OTEL_EXPORTER_OTLP_ENDPOINT) sends spans and metrics to a collector; without it they go
    as JSON lines below `telemetry_dir`, and without both they go nowhere. `trace_ratio` (0 to 1) is the part
    of the traces without a parent that is recorded. `metrics_interval` is in seconds.
    """

    log_level: str = "INFO"
    telemetry_dir: Path | None = None
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    trace_ratio: float = Field(default=1.0, ge=0.0, le=1.0)
    metrics_interval: float = Field(default=10.0, gt=0.0)


class MigrationSettings(Environment):
    """What only `migrate` gets: the owner's connection, and the runtime role that receives grants."""

    migration_database_url: SecretStr
    runtime_role: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")


class Settings(TelemetrySettings):
    """What `serve` and the other commands of a running service need. Services add their own in a subclass.

    `database_url` is that of the runtime role (no DDL). `client_id` and `client_secret` are those of the
    service's own client in the realm, which is also the audience's caller name on gRPC. Where
    the services are that it asks (`host:port`), a service says in its own settings.
    """

    rest_host: str = LOOPBACK
    rest_port: int = Field(ge=1, le=65535)
    grpc_host: str = LOOPBACK
    grpc_port: int | None = Field(default=None, ge=1, le=65535)

    database_url: SecretStr
    database_pool_size: int = Field(default=10, ge=2, le=100)

    nats_url: str
    nats_user: str
    nats_password: SecretStr

    issuer: str
    client_id: str
    client_secret: SecretStr


class VaultSettings(Settings):
    """Those of a service that keeps identity or bank numbers (design rule 11).

    `encryption_keys` is JSON, `{"k1": "<base64 of 32 bytes>"}`; every key decrypts, the last one encrypts.
    `blind_index_key` is base64 of at least 32 bytes; it never changes, or nobody is found again.
    """

    encryption_keys: dict[str, SecretStr]
    blind_index_key: SecretStr

    @field_validator("encryption_keys")
    @classmethod
    def _not_empty(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        return keys

    def vault(self) -> Vault:
        """The vault that these keys open."""
        keys = {name: key.get_secret_value() for name, key in self.encryption_keys.items()}
        return Vault.from_text(keys, self.blind_index_key.get_secret_value())


class FileSettings(Settings):
    """Those of a service that takes files.

    `files_dir`: where uploaded files lie, shared by all processes of the service. `clamd`: where the virus scanner
    listens, `host:port` or the path of a unix socket; without it files are kept as `unscanned`.
    """

    files_dir: Path
    clamd: str | None = None
