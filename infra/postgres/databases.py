"""Databases and roles on a PostgreSQL server, whether we started it or it was given to us."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from infra.postgres import binaries
from infra.programs import StartError

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """Where a service finds its database: as owner for migrations, as runtime role (no DDL) for the rest."""

    name: str
    owner_url: str
    runtime_url: str
    runtime_role: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server and somebody on it who may make databases and roles."""

    host: str
    port: int
    admin: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> Server:
        """Read `postgresql://admin:password@host:port`."""
        parts = urlsplit(url)
        if parts.hostname is None or parts.username is None:
            raise ValueError("the PostgreSQL address names no host or no user")
        return cls(parts.hostname, parts.port or 5432, unquote(parts.username), unquote(parts.password or ""))

    def url(self, database: str, role: str, password: str) -> str:
        """The address of a database as one of its roles."""
        login = f"{quote(role, '')}:{quote(password, '')}"
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(database, '')}"

    def create_service_database(
        self, name: str, owner_password: str | None = None, runtime_password: str | None = None
    ) -> DatabaseAddresses:
        """Make (or bring up to date) a service's database with `<name>_owner` and `<name>_runtime`.

        Passwords that are not given are drawn afresh, also for roles that exist already.
        """
        owner, runtime = f"{name}_owner", f"{name}_runtime"
        owner_password = owner_password or secrets.token_urlsafe(24)
        runtime_password = runtime_password or secrets.token_urlsafe(24)
        self.run(
            "service_database.sql",
            {
                "database": name,
                "owner": owner,
                "owner_password": owner_password,
                "runtime": runtime,
                "runtime_password": runtime_password,
            },
        )
        return DatabaseAddresses(
            name, self.url(name, owner, owner_password), self.url(name, runtime, runtime_password), runtime
        )

    def create_owned_database(self, name: str, password: str) -> str:
        """Make (or bring up to date) a database with one role of the same name; returns its address."""
        self.run("owned_database.sql", {"database": name, "owner": name, "owner_password": password})
        return self.url(name, name, password)

    def run(self, script: str, variables: Mapping[str, str]) -> None:
        """Run one of this folder's SQL scripts with psql.

        The variables go in by standard input: a command line can be read by every user of the machine.
        """
        settings = "".join(f"\\set {key} {_quoted(value)}\n" for key, value in variables.items())
        result = subprocess.run(
            [
                str(binaries.path("psql")),
                "-X",
                "-q",
                "-h",
                self.host,
                "-p",
                str(self.port),
                "-U",
                self.admin,
                "postgres",
            ],
            input=settings + (HERE / script).read_text(encoding="utf-8"),
            env={**os.environ, "PGPASSWORD": self.password, "PGOPTIONS": "-c client_min_messages=warning"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StartError(f"{script}: {result.stderr.strip()}")


def _quoted(value: str) -> str:
    """A value for psql's backslash-set."""
    if any(character in value for character in "\r\n\0"):
        raise ValueError("a psql variable is one line")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
