"""How much time is left for what runs here; gRPC in Python passes no deadline on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

deadline: ContextVar[float | None] = ContextVar("chassis.rpc.deadline", default=None)
"""When the caller of this task stops waiting, in seconds of `time.monotonic`; None when nobody said."""


def remaining() -> float | None:
    """Seconds until the caller stops waiting (negative when it has); None without a deadline."""
    ends_at = deadline.get()
    return None if ends_at is None else ends_at - time.monotonic()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """A block that must be done in so many seconds, or sooner when the caller's own deadline is nearer."""
    ends_at = time.monotonic() + seconds
    outer = deadline.get()
    token = deadline.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        deadline.reset(token)
