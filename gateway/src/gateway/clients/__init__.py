"""Whom the gateway asks, and what else lives as long as its process."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from chassis.http.edge import runtime_of
from gateway.access.secrets import Cipher


def cipher(request: Request) -> Cipher:
    """What seals one-time secrets, as an endpoint's dependency."""
    found: Cipher = runtime_of(request).clients["cipher"]
    return found


CipherDep = Annotated[Cipher, Depends(cipher)]
