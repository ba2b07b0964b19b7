"""Keep processes running: start, wait until ready, start again when one ends, stop all in reverse order.

A process manager such as honcho ends everything when one process ends and knows no readiness; both are the point here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from infra import programs
from infra.local.console import Console
from infra.places import LOGS, RUN
from infra.programs import Program, StartError

HELD = RUN / "held"  # whose name stands here is kept stopped, see control.py
POLL = 0.1  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a new start; doubled each time
CALM = 60.0  # seconds of life after which the pause begins small again

Ready = Callable[[], Awaitable[bool]]


@dataclass
class Supervised:
    """One process that is kept running. `ready` says whether it serves; `seconds` is how long that may take."""

    program: Program
    ready: Ready
    console: Console
    changed: Callable[[], None]
    seconds: float = 120.0
    stop_seconds: float = 12.0
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What it is called in logs and in stack.json."""
        return self.program.name

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return LOGS / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.process.pid if self.process is not None and self.process.returncode is None else None

    async def start(self) -> None:
        """Start it for the first time; call `wait` next."""
        await self._spawn()
        self.console.say(self.name, "starting")

    async def wait(self) -> None:
        """Wait until it is ready, then keep it running.

        Raises:
            StartError: it ended, or was not ready in time.
        """
        began = time.monotonic()
        while not await self.ready():
            if self.pid is None:
                code = None if self.process is None else self.process.returncode
                raise StartError(f"{self.name} ended with code {code}; its last lines:\n{programs.tail(self.log)}")
            if time.monotonic() - began > self.seconds:
                raise StartError(f"{self.name} was not ready after {self.seconds:.0f} s:\n{programs.tail(self.log)}")
            await asyncio.sleep(POLL)
        self.console.say(self.name, f"ready (pid {self.pid})")
        self._task = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """Ask it to end; kill it when it takes longer than `stop_seconds`."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._end()

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *self.program.leashed(),
                env=self.program.full_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def _end(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.stop_seconds)
        except TimeoutError:
            self.console.say(self.name, f"did not end within {self.stop_seconds:.0f} s and was killed", "red")
            process.kill()
            await process.wait()

    async def _keep(self) -> None:
        """Start it again whenever it has ended; keep it stopped while it is held."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            held = await self._until_ended_or_held()
            if held:
                await self._stay_held()
                pause = FIRST_PAUSE
            else:
                code = None if self.process is None else self.process.returncode
                pause = FIRST_PAUSE if time.monotonic() - began > CALM else pause
                self.console.say(self.name, f"ended with code {code}; starting again in {pause:.1f} s", "red")
                self.changed()
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1
            await self._spawn()
            self.changed()
            asyncio.create_task(self._tell_when_ready(), name=f"ready {self.name}").add_done_callback(_ignore)

    async def _until_ended_or_held(self) -> bool:
        while self.pid is not None:
            if (HELD / self.name).exists():
                return True
            await asyncio.sleep(POLL)
        return False

    async def _stay_held(self) -> None:
        await self._end()
        self.console.say(self.name, "held: it stays stopped until it is released", "yellow")
        self.changed()
        while (HELD / self.name).exists():  # noqa: ASYNC110 - another process makes and removes the file
            await asyncio.sleep(POLL)

    async def _tell_when_ready(self) -> None:
        pid = self.pid
        while self.pid == pid and pid is not None:
            if await self.ready():
                self.console.say(self.name, f"ready again (pid {pid})")
                return
            await asyncio.sleep(POLL)


def _ignore(_: asyncio.Task[None]) -> None:
    """Holds the task until it is done; what it could raise was shown in the process's own log."""
