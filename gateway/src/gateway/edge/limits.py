"""How often one client may call, with the library `limits` (sliding window counter).

The counters live in the memory of this gateway process: two processes let through twice as much. The
library's own memory storage starts a thread every 10 ms that walks over every client, so the counters are
kept here: two numbers for each of at most `MAX_CLIENTS`, the longest silent forgotten first.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from chassis.clock import Clock

MAX_CLIENTS = 20_000


class _Windows(MemoryStorage):
    """Client → (number of the current window, calls in the one before, calls in it)."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._counts: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    def _at(self, key: str, expiry: int, now: float) -> tuple[int, int, int]:
        window = int(now // expiry)
        known = self._counts.get(key)
        if known is None or known[0] < window - 1:
            return window, 0, 0
        if known[0] == window - 1:
            return window, known[2], 0
        return known

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one call; False, and not counted, when it is one too many."""
        now = self._clock.now().timestamp()
        window, before, current = self._at(key, expiry, now)
        weighted = before * (1 - (now / expiry) % 1) + current
        allowed = math.floor(weighted) + amount <= limit
        self._counts[key] = (window, before, current + amount if allowed else current)
        self._counts.move_to_end(key)
        if len(self._counts) > MAX_CLIENTS:
            self._counts.popitem(last=False)
        return allowed

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Calls in the window before and seconds that it still counts, the same of this window."""
        now = self._clock.now().timestamp()
        _, before, current = self._at(key, expiry, now)
        left = (1 - (now / expiry) % 1) * expiry
        return before, left if before else 0.0, current, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - the interface
        """Forget a client."""
        self._counts.pop(key, None)


class _PerClient(RateLimitItemPerSecond):
    """The limit itself; its store is this process's own, so the client's name is the whole key."""

    def key_for(self, *identifiers: bytes | str | int | float) -> str:
        """The client."""
        return str(identifiers[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the call passes, and the fields that tell the caller its budget."""

    allowed: bool
    remaining: int
    reset: int
    fields: tuple[tuple[bytes, bytes], ...]


class RateLimiter:
    """`requests` calls in `window` seconds for each client."""

    def __init__(self, requests: int, window: int, clock: Clock) -> None:
        self._item = _PerClient(requests, window)
        self._window = window
        self._clock = clock
        self._limiter = SlidingWindowCounterRateLimiter(_Windows(clock))
        self._policy = (b"ratelimit-policy", f'"default";q={requests};w={window}'.encode())

    def hit(self, client: str) -> Verdict:
        """Count one call of a client; fields as in draft-ietf-httpapi-ratelimit-headers-10.

        `t` is the end of the current window, when the calls before it have lost all weight.
        """
        allowed = self._limiter.hit(self._item, client)
        remaining = self._limiter.get_window_stats(self._item, client).remaining if allowed else 0
        reset = math.ceil(self._window - self._clock.now().timestamp() % self._window)
        budget = (b"ratelimit", f'"default";r={remaining};t={reset}'.encode())
        return Verdict(allowed, remaining, reset, (self._policy, budget))
