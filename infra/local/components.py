"""PostgreSQL, NATS, Keycloak and the authorities' simulator: started here, or used where they run already."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from infra import programs
from infra.authority import APPS, PATHS, SECRET_CHARACTERS, addresses
from infra.contracts.paths import EVERYONE, Service
from infra.keycloak import AdminAccess, Keycloak, Member, Organisation, Wanted, configure
from infra.keycloak.distribution import home, is_built
from infra.keycloak.realm import ACCESS_CLIENT
from infra.keycloak.realm import SERVICES as CLIENTS
from infra.keycloak.server import START_SECONDS, STOP_SECONDS
from infra.local import tools
from infra.local.console import Console
from infra.local.ports import Ports
from infra.local.secret_store import SecretStore
from infra.local.settings import StackSettings
from infra.local.supervisor import Supervised
from infra.nats import Credentials, Nats, Reading
from infra.nats import configure as configure_nats
from infra.nats.permissions import ADMIN
from infra.places import AUTHORITY, LOGS, NATS, POSTGRES
from infra.postgres import Cluster, DatabaseAddresses, Server
from infra.programs import LOOPBACK, Program, StartError

APP_ID = "zhulian-local"
OPERATOR_USCC = "91110000MA01UABC94"
OPERATOR_NAME = "筑联平台运营有限公司"
OPERATOR_ROLES = ("admin",)


class Components:
    """Each `start_…` returns when the component serves and is set up."""

    def __init__(
        self, settings: StackSettings, secrets: SecretStore, ports: Ports, console: Console, changed: Callable[[], None]
    ) -> None:
        self.settings = settings
        self.secrets = secrets
        self.ports = ports
        self.console = console
        self.changed = changed
        self.running: dict[str, Supervised] = {}
        self.server: Server | None = None
        self.nats_url = ""
        self.nats_users: dict[str, Credentials] = {}
        self.keycloak_url = ""
        self.authorities: dict[str, str] = {}

    async def start_postgres(self) -> Server:
        """PostgreSQL, ready for `make_databases`."""
        self.server = self.settings.external_postgres()
        if self.server is None:
            cluster = Cluster(
                POSTGRES / "data", self.ports.postgres, self.secrets.token("postgres"), log=LOGS / "postgres.log"
            )
            await asyncio.to_thread(cluster.prepare)
            await self._supervise(Supervised(cluster.program(), _in_thread(cluster.is_ready), *self._listeners()))
            self.server = cluster.server
        return self.server

    async def make_databases(self, server: Server, services: Iterable[Service]) -> dict[str, DatabaseAddresses]:
        """A database for each service, by package name."""

        def make(name: str) -> DatabaseAddresses:
            owner = self.secrets.token(f"postgres.{name}.owner")
            return server.create_service_database(name, owner, self.secrets.token(f"postgres.{name}.runtime"))

        made = await asyncio.gather(*(asyncio.to_thread(make, service.package) for service in services))
        return {addresses.name: addresses for addresses in made}

    async def start_nats(self, names: tuple[str, ...]) -> None:
        """NATS with a user, a stream and durable consumers for each service."""
        subscriptions = await self._subscriptions(names)
        if self.settings.external_nats_url is not None:
            self._use_external_nats(self.settings.external_nats_url)
        else:
            passwords = {
                name: self.secrets.token(f"nats.{name}") for name in (ADMIN, *(each.name for each in EVERYONE))
            }
            nats = Nats(NATS, self.ports.nats, passwords, subscriptions)
            await asyncio.to_thread(nats.prepare)
            await self._supervise(Supervised(nats.program(), _in_thread(nats.is_ready), *self._listeners()))
            self.nats_url = nats.url
            self.nats_users = {name: Credentials(name, password) for name, password in passwords.items()}
        admin = self.nats_users[ADMIN]
        await configure_nats(self.nats_url, admin.user, admin.password, subscriptions, names)

    async def _subscriptions(self, names: tuple[str, ...]) -> list[Reading]:
        """Asked in a process of its own: the services' code stays out of the supervisor."""
        output = await tools.run(tools.module("infra.nats", "subscriptions", *names), self.console, aloud=False)
        return [Reading(*each) for each in json.loads(output)]

    def _use_external_nats(self, url: str) -> None:
        settings = self.settings
        passwords = {name: value.get_secret_value() for name, value in settings.external_nats_service_passwords.items()}
        missing = {each.name for each in EVERYONE} - passwords.keys()
        if missing or settings.external_nats_password is None:
            wanted = ", ".join(sorted(missing))
            raise StartError(f"ZHULIAN_EXTERNAL_NATS_SERVICE_PASSWORDS lacks the passwords of {wanted}")
        self.nats_url = url
        self.nats_users = {name: Credentials(name, password) for name, password in passwords.items()}
        self.nats_users[ADMIN] = Credentials(
            settings.external_nats_user, settings.external_nats_password.get_secret_value()
        )

    async def prepare_keycloak(self) -> None:
        """Fetch and build the distribution, in a process that Ctrl-C can end."""
        if self.settings.external_keycloak() is None and not is_built():
            await tools.run(tools.module("infra.keycloak", "prepare"), self.console)

    async def start_keycloak(self, server: Server) -> None:
        """Keycloak with the realm as it must be."""
        access = self.settings.external_keycloak() or await self._start_own_keycloak(server)
        self.keycloak_url = access.url
        if await asyncio.to_thread(configure, access, self._wanted()):
            self.console.say("keycloak", "the realm is set up")

    async def _start_own_keycloak(self, server: Server) -> AdminAccess:
        url = await asyncio.to_thread(
            server.create_owned_database, "keycloak", self.secrets.token("postgres.keycloak.owner")
        )
        ports = self.ports.keycloak, self.ports.keycloak_management
        keycloak = Keycloak(home(), url, *ports, self.secrets.token("keycloak.admin"), log=LOGS / "keycloak.log")
        supervised = Supervised(keycloak.program(), _in_thread(keycloak.is_ready), *self._listeners())
        supervised.seconds, supervised.stop_seconds = START_SECONDS, STOP_SECONDS
        await self._supervise(supervised)
        return keycloak.admin

    def _wanted(self) -> Wanted:
        secrets = {client: self.secrets.token(f"client.{client}") for client in (*CLIENTS, ACCESS_CLIENT)}
        organisation = Organisation(self.secrets.identifier("operator.id"), OPERATOR_USCC, OPERATOR_NAME, ("operator",))
        admin = Member("operator-admin", self.secrets.token("operator.password"), "运营管理员", OPERATOR_ROLES)
        return Wanted(secrets, organisation, admin)

    def operator(self) -> dict[str, Any]:
        """The operator as stack.json shows it."""
        wanted = self._wanted()
        user = wanted.operator_admin
        return {
            "id": str(wanted.operator.organisation_id),
            "name": wanted.operator.name,
            "kinds": list(wanted.operator.kinds),
            "users": [{"username": user.username, "password": user.password, "roles": list(user.roles)}],
            "clients": [],
        }

    async def start_authority(self) -> None:
        """The simulator of the authorities' platforms, unless labour is told of platforms elsewhere."""
        if self.settings.authorities:
            return
        port = self.ports.authority
        command = (sys.executable, "-m", "infra.authority", "--port", str(port), "--keep", str(AUTHORITY))
        apps = {code: {one["app_id"]: one["secret"]} for code, one in self.authority_apps().items()}
        program = Program("authority", command, {APPS: json.dumps(apps)})
        await self._supervise(Supervised(program, _in_thread(partial(programs.listens, port)), *self._listeners()))
        self.authorities = addresses(f"http://{LOOPBACK}:{port}")

    def authority_apps(self) -> dict[str, dict[str, str]]:
        """Under what a connection to each platform of the simulator is made: `app_id` and `secret`."""
        return {
            code: {"app_id": APP_ID, "secret": self.secrets.text(f"authority.{code}", SECRET_CHARACTERS)}
            for code in PATHS
        }

    def pid(self, name: str) -> int | None:
        """The process id of a component that we run and that is up."""
        supervised = self.running.get(name)
        return None if supervised is None else supervised.pid

    def _listeners(self) -> tuple[Console, Callable[[], None]]:
        return self.console, self.changed

    async def _supervise(self, supervised: Supervised) -> None:
        self.running[supervised.name] = supervised
        await supervised.start()
        await supervised.wait()


def _in_thread(ask: Callable[[], bool]) -> Callable[[], Any]:
    async def ready() -> bool:
        return await asyncio.to_thread(ask)

    return ready
