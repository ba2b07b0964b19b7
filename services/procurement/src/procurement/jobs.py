"""Every timed job of procurement."""

from __future__ import annotations

from chassis import housekeeping

JOBS = (*housekeeping.JOBS,)
