"""Follow the log files of the running processes.

Each process writes straight into its file, so that logging costs the supervisor nothing; here the new lines are read
a few times a second for the terminal, and a file that has grown too long is cut.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from infra.local.console import Console
from infra.places import LOGS

PAUSE = 0.3  # seconds
LONGEST = 50_000_000  # bytes; one older file of this length is kept
AT_MOST = 1_000_000  # bytes read at a time


class LogFollower:
    """The log files that are followed, and how far each has been read."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._read: dict[tuple[str, Path], int] = {}

    def add(self, name: str) -> None:
        """Follow a process's log from its present end."""
        path = LOGS / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._read[name, path] = path.stat().st_size

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await asyncio.sleep(PAUSE)
            self.read_new_lines()

    def read_new_lines(self) -> None:
        """Show what was written since the last look."""
        for (name, path), position in self._read.items():
            size = path.stat().st_size
            if size != position:
                self._read[name, path] = self._show(name, path, position if size > position else 0, size)

    def _show(self, name: str, path: Path, position: int, size: int) -> int:
        with path.open("rb") as file:
            file.seek(max(position, size - AT_MOST))
            whole, _, _ = file.read(AT_MOST).rpartition(b"\n")
            end = file.tell() if not whole else max(position, size - AT_MOST) + len(whole) + 1
        for line in whole.decode("utf-8", errors="replace").splitlines():
            self._console.log_line(name, line)
        if end > LONGEST:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            path.write_bytes(b"")  # the process appends, so it goes on at the new beginning
            return 0
        return end
