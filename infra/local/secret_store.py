"""Secrets of this checkout: drawn when first asked for, kept in `.local/secrets.json` (0600)."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from uuid import UUID

from chassis.ids import new_id
from infra.places import SECRETS


class SecretStore:
    """Names and values. A name that is asked for the first time gets a value that stays."""

    def __init__(self, path: Path = SECRETS) -> None:
        self._path = path
        self._lock = Lock()
        self._values: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def token(self, name: str) -> str:
        """A password or client secret of 192 bits that needs no quoting anywhere."""
        return self._get(name, lambda: secrets.token_hex(24))

    def text(self, name: str, characters: int) -> str:
        """A secret of so many characters, for who demands a length."""
        return self._get(name, lambda: secrets.token_hex(characters)[:characters])

    def key(self, name: str) -> str:
        """A key of 256 bits as base64."""
        return self._get(name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def identifier(self, name: str) -> UUID:
        """An id that must be the same at each start."""
        return UUID(self._get(name, lambda: str(new_id())))

    def _get(self, name: str, draw: Callable[[], str]) -> str:
        with self._lock:  # databases are made in threads, side by side
            if name not in self._values:
                self._values[name] = draw()
                write_private(self._path, self._values)
            return self._values[name]


def write_private(path: Path, content: object) -> None:
    """Replace a JSON file that only its owner may read, in one step: a reader sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    unfinished.replace(path)
