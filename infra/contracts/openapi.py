"""The OpenAPI document of every service, as the service itself prints it: `python -m <package> openapi`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.contracts.paths import EVERYONE, Service

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """(method, path, operation) of every operation of a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def document(service: Service) -> str:
    """What the service prints; raises RuntimeError with its last words when it does not answer with success.

    The settings of whoever runs this stay outside: a document must not depend on the machine.
    """
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ZHULIAN_", "OTEL_"))}
    command = [sys.executable, "-W", "error", "-m", service.package, "openapi"]
    done = subprocess.run(command, capture_output=True, text=True, env=bare, check=False)
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-4:])
        raise RuntimeError(f"`python -m {service.package} openapi` failed:\n{last}")
    return done.stdout


def render() -> dict[Path, str]:
    """Every service's document."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        texts = pool.map(document, EVERYONE)
        return {path(service): text for service, text in zip(EVERYONE, texts, strict=True)}


def path(service: Service) -> Path:
    """Where the service's document is committed."""
    return service.home / "openapi.json"


def owned() -> Iterable[Path]:
    """The documents that stand there now."""
    return (path(service) for service in EVERYONE if path(service).is_file())
