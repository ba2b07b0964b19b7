"""Which ports the stack listens on: the usual ones, and free ones where somebody has the usual one."""

from __future__ import annotations

from dataclasses import dataclass

from infra import programs
from infra.contracts.paths import GATEWAY, SERVICES
from infra.local.settings import StackSettings

FIRST_REST = 8001
FIRST_GRPC = 9001
MANAGEMENT = 9100  # Keycloak's health


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of one run; `rest` and `grpc` by service name (the gateway answers no gRPC)."""

    postgres: int
    nats: int
    keycloak: int
    keycloak_management: int
    rest: dict[str, int]
    grpc: dict[str, int]


def choose(settings: StackSettings) -> Ports:
    """Choose all ports at once, no two alike."""
    taken: set[int] = set()

    def take(usual: int) -> int:
        port = programs.free_port(usual)
        while port in taken:
            port = programs.free_port()
        taken.add(port)
        return port

    rest = {service.name: take(FIRST_REST + index) for index, service in enumerate(SERVICES)}
    return Ports(
        postgres=take(settings.postgres_port),
        nats=take(settings.nats_port),
        keycloak=take(settings.keycloak_port),
        keycloak_management=take(MANAGEMENT),
        rest=rest | {GATEWAY.name: take(settings.gateway_port)},
        grpc={service.name: take(FIRST_GRPC + index) for index, service in enumerate(SERVICES)},
    )
