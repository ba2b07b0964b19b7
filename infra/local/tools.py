"""Run a program to its end and say what it said: downloads, migrations and the like."""

from __future__ import annotations

import asyncio
import sys

from infra.local.console import Console
from infra.programs import Program, StartError

KEPT = 30  # lines of output for the error message


async def run(program: Program, console: Console, *, aloud: bool = True) -> str:
    """Run to the end; its standard output. With `aloud`, its lines are shown as they come.

    Raises:
        StartError: it ended with another code than 0.
    """
    process = await asyncio.create_subprocess_exec(
        *program.leashed(),
        env=program.full_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=10_000_000,
    )
    assert process.stdout is not None  # noqa: S101 - both were asked for
    assert process.stderr is not None  # noqa: S101
    name = program.name if aloud else None
    try:
        output, errors = await asyncio.gather(
            _lines(process.stdout, console, name), _lines(process.stderr, console, None)
        )
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code != 0:
        last = "\n".join([*output, *errors][-KEPT:])
        raise StartError(f"{program.name} ended with code {code}:\n{last}")
    return "\n".join(output)


async def _lines(stream: asyncio.StreamReader, console: Console, name: str | None) -> list[str]:
    found: list[str] = []
    async for raw in stream:
        line = raw.decode("utf-8", errors="replace").rstrip()
        found.append(line)
        if name is not None:
            console.say(name, line)
    return found


def module(name: str, *arguments: str) -> Program:
    """`python -m module …` as a program, under the first part of its own name."""
    return Program(name.rsplit(".", 1)[-1], (sys.executable, "-m", name, *arguments))
