"""A simulator of authorities' real-name platforms: the national one, and a province that does not exist.

It checks what a platform checks (signature, encryption, timestamps, order, dates, photos, pace) with code of its own,
and fails on demand. Tests start it as a process (`python -m infra.authority --port 0`), the local stack beside labour.
"""

from __future__ import annotations

APPS = "ZHULIAN_AUTHORITY_APPS"
"""In the process's environment: who may call from the start on, as JSON, platform → app id → secret."""

SECRET_CHARACTERS = 32
"""What the national platform's AES-256 key has; the province takes the same."""

PATHS = {"national": "national", "demo_province": "province"}
"""Where each platform listens below the simulator's address, by its code in labour's directory of authorities."""


def addresses(base: str) -> dict[str, str]:
    """Each platform's address, by its code, under the address of the simulator."""
    return {code: f"{base}/{path}" for code, path in PATHS.items()}
