"""Make `.local/venv`: the one environment in which every part of Zhulian runs on a developer's machine.

Run by `make setup` with the machine's own Python (3.11 or newer) and therefore written with the standard
library alone. Installs exactly what requirements.lock names (hashes checked) and lists our own source folders
in one `.pth` file: an editable install says the same with more files and needs a build backend to run first.
A stamp holds the hash of all that went in; while it fits nothing is done, so that a second start is offline.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".local" / "venv"
STAMP = VENV / ".stamp"
LOCK = ROOT / "requirements.lock"
OLDEST_PYTHON = (3, 11)

SOURCES = (
    "",  # the repository itself: the packages `infra` and `tests`
    "proto/gen/python",
    "services/chassis/src",
    "services/project-mgmt/src",
    "services/labour/src",
    "services/procurement/src",
    "services/equipment-leasing/src",
    "gateway/src",
)


def fingerprint() -> str:
    """Hash of what the environment is made from: lock, this file, interpreter, place (it cannot be moved)."""
    parts = (LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def site_packages() -> Path:
    """The folder of the environment that Python reads `.pth` files from."""
    (folder,) = VENV.glob("lib/python3*/site-packages")
    return folder


def build() -> None:
    """Create the environment afresh (no package of an older lock stays behind) and install into it."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    install = ["install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(LOCK)]
    quiet = ["--quiet", "--progress-bar", "off"] if os.environ.get("CI") else ["--progress-bar", "on"]
    subprocess.run([str(VENV / "bin" / "python"), "-m", "pip", *install, *quiet], check=True)
    site = site_packages()
    lines = [os.path.relpath(ROOT / source, site) for source in SOURCES]
    (site / "zhulian.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Bring the environment up to date; exit code 2 when the machine's Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        found = f"{sys.version.split()[0]} ({sys.executable})"
        sys.stderr.write(f"Zhulian needs Python 3.11 or newer; python3 on this PATH is {found}\n")
        return 2
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return 0
    sys.stderr.write("Setting up .local/venv: the first time this downloads about 700 MB …\n")
    build()
    STAMP.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
