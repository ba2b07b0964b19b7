"""Every timed job of procurement."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.jobs import Job
from procurement.files import service as files

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
)
