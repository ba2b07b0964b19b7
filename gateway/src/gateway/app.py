"""Composition of the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.runtime import Runtime, Service
from gateway import api
from gateway.access.secrets import Cipher
from gateway.clients.keycloak import Keycloak
from gateway.clients.usage import Usage
from gateway.edge.around import wrap
from gateway.edge.proxy import Bounds, Proxy
from gateway.jobs import JOBS
from gateway.models import TABLES
from gateway.settings import GatewaySettings


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; what stands in `channels` is closed with the process."""
    settings: GatewaySettings = runtime.settings
    keycloak = Keycloak(
        settings.keycloak_url,
        settings.keycloak_realm,
        settings.keycloak_admin_client_id,
        settings.keycloak_admin_client_secret.get_secret_value(),
    )
    cipher = Cipher({name: key.get_secret_value() for name, key in settings.encryption_keys.items()})
    usage = Usage(runtime.works, runtime.clock)
    usage.start()
    proxy = Proxy(settings.upstreams, Bounds(connect=settings.connect_timeout, total=settings.total_timeout))
    return {
        "keycloak": keycloak,
        "cipher": cipher,
        "usage": usage,
        "proxy": proxy,
        "channels": [proxy, usage, keycloak],
    }


SERVICE = Service(
    name="gateway",
    package="gateway",
    area="access",
    title="Zhulian access 组织与接入",
    description="Organisations, their members and API clients; the edge before all services.",
    router=api.router,
    tables=TABLES,
    settings=GatewaySettings,
    jobs=JOBS,
    clients=connect,
    wrap=wrap,
)
