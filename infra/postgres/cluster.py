"""A PostgreSQL cluster of our own in a folder: loopback only, passwords (scram-sha-256) for everybody."""

from __future__ import annotations

import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import programs
from infra.postgres import binaries
from infra.postgres.databases import DatabaseAddresses, Server
from infra.programs import LOOPBACK, Program, StartError

ADMIN = "postgres"
HBA = "# written by infra.postgres: nobody without a password\nhost all all 127.0.0.1/32 scram-sha-256\n"

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_duration_statement": "2s",
    "lc_messages": "C",
}
# A test's cluster need not survive the machine, only its own death: it does not wait for the disk.
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


class Cluster:
    """One server with its folder.

    `start` and `stop` run it as our child; a supervisor calls `prepare` and runs `program` itself.
    """

    def __init__(self, data: Path, port: int, password: str, *, log: Path, durable: bool = True) -> None:
        self.data = data
        self.port = port
        self.password = password
        self.log = log
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def temporary(cls) -> Iterator[Cluster]:
        """A started cluster on a free port in a temporary folder, gone afterwards."""
        folder = Path(tempfile.mkdtemp(prefix="zhulian-postgres-"))
        folder.chmod(0o711)
        cluster = cls(folder / "data", programs.free_port(), secrets.token_hex(16), log=folder / "log", durable=False)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def server(self) -> Server:
        """The cluster as a server on which databases are made."""
        return Server(LOOPBACK, self.port, ADMIN, self.password)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id as PostgreSQL wrote it down."""
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def create_service_database(self, name: str) -> DatabaseAddresses:
        """See `Server.create_service_database`."""
        return self.server.create_service_database(name)

    def program(self) -> Program:
        """How to run the server."""
        settings = SETTINGS if self.durable else SETTINGS | THROW_AWAY
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = (str(binaries.path("postgres")), "-D", str(self.data), "-p", str(self.port), *options)
        return Program("postgres", command, {"TZ": "UTC"}, stop_signal=signal.SIGINT, user=binaries.system_user())

    def prepare(self) -> None:
        """Make the folder when it is new (`initdb`); end a server that an earlier, killed run left in it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        user = binaries.system_user()
        if user is not None:
            binaries.make_reachable(self.data)
            binaries.make_reachable(binaries.path("postgres"))
        if not (self.data / "PG_VERSION").exists():
            self._initdb(user)
        (self.data / "pg_hba.conf").write_text(HBA, encoding="ascii")
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", user=user, check=False)

    def start(self) -> None:
        """Start the server as our child and wait until it answers; also again after it was killed."""
        if self._process is not None:
            self._process.wait(5)  # a dead child that nobody asked about still counts as running
        self.prepare()
        self._process = programs.start(self.program(), self.log)
        programs.wait_until(self.is_ready, self._process, "postgres", self.log, seconds=30)

    def stop(self) -> None:
        """End the server that `start` began; connections are cut, transactions rolled back."""
        if self._process is not None:
            programs.stop(self._process, signal.SIGINT)
            self._process = None

    def kill(self) -> None:
        """End the server as a power failure would; `start` recovers."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        command = [str(binaries.path("pg_isready")), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _initdb(self, user: str | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted initdb left
        self.data.mkdir(parents=True, mode=0o700)
        if user is not None:
            shutil.chown(self.data, user)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as password:  # 0600
            password.write(self.password)
            password.flush()
            if user is not None:
                shutil.chown(password.name, user)
            locale = (
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            )
            login = ("-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={password.name}")
            sync = () if self.durable else ("--no-sync",)
            self._run("initdb", "-D", str(self.data), *login, *locale, *sync, user=user)

    @staticmethod
    def _run(name: str, *arguments: str, user: str | None, check: bool = True) -> None:
        result = subprocess.run(
            [str(binaries.path(name)), *arguments],
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            cwd="/",  # the unprivileged user may not be allowed where we stand
            capture_output=True,
            text=True,
            check=False,
        )
        if check and result.returncode != 0:
            raise StartError(f"{name} failed: {result.stderr.strip()}")
