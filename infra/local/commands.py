"""The commands of the local stack.

run      start everything in the foreground, play the demo, stay until Ctrl-C
up       start everything in the background and wait until it is ready
down     end what `up` (or `run`) started
migrate  bring every database up to date, with the running stack's PostgreSQL or one started for it
status   what runs and where
hold     stop one part of the running stack and keep it stopped;  release  lets it start again
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from dotenv import load_dotenv

from infra.contracts.paths import ROOT, Service
from infra.local import control, migrations, ports, processes, stack_file
from infra.local.components import Components
from infra.local.console import Console
from infra.local.control import AlreadyRunningError
from infra.local.secret_store import SecretStore
from infra.local.settings import StackSettings
from infra.local.stack import Stack
from infra.places import LOGS, STACK
from infra.postgres import Server
from infra.postgres.cluster import ADMIN
from infra.programs import StartError, tail

STACK_LOG = LOGS / "stack.log"
STOP_SECONDS = 60.0
FIRST_START_SECONDS = 900.0  # downloads on a slow line
POLL = 0.1


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace, Console], int] = options.command
    load_dotenv(ROOT / ".env")  # for the stack and, through it, for every process; the environment wins
    console = Console(everything=options.logs)
    try:
        return command(options, console)
    except (StartError, AlreadyRunningError, ValueError) as error:
        console.say("stack", str(error), "red")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(logs=False)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, function in (("run", run), ("up", up), ("supervise", supervise), ("migrate", migrate)):
        command = commands.add_parser(name)
        command.set_defaults(command=function)
        command.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these of our processes alone")
        if name == "run":
            command.add_argument("--no-demo", action="store_true", help="do not play the demo")
            command.add_argument("--lang", choices=("zh-CN", "en"), default="zh-CN", help="the demo's language")
            command.add_argument("--logs", action="store_true", help="show every log line, not only warnings")
    commands.add_parser("down").set_defaults(command=down)
    commands.add_parser("status").set_defaults(command=status)
    for name, function in (("hold", hold), ("release", release)):
        command = commands.add_parser(name)
        command.set_defaults(command=function)
        command.add_argument("name")
    return parser


def run(options: argparse.Namespace, console: Console) -> int:
    """Everything in the foreground, then the demo, then stay."""

    async def play(stopping: asyncio.Event) -> None:
        if options.no_demo:
            return
        command = (sys.executable, "-m", "infra.demo", "--lang", options.lang)
        demo = await asyncio.create_subprocess_exec(*command, start_new_session=True)  # Ctrl-C is for us alone
        ended = asyncio.create_task(demo.wait())
        await asyncio.wait([ended, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            demo.terminate()
            await ended
        elif ended.result() != 0:
            console.say("stack", f"the demo ended with code {ended.result()}", "red")
        console.say("stack", f"everything stays up until Ctrl-C; logs are in {LOGS}", "bold")

    return _supervise(processes.present(options.only), console, play)


def supervise(options: argparse.Namespace, console: Console) -> int:
    """What `up` runs in the background."""

    async def nothing(_: asyncio.Event) -> None:
        return

    return _supervise(processes.present(options.only), console, nothing)


def _supervise(
    services: tuple[Service, ...], console: Console, then: Callable[[asyncio.Event], Awaitable[None]]
) -> int:
    with control.only_one(os.getpid()):
        return asyncio.run(_until_stopped(services, console, then))


async def _until_stopped(
    services: tuple[Service, ...], console: Console, then: Callable[[asyncio.Event], Awaitable[None]]
) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    stack = Stack(services, console)
    starting = asyncio.create_task(stack.start())
    stopped = asyncio.create_task(stopping.wait())
    code = 0
    try:
        await asyncio.wait([starting, stopped], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            await then(stopping)
            await stopped
        else:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
    except* StartError as group:
        code = 1
        for error in group.exceptions:
            console.say("stack", str(error), "red")
    finally:
        await stack.stop()
    return code


def up(options: argparse.Namespace, console: Console) -> int:
    """Start in the background; show the lines of its log until it is ready."""
    services = processes.present(options.only)
    pid = control.running_pid()
    if pid is not None:
        console.say("stack", f"runs already (pid {pid}, {control.phase()}); addresses are in {STACK}")
        return 0
    control.set_phase("starting")
    LOGS.mkdir(parents=True, exist_ok=True)
    with STACK_LOG.open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "infra.local", "supervise", "--only", *(each.name for each in services)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    give_up = time.monotonic() + FIRST_START_SECONDS
    with STACK_LOG.open(encoding="utf-8", errors="replace") as lines:
        while time.monotonic() < give_up:
            sys.stdout.write(lines.read())
            sys.stdout.flush()
            if child.poll() is not None:
                sys.stdout.write(lines.read())
                return 1
            if control.phase() == "ready":
                sys.stdout.write(lines.read())
                console.say("stack", f"addresses and logins are in {STACK}")
                return 0
            time.sleep(POLL)
    child.send_signal(signal.SIGTERM)
    raise StartError(f"not ready after {FIRST_START_SECONDS:.0f} s:\n{tail(STACK_LOG)}")


def down(_: argparse.Namespace, console: Console) -> int:
    """End the running stack in order."""
    pid = control.running_pid()
    if pid is None:
        console.say("stack", "is not running")
        return 0
    os.kill(pid, signal.SIGTERM)
    give_up = time.monotonic() + STOP_SECONDS
    while control.running_pid() is not None:
        if time.monotonic() > give_up:
            console.say("stack", "did not end in time and is killed; its processes end with it", "red")
            os.kill(pid, signal.SIGKILL)
            return 1
        time.sleep(POLL)
    console.say("stack", "stopped")
    return 0


def migrate(options: argparse.Namespace, console: Console) -> int:
    """Run every service's migrations, whether or not anything seems new."""
    services = processes.present(options.only)

    async def with_own_server() -> None:
        settings, secrets = StackSettings(), SecretStore()
        components = Components(settings, secrets, ports.choose(settings), console, lambda: None)
        try:
            server = await components.start_postgres()
            databases = await components.make_databases(server, services)
            await migrations.migrate(services, databases, console, always=True)
        finally:
            for supervised in components.running.values():
                await supervised.stop()

    async def with_running_server() -> None:
        running, secrets, settings = stack_file.read()["postgres"], SecretStore(), StackSettings()
        own = Server(running["host"], running["port"], ADMIN, secrets.token("postgres"))
        components = Components(settings, secrets, ports.choose(settings), console, lambda: None)
        databases = await components.make_databases(settings.external_postgres() or own, services)
        await migrations.migrate(services, databases, console, always=True)

    if control.running_pid() is not None:
        asyncio.run(with_running_server())
    else:
        with control.only_one(os.getpid()):
            asyncio.run(with_own_server())
    return 0


def status(_: argparse.Namespace, console: Console) -> int:
    """What runs and where; exit code 1 when nothing does."""
    pid = control.running_pid()
    if pid is None:
        console.say("stack", "is not running")
        return 1
    console.say("stack", f"{control.phase()} (pid {pid})")
    content = stack_file.read()
    parts = {name: content[name] for name in ("postgres", "nats", "keycloak", "authority") if name in content}
    for name, part in (parts | content.get("services", {})).items():
        address = part.get("rest") or part.get("url") or f"{part['host']}:{part['port']}"
        console.say(name, f"{address}  pid {part['pid'] or '-'}")
    return 0


def hold(options: argparse.Namespace, console: Console) -> int:
    """Stop a part and keep it stopped."""
    known = stack_file.read()
    if options.name not in {"authority", "keycloak", "nats", "postgres", *known.get("services", {})}:
        raise ValueError(f"no part of the stack is called {options.name!r}")
    control.hold(options.name)
    console.say(options.name, "is being stopped")
    return 0


def release(options: argparse.Namespace, console: Console) -> int:
    """Let a held part start again."""
    control.release(options.name)
    console.say(options.name, "may start again")
    return 0
