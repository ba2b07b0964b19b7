"""The whole stack: what starts when, what stops when, and what stack.json says about it."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Mapping
from typing import Any

from infra.contracts.paths import GATEWAY, Service
from infra.keycloak.realm import REALM
from infra.local import control, migrations, ports, processes, stack_file
from infra.local.components import Components
from infra.local.console import Console
from infra.local.follow import LogFollower
from infra.local.processes import Surroundings
from infra.local.secret_store import SecretStore
from infra.local.settings import StackSettings
from infra.local.supervisor import Supervised
from infra.postgres import DatabaseAddresses
from infra.programs import LOOPBACK

STOP_ORDER = ("authority", "keycloak", "nats", "postgres")  # after our own processes


class Stack:
    """One run. `start` returns when everything is ready; after it, whatever ends is started again until `stop`."""

    def __init__(self, services: tuple[Service, ...], console: Console) -> None:
        self.services = services
        self.console = console
        self.secrets = SecretStore()
        self.settings = StackSettings()
        self.ports = ports.choose(self.settings)
        self.components = Components(self.settings, self.secrets, self.ports, console, self.write_addresses)
        self.running: dict[str, Supervised] = {}
        self.databases: dict[str, DatabaseAddresses] = {}
        self._logs = LogFollower(console)
        self._follower: asyncio.Task[None] | None = None
        self._is_ready = False

    async def start(self) -> None:
        """Start everything in order.

        Raises:
            StartError: something did not start; call `stop` all the same.
        """
        began = time.monotonic()
        control.release_all()
        control.set_phase("starting")
        self._follow_logs()
        await self.components.prepare_keycloak()
        server = await self.components.start_postgres()
        self.databases = await self.components.make_databases(server, self.services)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.components.start_keycloak(server))
            group.create_task(self.components.start_nats(tuple(each.name for each in self.services)))
            if processes.LABOUR in self.services:
                group.create_task(self.components.start_authority())
            group.create_task(migrations.migrate(self.services, self.databases, self.console, always=self._elsewhere))
        await self._start_services()
        self._is_ready = True
        self.write_addresses()
        control.set_phase("ready")
        self.console.say("stack", f"ready in {time.monotonic() - began:.1f} s", "bold")

    async def stop(self) -> None:
        """Stop our processes, then the simulator, Keycloak, NATS and PostgreSQL; nobody loses what it stands on."""
        control.set_phase("stopping")
        self._is_ready = False
        await asyncio.gather(*(each.stop() for each in self.running.values()))
        for name in STOP_ORDER:
            if name in self.components.running:
                await self.components.running[name].stop()
        if self._follower is not None:
            self._follower.cancel()
            self._logs.read_new_lines()
        self.write_addresses()
        control.set_phase("stopped")
        self.console.say("stack", "stopped")

    @property
    def _elsewhere(self) -> bool:
        """Whether the databases are somebody else's: our notes about them are not to be trusted then."""
        return self.settings.external_postgres_url is not None

    def _follow_logs(self) -> None:
        for name in (*reversed(STOP_ORDER), *(each.name for each in self.services)):
            self._logs.add(name)
        self._follower = asyncio.create_task(self._logs.run(), name="follow logs")

    async def _start_services(self) -> None:
        around = Surroundings(
            self.ports,
            self.databases,
            self.components.nats_url,
            self.components.nats_users,
            self.components.keycloak_url,
            self.secrets,
            self.components.authorities,
        )
        for service in self.services:
            port = self.ports.rest[service.name]
            program = processes.serve(service, around)
            self.running[service.name] = Supervised(program, _answers(port), self.console, self.write_addresses)
        await asyncio.gather(*(each.start() for each in self.running.values()))
        for supervised in self.running.values():
            await supervised.wait()

    def write_addresses(self) -> None:
        """Write stack.json, once everything has been ready for the first time."""
        server = self.components.server
        if server is None or not (self._is_ready or stack_file.read()):
            return
        stack_file.write_addresses(self._addresses(server.host, server.port), self.components.operator())

    def _addresses(self, host: str, port: int) -> Mapping[str, Any]:
        pid = self.components.pid
        keycloak = self.components.keycloak_url
        services = {
            service.name: {
                "rest": f"http://{LOOPBACK}:{self.ports.rest[service.name]}",
                "grpc": f"{LOOPBACK}:{self.ports.grpc[service.name]}" if service.name in self.ports.grpc else None,
                "database": self.databases[service.package].runtime_url,
                "pid": self.running[service.name].pid if service.name in self.running else None,
            }
            for service in self.services
            if service.package in self.databases
        }
        return {
            "gateway": {"url": f"http://{LOOPBACK}:{self.ports.rest[GATEWAY.name]}"},
            "keycloak": {
                "url": keycloak,
                "realm": REALM,
                "issuer": f"{keycloak}/realms/{REALM}",
                "pid": pid("keycloak"),
            },
            "services": services,
            "nats": {"url": self.components.nats_url, "pid": pid("nats")},
            "postgres": {"host": host, "port": port, "pid": pid("postgres")},
            **self._authority(),
        }

    def _authority(self) -> Mapping[str, Any]:
        components = self.components
        if not components.authorities:
            return {}
        url = f"http://{LOOPBACK}:{self.ports.authority}"
        return {"authority": {"url": url, "pid": components.pid("authority"), "platforms": components.authority_apps()}}


def _answers(port: int) -> Any:
    """Whether a process of ours says on /readyz that all its parts are there."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    async def ready() -> bool:
        return await asyncio.to_thread(ask)

    return ready
