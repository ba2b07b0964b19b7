"""Every timed job of labour."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from labour.authorities.service import COLLECT
from labour.filings import service as filings

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job(COLLECT, filings.collect, clients=True),
    Job(filings.PUMP, filings.pump, clients=True),
    Job("filings.sweep", filings.sweep, every=timedelta(minutes=5)),
)
