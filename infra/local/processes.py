"""The processes that are ours, and the environment that each one gets: the one table of who is told what."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from infra.contracts.paths import EVERYONE, GATEWAY, SERVICES, Service
from infra.keycloak.realm import ACCESS_CLIENT, REALM
from infra.local.ports import Ports
from infra.local.secret_store import SecretStore
from infra.nats import Credentials
from infra.places import CODES, FILES, TELEMETRY
from infra.postgres import DatabaseAddresses
from infra.programs import LOOPBACK, Program

LABOUR = next(service for service in SERVICES if service.package == "labour")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the processes need to know about everything else.

    `authorities`: where the platforms of our simulator listen; empty where labour is told of others.
    """

    ports: Ports
    databases: Mapping[str, DatabaseAddresses]
    nats_url: str
    nats_users: Mapping[str, Credentials]
    keycloak_url: str
    secrets: SecretStore
    authorities: Mapping[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """The `iss` of every token."""
        return f"{self.keycloak_url}/realms/{REALM}"


def present(only: Iterable[str] = ()) -> tuple[Service, ...]:
    """The processes that can be started, all of them unless some are named.

    Raises:
        ValueError: a name that nobody has.
    """
    names = set(only)
    unknown = names - {service.name for service in EVERYONE}
    if unknown:
        raise ValueError(f"there is no process called {', '.join(sorted(unknown))}")
    able = (service for service in EVERYONE if (service.source / "__main__.py").exists())
    return tuple(service for service in able if not names or service.name in names)


def serve(service: Service, around: Surroundings) -> Program:
    """How to run a process."""
    return Program(
        service.name, (sys.executable, "-m", service.package, "serve"), _common(service, around) | _own(service, around)
    )


def migrate(service: Service, database: DatabaseAddresses) -> Program:
    """How to bring a process's database up to date; only this gets the owner's password."""
    environment = {
        "ZHULIAN_MIGRATION_DATABASE_URL": database.owner_url,
        "ZHULIAN_RUNTIME_ROLE": database.runtime_role,
    }
    return Program(f"migrate {service.name}", (sys.executable, "-m", service.package, "migrate"), environment)


def _common(service: Service, around: Surroundings) -> dict[str, str]:
    nats = around.nats_users[service.name]
    environment = {
        "ZHULIAN_REST_HOST": LOOPBACK,
        "ZHULIAN_REST_PORT": str(around.ports.rest[service.name]),
        "ZHULIAN_DATABASE_URL": around.databases[service.package].runtime_url,
        "ZHULIAN_NATS_URL": around.nats_url,
        "ZHULIAN_NATS_USER": nats.user,
        "ZHULIAN_NATS_PASSWORD": nats.password,
        "ZHULIAN_ISSUER": around.issuer,
        "ZHULIAN_CLIENT_ID": service.name,
        "ZHULIAN_CLIENT_SECRET": around.secrets.token(f"client.{service.name}"),
        "ZHULIAN_TELEMETRY_DIR": str(TELEMETRY),
    }
    for other in SERVICES:
        environment[f"ZHULIAN_{other.area.upper()}_GRPC"] = f"{LOOPBACK}:{around.ports.grpc[other.name]}"
    if service.name in around.ports.grpc:
        environment |= {
            "ZHULIAN_GRPC_HOST": LOOPBACK,
            "ZHULIAN_GRPC_PORT": str(around.ports.grpc[service.name]),
        }
    return environment


def _own(service: Service, around: Surroundings) -> dict[str, str]:
    """What only one process is told."""
    secrets = around.secrets
    if service.name in ("labour", "procurement"):
        keys = {
            "ZHULIAN_ENCRYPTION_KEYS": json.dumps({"k1": secrets.key(f"{service.name}.encryption.k1")}),
            "ZHULIAN_BLIND_INDEX_KEY": secrets.key(f"{service.name}.blind_index"),
            "ZHULIAN_FILES_DIR": str(FILES[service.name]),
        }
        if service == LABOUR:
            keys["ZHULIAN_CODES_DIR"] = str(CODES)
            if around.authorities:
                keys["ZHULIAN_AUTHORITIES"] = json.dumps(dict(around.authorities))
        if service.name == "procurement":
            keys["ZHULIAN_SEALING_KEYS"] = json.dumps({"k1": secrets.key("procurement.sealing.k1")})
        return keys
    if service == GATEWAY:
        upstreams = {each.area: f"http://{LOOPBACK}:{around.ports.rest[each.name]}" for each in SERVICES}
        return {
            "ZHULIAN_UPSTREAMS": json.dumps(upstreams),
            "ZHULIAN_KEYCLOAK_URL": around.keycloak_url,
            "ZHULIAN_KEYCLOAK_REALM": REALM,
            "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_ID": ACCESS_CLIENT,
            "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_SECRET": secrets.token(f"client.{ACCESS_CLIENT}"),
            "ZHULIAN_ENCRYPTION_KEYS": json.dumps({"k1": secrets.key("gateway.encryption.k1")}),
        }
    return {}
