"""Every timed job of labour."""

from __future__ import annotations

from chassis import housekeeping

JOBS = (*housekeeping.JOBS,)
