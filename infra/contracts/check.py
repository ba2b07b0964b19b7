"""`make check`: everything that can be said about the code without running it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from infra.contracts import artefacts, generators, openapi
from infra.contracts.openapi import Document
from infra.contracts.paths import EVERYONE, PROTO, ROOT

SCRIPTS = Path(sys.executable).parent
PARALLEL = 2


class CheckFailedError(Exception):
    """A check found something; the message is what a person has to read."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check answers a remark (often empty) or raises CheckFailedError."""

    name: str
    run: Callable[[], str]


def program(name: str, *command: str) -> Check:
    """A check that is a program of the environment: it passes when the program exits with 0."""

    def run() -> str:
        call([str(SCRIPTS / command[0]), *command[1:]])
        return ""

    return Check(name, run)


def call(command: Sequence[str]) -> str:
    """Run a program in the repository; answers its output, raises CheckFailedError unless it exits with 0."""
    path = f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise CheckFailedError(done.stdout.strip() or f"{command[0]} exited with {done.returncode}")
    return done.stdout


def breaking() -> str:
    """`buf breaking` against the contracts of main as they were before the change at hand."""
    base, reason = base_commit()
    if base is None:
        return f"skipped: {reason}"
    pack = ["git", "archive", "--format=zip", base, "--", "proto/zhulian", "proto/buf.yaml"]
    packed = subprocess.run(pack, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode != 0:
        return f"skipped: {base[:12]} has no contracts to compare with"
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder)
        call([str(SCRIPTS / "buf"), "breaking", str(PROTO), "--against", str(Path(folder) / "proto")])
    return f"against {reason} ({base[:12]})"


def removed_operations(before: Document, after: Document) -> list[str]:
    """Operations (by operationId) that a document no longer has, or has at another method or path."""
    now = {operation["operationId"]: (method, path) for method, path, operation in openapi.operations(after)}
    return [
        f"{operation['operationId']} ({method.upper()} {path})"
        for method, path, operation in openapi.operations(before)
        if now.get(operation["operationId"]) != (method, path)
    ]


def stable_operations() -> str:
    """No REST operation of the base went or moved: partners' generated clients call them by operationId."""
    base, reason = base_commit()
    if base is None:
        return f"skipped: {reason}"
    gone = []
    for service in EVERYONE:
        path = openapi.path(service)
        shown = subprocess.run(
            ["git", "show", f"{base}:{path.relative_to(ROOT).as_posix()}"], cwd=ROOT, capture_output=True, check=False
        )
        if shown.returncode == 0 and path.is_file():
            gone += removed_operations(json.loads(shown.stdout), json.loads(path.read_text(encoding="utf-8")))
    if gone:
        raise CheckFailedError(f"REST operations that are no longer there ({reason}):\n" + "\n".join(gone))
    return f"against {reason} ({base[:12]})"


def base_commit() -> tuple[str | None, str]:
    """What the contracts are compared with, and its name; None and the reason when there is nothing.

    On a branch: main. On main itself: the remote's main while that is behind, else the commit before.
    """
    head = _commit("HEAD")
    if head is None:
        return None, "there is no commit yet"
    for name in ("main", "origin/main", "HEAD^"):
        commit = _commit(name)
        if commit is not None and commit != head:
            return commit, name
    return None, "this is the first commit of main, there is nothing before it"


def _commit(name: str) -> str | None:
    command = ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def drift(artefact: artefacts.Artefact) -> Check:
    """The committed files are what a fresh generation gives."""

    def run() -> str:
        found = artefacts.drift(artefact)
        if found:
            raise CheckFailedError("\n".join([*found, "`make gen` brings it up to date."]))
        return ""

    return Check(f"{artefact.name} up to date", run)


def checks() -> list[Check]:
    """All of them; the slow ones first, so that they run beside the others."""
    return [
        program("types (mypy --strict)", "mypy"),
        *(drift(artefact) for artefact in generators.ALL),
        program("architecture tests", "pytest", "tests/architecture", "-q", "--no-header"),
        program("style (ruff check)", "ruff", "check", "--quiet", "."),
        program("format (ruff format)", "ruff", "format", "--check", "--quiet", "."),
        program("imports (import-linter)", "lint-imports", "--no-logo", "--cache-dir", ".local/imports"),
        program("contracts (buf lint)", "buf", "lint", "proto"),
        Check("contracts (buf breaking)", breaking),
        Check("contracts (REST operations stay)", stable_operations),
    ]


def main(console: Console) -> int:
    """Run every check, two at a time, and print a line for each; 1 when any of them failed."""
    failed = 0
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        running = {pool.submit(_timed, check): check for check in checks()}
        for future in as_completed(running):
            seconds, remark, failure = future.result()
            mark = "[red]✗[/red]" if failure is not None else "[green]✓[/green]"
            tail = f"  [dim]{remark}[/dim]" if remark else ""
            console.print(f"{mark} {running[future].name:<34} {seconds:5.1f} s{tail}", highlight=False)
            if failure is not None:
                failed += 1
                console.print(failure, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{failed} checks failed" if failed else "all checks passed")
    return 1 if failed else 0


def _timed(check: Check) -> tuple[float, str, str | None]:
    started = time.perf_counter()
    try:
        remark, failure = check.run(), None
    except (CheckFailedError, RuntimeError) as error:
        remark, failure = "", str(error)
    return time.perf_counter() - started, remark, failure
