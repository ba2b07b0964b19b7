"""Speak to a running stack from another process: is there one, how far is it, stop one of its parts for a while."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from infra.local.supervisor import HELD
from infra.places import RUN

LOCK = RUN / "lock"
STATE = RUN / "state.json"
LOOKS = 10


class AlreadyRunningError(RuntimeError):
    """This checkout's stack runs already."""


def running_pid() -> int | None:
    """The process id of the running supervisor, or None.

    The answer comes from a lock that the kernel gives back when its holder ends, so a number left behind by a killed
    supervisor, perhaps somebody else's by now, is never believed.
    """
    if not LOCK.exists():
        return None
    with LOCK.open("r+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


@contextmanager
def only_one(pid: int) -> Iterator[TextIO]:
    """Be the supervisor of this checkout.

    Raises:
        AlreadyRunningError: there is one.
    """
    RUN.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a+", encoding="ascii") as lock:
        for attempt in range(LOOKS):  # somebody who only looks holds it for a moment, too
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if attempt == LOOKS - 1:
                    raise AlreadyRunningError("the stack runs already") from None
                time.sleep(0.05)
        lock.truncate(0)
        lock.write(str(pid))
        lock.flush()
        yield lock
        lock.truncate(0)


def set_phase(phase: str) -> None:
    """Write down how far the stack is: starting, ready, stopping, stopped or failed."""
    RUN.mkdir(parents=True, exist_ok=True)
    unfinished = STATE.with_suffix(".new")
    unfinished.write_text(json.dumps({"phase": phase}), encoding="ascii")
    unfinished.replace(STATE)


def phase() -> str:
    """How far the stack is, as `set_phase` wrote it."""
    if not STATE.exists():
        return "stopped"
    return str(json.loads(STATE.read_text(encoding="ascii"))["phase"])


def hold(name: str) -> None:
    """Stop a part of the running stack (`labour`, `keycloak`, …) and keep it stopped until `release`."""
    _mark(name).touch()


def release(name: str) -> None:
    """Let a held part start again."""
    _mark(name).unlink(missing_ok=True)


def release_all() -> None:
    """Forget what an earlier run held."""
    for mark in HELD.glob("*"):
        mark.unlink(missing_ok=True)


def _mark(name: str) -> Path:
    if not name.replace("-", "").isalnum():
        raise ValueError(f"no part of the stack is called {name!r}")
    HELD.mkdir(parents=True, exist_ok=True)
    return HELD / name
