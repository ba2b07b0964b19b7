"""Start and stop the programs of the stack: PostgreSQL, nats-server, Keycloak, our own services."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
LOOPBACK = "127.0.0.1"
STACK_ONLY = "ZHULIAN_EXTERNAL_"


class StartError(RuntimeError):
    """A program ended, or was not ready in time; the message carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to run one program.

    `environment` is added to ours. `stop_signal` asks it to end in order (PostgreSQL wants SIGINT: on SIGTERM
    it waits for every client). `user` is the operating-system user to become, when we are root and it may not
    be.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None

    def leashed(self) -> list[str]:
        """The command line that ends with us, see infra/leash.py."""
        number = str(self.stop_signal.value)
        leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), self.user or "-", number]
        return [*leash, *self.command]

    def full_environment(self) -> dict[str, str]:
        """Our environment with the program's own on top, without the logins of outside components."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(STACK_ONLY)}
        return {**ours, **self.environment}


def start(program: Program, log: Path) -> subprocess.Popen[bytes]:
    """Start a program, its output going to `log`.

    It gets a session of its own, so that Ctrl-C reaches us alone and we can end things in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            program.leashed(),
            env=program.full_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, seconds: float = 20) -> None:
    """Ask a program to end; kill it when it has not ended after `seconds`."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    name: str,
    log: Path,
    seconds: float,
    *,
    pause: float = 0.02,
) -> None:
    """Ask `ready` every `pause` seconds until it says yes.

    Raises:
        StartError: the program ended or `seconds` went by.
    """
    give_up = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{name} ended with code {process.returncode}:\n{tail(log)}")
        if time.monotonic() > give_up:
            raise StartError(f"{name} was not ready after {seconds:.0f} s:\n{tail(log)}")
        time.sleep(pause)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for error messages."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def free_port(usual: int | None = None) -> int:
    """The usual TCP port when nobody has it on loopback, else any free one."""
    for wanted in (usual, 0):
        if wanted is None:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise OSError("no free TCP port on loopback")


def listens(port: int) -> bool:
    """Whether anybody accepts connections on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
