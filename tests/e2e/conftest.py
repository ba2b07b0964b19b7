"""The whole stack, started like a user starts it, and the demo played on it once per session."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from infra.demo.stage import TOKEN_SECONDS
from infra.local import control, stack_file
from infra.places import LOCAL

FIRST_START = 900  # seconds: downloads on a slow line


def infra(module: str, *arguments: str, seconds: int) -> None:
    """Run a command of the stack; its output is shown when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]


@dataclass(frozen=True)
class Stack:
    """Where everything is."""

    content: dict[str, Any]
    tokens: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """The REST address of a process."""
        return str(self.content["services"][service]["rest"])

    def database(self, service: str) -> str:
        """The address of a service's database as its runtime role."""
        return str(self.content["services"][service]["database"])

    def organisation(self, key: str) -> dict[str, Any]:
        """One of the demo's organisations."""
        found: dict[str, Any] = self.content["demo"]["organisations"][key]
        return found

    def token(self, organisation: str, role: str) -> str:
        """A token from Keycloak for the first person of an organisation with a role, kept while it is good."""
        known, until = self.tokens.get((organisation, role), ("", 0.0))
        if time.monotonic() < until:
            return known
        user = next(user for user in self.organisation(organisation)["users"] if role in user["roles"])
        form = {
            "grant_type": "password",
            "client_id": "zhulian-demo",
            "username": user["username"],
            "password": user["password"],
        }
        url = f"{self.content['keycloak']['issuer']}/protocol/openid-connect/token"
        answer = requests.post(url, data=form, timeout=30)
        answer.raise_for_status()
        token = str(answer.json()["access_token"])
        self.tokens[organisation, role] = token, time.monotonic() + TOKEN_SECONDS
        return token


@dataclass(frozen=True)
class Played:
    """What the demo did and left."""

    steps: list[dict[str, Any]]
    props: dict[str, Any]


@pytest.fixture(scope="session")
def running_stack() -> Iterator[None]:
    """`make up`, and `make down` afterwards unless somebody had it running already."""
    was_running = control.running_pid() is not None
    infra("infra.local", "up", seconds=FIRST_START)
    yield
    if not was_running:
        infra("infra.local", "down", seconds=120)


@pytest.fixture(scope="session")
def played(running_stack: None) -> Played:
    """The demo, played once; a second play would make another project."""
    infra("infra.demo", "--lang", "en", seconds=300)
    content = json.loads((LOCAL / "demo.json").read_text(encoding="utf-8"))
    return Played(content["steps"], content["props"])


@pytest.fixture(scope="session")
def stack(played: Played) -> Stack:
    """Where everything is, with the demo's organisations."""
    return Stack(stack_file.read())
