"""What a platform has taken, in a file: a simulator that starts again knows what was filed with it before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from infra.authority.world import Delivery, Row


class Journal:
    """A line for each delivery that was taken and each answer that can be asked for again; only its owner reads it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file: TextIO = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a")
        self._file.write("\n")  # behind a line that a killed process left unfinished

    def delivery(self, taken: Delivery) -> None:
        """Write a delivery down before it is answered. Photos and sums were checked and are not kept apart."""
        rows = [asdict(row) | {"at": row.at and row.at.isoformat(), "photo": "", "pay": None} for row in taken.rows]
        self._line({"delivery": asdict(replace(taken, rows=())) | {"rows": rows}})

    def answer(self, name: str, said: dict[str, Any]) -> None:
        """Write an answer down under the name by which it can be asked for."""
        self._line({"answer": said, "name": name})

    def lines(self) -> Iterator[Delivery | tuple[str, dict[str, Any]]]:
        """Everything so far; a line left unfinished was answered to nobody and is passed over."""
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                read = json.loads(line)
            except json.JSONDecodeError:
                continue
            yield _delivery(read["delivery"]) if "delivery" in read else (read["name"], read["answer"])

    def _line(self, content: dict[str, Any]) -> None:
        self._file.write(json.dumps(content, ensure_ascii=True) + "\n")
        self._file.flush()


def _delivery(read: dict[str, Any]) -> Delivery:
    rows = tuple(
        Row(**row | {"at": datetime.fromisoformat(row["at"]) if row["at"] else None, "photo": b""})
        for row in read["rows"]
    )
    return Delivery(**read | {"identity": tuple(read["identity"]), "rows": rows})
