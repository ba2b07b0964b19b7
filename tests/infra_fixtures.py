"""The fixture `keycloak`: a real Keycloak with the realm set up, one for the whole session.

Its first start makes two hundred tables and takes 20 s. So the database of a fresh, configured Keycloak is kept as an
SQL file below `.local/`, named by what went in; the next session begins with that and is ready in 6 s.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from keycloak import KeycloakAdmin

from infra import programs
from infra.keycloak import Keycloak, Member, Organisation, Wanted, configure, ensure_distribution
from infra.keycloak.distribution import VERSION
from infra.keycloak.realm import ACCESS_CLIENT, DEMO_CLIENT, REALM, SERVICES
from infra.places import KEYCLOAK
from infra.postgres import Cluster, binaries

PASSWORD = "a-password-for-tests"  # fixed, because it is in the kept database
OPERATOR = Organisation(
    UUID("01920000-0000-7000-8000-000000000001"), "91110000MA01UABC94", "筑联平台运营有限公司", ("operator",)
)
OPERATOR_ADMIN = Member("operator-admin", PASSWORD, "运营管理员", ("admin",))


@dataclass(frozen=True, slots=True)
class RunningKeycloak:
    """Where the session's Keycloak is and what is in it."""

    server: Keycloak
    wanted: Wanted

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens."""
        return f"{self.url}/realms/{REALM}"

    @property
    def admin(self) -> KeycloakAdmin:
        """The admin API of the realm, with all rights."""
        return self.server.admin.client(REALM)

    def secret(self, client_id: str) -> str:
        """The secret of one of our confidential clients (services, `zhulian-access`)."""
        return self.wanted.secrets[client_id]

    def password_token(self, username: str, password: str = PASSWORD, **form: str) -> str:
        """A person's access token; `form` may hold a `scope`."""
        return self._token(grant_type="password", client_id=DEMO_CLIENT, username=username, password=password, **form)

    def client_token(self, client_id: str, secret: str, **form: str) -> str:
        """An access token of a client for itself."""
        return self._token(grant_type="client_credentials", client_id=client_id, client_secret=secret, **form)

    def _token(self, **form: str) -> str:
        answer = requests.post(f"{self.issuer}/protocol/openid-connect/token", data=form, timeout=30)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token


@pytest.fixture(scope="session")
def keycloak() -> Iterator[RunningKeycloak]:
    """A real Keycloak on a cluster of its own."""
    wanted = Wanted({client: f"{client}-secret" for client in (*SERVICES, ACCESS_CLIENT)}, OPERATOR, OPERATOR_ADMIN)
    snapshot = KEYCLOAK / "snapshots" / f"{VERSION}-{wanted.fingerprint()[:16]}.sql"
    home = ensure_distribution()
    with tempfile.TemporaryDirectory(prefix="zhulian-keycloak-") as folder, Cluster.temporary() as cluster:
        url = cluster.server.create_owned_database("keycloak", PASSWORD)
        if snapshot.exists():
            _postgres("psql", "-q", "-X", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(snapshot), url)
        ports = programs.free_port(), programs.free_port()
        server = Keycloak(home, url, *ports, PASSWORD, log=Path(folder) / "log")
        try:
            server.start()
            if configure(server.admin, wanted):
                _keep(snapshot, url)
            yield RunningKeycloak(server, wanted)
        finally:
            server.stop()


def _keep(snapshot: Path, url: str) -> None:
    for old in snapshot.parent.glob("*.sql"):
        old.unlink(missing_ok=True)
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    unfinished = snapshot.with_suffix(f".{os.getpid()}")
    _postgres("pg_dump", "--no-owner", "--no-privileges", "--schema=public", "-f", str(unfinished), url)
    text = unfinished.read_text(encoding="utf-8").replace("CREATE SCHEMA public;", "")  # the new one has it already
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(snapshot)


def _postgres(program: str, *arguments: Any) -> None:
    result = subprocess.run([str(binaries.path(program)), *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{program}: {result.stderr.strip()}")
