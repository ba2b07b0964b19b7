"""The stack from the outside: a process of its own, with components that run elsewhere (here: those of the tests)."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from infra import programs
from infra.nats import Nats
from infra.places import KEYCLOAK
from infra.postgres import Cluster
from tests.infra_fixtures import OPERATOR, OPERATOR_ADMIN, RunningKeycloak

SERVICE = "procurement"


@dataclass(frozen=True, slots=True)
class Commands:
    """`python -m infra.local …` with a folder of its own."""

    folder: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra.local", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def stack(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "stack.json").read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Cluster]:
    """A cluster of its own: the stack gives every service's role a new password."""
    with Cluster.temporary() as started:
        yield started


@pytest.fixture(scope="module")
def stack(
    elsewhere: Cluster, keycloak: RunningKeycloak, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Commands]:
    """A started stack of one service."""
    folder = tmp_path_factory.mktemp("stack")
    secrets = {f"client.{client}": secret for client, secret in keycloak.wanted.secrets.items()}
    secrets |= {"operator.id": str(OPERATOR.organisation_id), "operator.password": OPERATOR_ADMIN.password}
    (folder / "secrets.json").write_text(json.dumps(secrets), encoding="utf-8")  # so that the realm stays as it is
    with Nats.temporary() as nats:
        commands = Commands(
            folder,
            {
                "ZHULIAN_LOCAL": str(folder),
                "ZHULIAN_GATEWAY_PORT": str(programs.free_port()),
                "ZHULIAN_EXTERNAL_POSTGRES_URL": elsewhere.server.url("postgres", "postgres", elsewhere.password),
                "ZHULIAN_EXTERNAL_NATS_URL": nats.url,
                "ZHULIAN_EXTERNAL_NATS_PASSWORD": nats.passwords["admin"],
                "ZHULIAN_EXTERNAL_NATS_SERVICE_PASSWORDS": json.dumps(nats.passwords),
                "ZHULIAN_EXTERNAL_KEYCLOAK_URL": keycloak.url,
                "ZHULIAN_EXTERNAL_KEYCLOAK_PASSWORD": keycloak.server.password,
            },
        )
        started = commands("up", "--only", SERVICE)
        try:
            assert started.returncode == 0, started.stdout + started.stderr
            yield commands
        finally:
            commands("down")


def rest(stack: Commands) -> str:
    address: str = stack.stack()["services"][SERVICE]["rest"]
    return address


def test_up_returns_when_everything_is_ready(stack: Commands) -> None:
    assert requests.get(f"{rest(stack)}/readyz", timeout=5).status_code == 200


def test_stack_json_says_where_everything_is(stack: Commands, keycloak: RunningKeycloak, elsewhere: Cluster) -> None:
    found = stack.stack()
    assert found.keys() == {"gateway", "keycloak", "services", "nats", "postgres", "demo"}
    assert found["gateway"].keys() == {"url"}
    assert found["keycloak"] == {"url": keycloak.url, "realm": "zhulian", "issuer": keycloak.issuer, "pid": None}
    assert found["postgres"] == {"host": "127.0.0.1", "port": elsewhere.port, "pid": None}
    assert found["nats"].keys() == {"url", "pid"}
    assert found["services"][SERVICE].keys() == {"rest", "grpc", "database", "pid"}
    assert (stack.folder / "stack.json").stat().st_mode & 0o777 == 0o600


def test_the_operator_can_log_in_with_what_stack_json_says(stack: Commands) -> None:
    operator = stack.stack()["demo"]["organisations"]["operator"]
    assert operator.keys() == {"id", "name", "kinds", "users", "clients"}
    [user] = operator["users"]
    assert user["roles"] == ["admin"]
    form = {
        "grant_type": "password",
        "client_id": "zhulian-demo",
        "username": user["username"],
        "password": user["password"],
    }
    issuer = stack.stack()["keycloak"]["issuer"]
    answer = requests.post(f"{issuer}/protocol/openid-connect/token", data=form, timeout=10)
    payload = answer.json()["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    [organisation] = claims["organization"].values()
    assert organisation["organisation_id"] == [operator["id"]]


def test_a_second_up_says_so_and_succeeds(stack: Commands) -> None:
    again = stack("up")
    assert again.returncode == 0
    assert "runs already" in again.stdout


def test_status_names_what_runs(stack: Commands) -> None:
    status = stack("status")
    assert status.returncode == 0
    assert rest(stack) in status.stdout


def test_a_service_that_dies_comes_back_under_another_pid(stack: Commands) -> None:
    first = stack.stack()["services"][SERVICE]["pid"]
    os.kill(first, signal.SIGKILL)
    give_up = time.monotonic() + 45
    while stack.stack()["services"][SERVICE]["pid"] in (first, None) or not _is_ready(rest(stack)):
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_migrating_again_beside_the_running_stack_is_harmless(stack: Commands) -> None:
    migrated = stack("migrate", "--only", SERVICE)
    assert migrated.returncode == 0, migrated.stdout
    assert f"{SERVICE} is up to date" in migrated.stdout
    assert _is_ready(rest(stack))


def test_down_ends_everything_and_a_second_down_is_no_mistake(stack: Commands) -> None:
    port = int(rest(stack).rsplit(":", 1)[1])
    assert stack("down").returncode == 0
    assert not programs.listens(port)
    assert stack.stack()["services"][SERVICE]["pid"] is None
    assert stack("down").returncode == 0
    assert stack("status").returncode == 1
    assert stack("up", "--only", SERVICE).returncode == 0  # for the tests that follow
    assert _is_ready(rest(stack))


def test_the_distribution_is_shared(stack: Commands) -> None:
    assert not (stack.folder / "keycloak").exists()
    assert KEYCLOAK.exists()


def _is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
