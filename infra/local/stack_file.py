"""`.local/stack.json` (0600): where everything is, for the demo, tests, benchmarks and people.

`gateway.url`; `keycloak.{url,realm,issuer,pid}`; `services.<name>.{rest,grpc,database,pid}`; `nats.{url,pid}`;
`postgres.{host,port,pid}`; `authority.{url,pid,platforms.<code>.{app_id,secret}}`, the simulated authorities, where
labour runs and files with them; `demo.organisations.<key>.{id,name,kinds,users[{username,password,roles}],
clients[{client_id,client_secret,roles}]}`. A `pid` is null when the component runs elsewhere or is down.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.secret_store import write_private
from infra.places import STACK


def read(path: Path = STACK) -> dict[str, Any]:
    """The file's content; empty when there is none."""
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_addresses(addresses: Mapping[str, Any], operator: Mapping[str, Any], path: Path = STACK) -> None:
    """Write where everything is; the organisations that the demo made stay."""
    with _alone(path):
        organisations = read(path).get("demo", {}).get("organisations", {})
        write_private(path, {**addresses, "demo": {"organisations": {**organisations, "operator": operator}}})


def update_organisations(organisations: Mapping[str, Any], path: Path = STACK) -> None:
    """Add organisations to the demo's, or replace them by key."""
    with _alone(path):
        content = read(path)
        known = content.setdefault("demo", {}).setdefault("organisations", {})
        known.update(organisations)
        write_private(path, content)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The supervisor writes at every restart of a process, the demo whenever it made an organisation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
