"""Every timed job of procurement."""

from __future__ import annotations

from chassis import housekeeping
from chassis.jobs import Job
from procurement.agreements import service as agreements

JOBS = (Job(agreements.EXPIRE, agreements.expire), *housekeeping.JOBS)
