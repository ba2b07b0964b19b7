"""Every timed job of labour."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from labour.training import service as training

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job("training.watch", training.watch, every=timedelta(hours=6)),
    Job(training.COUNT, training.count_from),
)
