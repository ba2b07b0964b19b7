"""Composition of the gateway."""

from __future__ import annotations

from chassis.runtime import Service
from gateway import api, composition
from gateway.jobs import JOBS
from gateway.models import TABLES
from gateway.settings import GatewaySettings

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
    clients=composition.connect,
    wrap=composition.wrap,
)
