"""Which ports the stack listens on: the usual ones, and free ones where somebody has the usual one."""

from __future__ import annotations

import fcntl
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from infra import programs
from infra.contracts.paths import GATEWAY, SERVICES
from infra.local.settings import StackSettings

FIRST_REST = 8001
FIRST_GRPC = 9001
MANAGEMENT = 9100  # Keycloak's health


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of one run; `rest` and `grpc` by service name (the gateway answers no gRPC).

    `claims` are the descriptors that keep other stacks away, see `_claim`.
    """

    postgres: int
    nats: int
    keycloak: int
    keycloak_management: int
    authority: int
    rest: dict[str, int]
    grpc: dict[str, int]
    claims: list[int] = field(default_factory=list, repr=False, compare=False)

    def release(self) -> None:
        """Give the ports back."""
        while self.claims:
            os.close(self.claims.pop())


def choose(settings: StackSettings) -> Ports:
    """Choose all ports at once, no two alike."""
    claims: list[int] = []

    def take(usual: int) -> int:
        port = programs.free_port(usual)
        while (claim := _claim(port)) is None:
            port = programs.free_port()
        claims.append(claim)
        return port

    rest = {service.name: take(FIRST_REST + index) for index, service in enumerate(SERVICES)}
    return Ports(
        postgres=take(settings.postgres_port),
        nats=take(settings.nats_port),
        keycloak=take(settings.keycloak_port),
        keycloak_management=take(MANAGEMENT),
        authority=take(settings.authority_port),
        rest=rest | {GATEWAY.name: take(settings.gateway_port)},
        grpc={service.name: take(FIRST_GRPC + index) for index, service in enumerate(SERVICES)},
        claims=claims,
    )


def _claim(port: int) -> int | None:
    """Tell other stacks of this machine that a port is ours; None when it is one of theirs.

    Half a minute goes by until the last process listens; two stacks that start side by side (two checkouts, or tests
    beside a running one) would choose the same ports. The kernel gives a lock back when its holder ends.
    """
    folder = Path(tempfile.gettempdir()) / f"zhulian-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    claim = os.open(folder / str(port), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return None
    return claim
