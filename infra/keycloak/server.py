"""A Keycloak of our own, with its data in PostgreSQL."""

from __future__ import annotations

import http.client
import signal
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infra import programs
from infra.keycloak.admin import AdminAccess
from infra.keycloak.distribution import start_command
from infra.programs import LOOPBACK, Program

ADMIN = "admin"
START_SECONDS = 180.0  # on a loaded machine; 6 s on an idle one, 20 s when it makes its tables
STOP_SECONDS = 30.0


class Keycloak:
    """One server.

    `start` and `stop` run it as our child; a supervisor runs `program` itself. Loopback only, plain HTTP, no
    proxy in front: the address, and with it the issuer, is fixed.
    """

    def __init__(
        self, home: Path, database_url: str, port: int, management_port: int, password: str, *, log: Path
    ) -> None:
        self.home = home
        self.database_url = database_url
        self.port = port
        self.management_port = management_port
        self.password = password
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where people and programs reach it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def admin(self) -> AdminAccess:
        """The administrator that Keycloak makes on its first start."""
        return AdminAccess(self.url, ADMIN, self.password)

    @property
    def pid(self) -> int | None:
        """The process id while it runs as our child."""
        return None if self._process is None else self._process.pid

    def program(self) -> Program:
        """How to run the server; secrets travel in the environment, a command line can be read by everybody."""
        database = urlsplit(self.database_url)
        settings = {
            "KC_DB_URL": f"jdbc:postgresql://{database.hostname}:{database.port}{database.path}",
            "KC_DB_USERNAME": unquote(database.username or ""),
            "KC_DB_PASSWORD": unquote(database.password or ""),
            "KC_DB_POOL_MAX_SIZE": "20",
            "KC_HTTP_ENABLED": "true",
            "KC_HTTP_HOST": LOOPBACK,
            "KC_HTTP_PORT": str(self.port),
            "KC_HTTP_MANAGEMENT_PORT": str(self.management_port),
            "KC_HOSTNAME": self.url,
            "KC_LOG_LEVEL": "info,io.smallrye.health:error",  # which would tell of each time that we ask too early
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.password,
        }
        return Program("keycloak", start_command(self.home), settings)

    def start(self) -> None:
        """Start the server as our child and wait until it is ready."""
        self._process = programs.start(self.program(), self.log)
        programs.wait_until(self.is_ready, self._process, "keycloak", self.log, START_SECONDS, pause=0.1)

    def stop(self) -> None:
        """End the server in order."""
        if self._process is not None:
            programs.stop(self._process, signal.SIGTERM, STOP_SECONDS)
            self._process = None

    def is_ready(self) -> bool:
        """Whether the readiness endpoint on the management port says yes (the public port answers 503 until then)."""
        connection = http.client.HTTPConnection(LOOPBACK, self.management_port, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
