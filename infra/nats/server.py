"""A nats-server of our own in a folder."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra import programs
from infra.contracts.paths import EVERYONE
from infra.nats.permissions import ADMIN, server_configuration
from infra.nats.streams import configure
from infra.nats.subscriptions import Subscribed, load_subscriptions
from infra.programs import LOOPBACK, Program


@dataclass(frozen=True, slots=True)
class Credentials:
    """A NATS user; its inboxes start with `inbox_prefix`, the only place where it may listen."""

    user: str
    password: str

    @property
    def inbox_prefix(self) -> str:
        """What the client must be told, or the server refuses its subscriptions."""
        return f"_INBOX_{self.user}"


class Nats:
    """One server with its folder.

    `start` and `stop` run it as our child; a supervisor calls `prepare` and runs `program` itself. The server
    can be stopped and started again: port, store and passwords stay.
    """

    def __init__(
        self, folder: Path, port: int, passwords: Mapping[str, str], subscriptions: Iterable[Subscribed]
    ) -> None:
        self.folder = folder
        self.port = port
        self.passwords = dict(passwords)
        self.subscriptions = tuple(subscriptions)
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def temporary(
        cls, subscriptions: Iterable[Subscribed] | None = None, services: Iterable[str] | None = None
    ) -> Iterator[Nats]:
        """A started server on a free port with a store of its own, gone afterwards.

        Without `subscriptions` it knows those of every service; without `services` it has a user for every
        service.
        """
        folder = Path(tempfile.mkdtemp(prefix="zhulian-nats-"))
        users = (ADMIN, *([each.name for each in EVERYONE] if services is None else services))
        passwords = {user: secrets.token_hex(16) for user in users}
        known = load_subscriptions() if subscriptions is None else subscriptions
        server = cls(folder, programs.free_port(), passwords, known)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Where clients connect, without user and password."""
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def store(self) -> Path:
        """Where JetStream keeps streams and consumers."""
        return self.folder / "store"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs as our child."""
        return None if self._process is None else self._process.pid

    def credentials(self, service: str) -> Credentials:
        """The user of a service (or `admin`)."""
        return Credentials(service, self.passwords[service])

    def program(self) -> Program:
        """How to run the server."""
        binary = Path(sysconfig.get_path("scripts")) / "nats-server"
        return Program("nats", (str(binary), "--config", str(self.folder / "nats-server.conf")))

    def prepare(self) -> None:
        """Write the configuration (0600, it holds passwords)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "nats-server.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            server_configuration(self.port, self.store, self.passwords, self.subscriptions), encoding="utf-8"
        )

    def start(self) -> None:
        """Start the server as our child and wait until it answers."""
        self.prepare()
        self._process = programs.start(self.program(), self.log)
        programs.wait_until(self.is_ready, self._process, "nats", self.log, seconds=20)

    def stop(self) -> None:
        """End the server in order."""
        if self._process is not None:
            programs.stop(self._process, signal.SIGTERM)
            self._process = None

    def kill(self) -> None:
        """End the server as a power failure would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def delete_store(self) -> None:
        """Lose every stream and consumer, as when the disk is gone; the server must be stopped.

        Raises:
            RuntimeError: the server runs.
        """
        if self._process is not None:
            raise RuntimeError("stop the server before deleting its store")
        shutil.rmtree(self.store, ignore_errors=True)

    def is_ready(self) -> bool:
        """Whether the server greets a client; it does so once its streams are recovered."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=0.5) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    async def configure(self) -> None:
        """Make the streams and durable consumers, see `infra.nats.configure`."""
        admin = self.credentials(ADMIN)
        await configure(self.url, admin.user, admin.password, self.subscriptions)
