"""Every timed job of labour."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.files import service as files
from chassis.jobs import Job
from labour.attendance import service as attendance

JOBS = (
    *housekeeping.JOBS,
    Job(files.SCAN, files.scan_later, clients=True),
    Job("attendance.partitions", attendance.make_partitions, every=timedelta(days=1)),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
)
