"""Every timed job of procurement."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.jobs import Job
from procurement.prices.commands import freeze

JOBS = (
    *housekeeping.JOBS,
    Job("prices.freeze-months", freeze.freeze_months, every=timedelta(hours=6)),
)
