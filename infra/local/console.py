"""What the stack says on the terminal: a line for each thing that happens, with the name of who it is about."""

from __future__ import annotations

import json

from rich.console import Console as Terminal
from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")
WIDTH = 17
NOT_YET = "FATAL:  the database system is "  # … starting up: clients that come too early
LOUD = frozenset({"warning", "error", "critical", "fatal"})
LOUD_WORDS = ("FATAL", "PANIC", " ERROR [", "[ERR]", "[FTL]")  # PostgreSQL, Keycloak, nats-server


class Console:
    """Prefixed lines. Of the processes' own logs only warnings and errors are shown, unless `everything` is wanted."""

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self._terminal = Terminal(highlight=False, soft_wrap=True)
        self._colours: dict[str, str] = {}

    def say(self, name: str, text: str, style: str = "") -> None:
        """One line about `name`."""
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        self._terminal.print(Text.assemble((f"{name:<{WIDTH}} ", colour), ("| ", "dim"), (text, style)))

    def log_line(self, name: str, line: str) -> None:
        """One line of a process's log."""
        loud = is_loud(line)
        if line and (loud or self.everything):
            self.say(name, line, "red" if loud else "")


def is_loud(line: str) -> bool:
    """Whether a log line tells of trouble: ours (JSON) from warning on, those of the components from error on.

    What PostgreSQL calls an ERROR is a refused statement; whoever sent it says so where it matters.
    """
    if line.startswith("{"):
        try:
            return str(json.loads(line).get("level", "")).lower() in LOUD
        except ValueError:
            return False
    return any(word in line for word in LOUD_WORDS) and NOT_YET not in line
