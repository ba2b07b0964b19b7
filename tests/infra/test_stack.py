"""The stack from the outside: a process of its own, with components that run elsewhere (here: those of the tests)."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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

SERVICE, ANOTHER = "labour", "procurement"


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
    """A started stack of two services."""
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
                "ZHULIAN_AUTHORITY_PORT": str(programs.free_port()),
                "ZHULIAN_EXTERNAL_POSTGRES_URL": elsewhere.server.url("postgres", "postgres", elsewhere.password),
                "ZHULIAN_EXTERNAL_NATS_URL": nats.url,
                "ZHULIAN_EXTERNAL_NATS_PASSWORD": nats.passwords["admin"],
                "ZHULIAN_EXTERNAL_NATS_SERVICE_PASSWORDS": json.dumps(nats.passwords),
                "ZHULIAN_EXTERNAL_KEYCLOAK_URL": keycloak.url,
                "ZHULIAN_EXTERNAL_KEYCLOAK_PASSWORD": keycloak.server.password,
            },
        )
        started = commands("up", "--only", SERVICE, ANOTHER)
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
    assert found.keys() == {"gateway", "keycloak", "services", "nats", "postgres", "authority", "demo"}
    assert found["gateway"].keys() == {"url"}
    assert found["keycloak"] == {"url": keycloak.url, "realm": "zhulian", "issuer": keycloak.issuer, "pid": None}
    assert found["postgres"] == {"host": "127.0.0.1", "port": elsewhere.port, "pid": None}
    assert found["nats"].keys() == {"url", "pid"}
    assert found["services"][SERVICE].keys() == {"rest", "grpc", "database", "pid"}
    assert (stack.folder / "stack.json").stat().st_mode & 0o777 == 0o600


def token(stack: Commands) -> str:
    """The operator's administrator, logged in with what stack.json says."""
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
    return str(answer.json()["access_token"])


def test_the_operator_can_log_in_with_what_stack_json_says(stack: Commands) -> None:
    operator = stack.stack()["demo"]["organisations"]["operator"]
    payload = token(stack).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    [organisation] = claims["organization"].values()
    assert organisation["organisation_id"] == [operator["id"]]


def test_labour_reaches_the_simulated_authorities(stack: Commands) -> None:
    authority = stack.stack()["authority"]
    assert authority.keys() == {"url", "pid", "platforms"}
    assert {code: len(one["secret"]) for code, one in authority["platforms"].items()} == {
        "national": 32,
        "demo_province": 32,
    }
    headers = {"Authorization": f"Bearer {token(stack)}"}
    answer = requests.get(f"{rest(stack)}/labour/v1/authorities/platforms", headers=headers, timeout=10)
    assert {one["code"]: one["reached"] for one in answer.json()["items"]} == {"national": True, "demo_province": True}
    assert requests.get(f"{authority['url']}/control/national", timeout=5).json() == {"effects": [], "calls": []}
    programs_of = Path(f"/proc/{authority['pid']}/cmdline").read_text(encoding="utf-8")
    assert not any(one["secret"] in programs_of for one in authority["platforms"].values())


def test_the_simulator_can_be_held(stack: Commands) -> None:
    assert stack("hold", "authority").returncode == 0
    port = int(stack.stack()["authority"]["url"].rsplit(":", 1)[1])
    _until(lambda: not programs.listens(port))
    assert stack("release", "authority").returncode == 0
    _until(lambda: programs.listens(port))


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
    _until(lambda: stack.stack()["services"][SERVICE]["pid"] not in (first, None) and _is_ready(rest(stack)))


def test_migrating_again_beside_the_running_stack_is_harmless(stack: Commands) -> None:
    migrated = stack("migrate", "--only", SERVICE)
    assert migrated.returncode == 0, migrated.stdout
    assert f"{SERVICE} is up to date" in migrated.stdout
    assert _is_ready(rest(stack))


def test_down_ends_everything_and_a_second_down_is_no_mistake(stack: Commands) -> None:
    port = int(rest(stack).rsplit(":", 1)[1])
    simulator = int(stack.stack()["authority"]["url"].rsplit(":", 1)[1])
    assert stack("down").returncode == 0
    assert not programs.listens(port)
    assert not programs.listens(simulator)
    assert stack.stack()["services"][SERVICE]["pid"] is None
    assert stack("down").returncode == 0
    assert stack("status").returncode == 1
    assert stack("up", "--only", SERVICE, ANOTHER).returncode == 0  # for the tests that follow
    assert _is_ready(rest(stack))


def test_the_distribution_is_shared(stack: Commands) -> None:
    assert not (stack.folder / "keycloak").exists()
    assert KEYCLOAK.exists()


def _until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 45
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
