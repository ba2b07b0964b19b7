"""Every timed job of procurement."""

from __future__ import annotations

from datetime import timedelta

from chassis import housekeeping
from chassis.jobs import Job
from procurement.files import service as files
from procurement.prices.commands import freeze
from procurement.suppliers import handlers as suppliers
from procurement.suppliers.commands.licences import WARN_JOB
from procurement.suppliers.service import LIFT_JOB

JOBS = (
    *housekeeping.JOBS,
    Job("prices.freeze-months", freeze.freeze_months, every=timedelta(hours=6)),
    Job(files.SCAN, files.scan_later, clients=True),
    Job("files.sweep", files.sweep, every=timedelta(hours=6), clients=True),
    Job(LIFT_JOB, suppliers.lift),
    Job(WARN_JOB, suppliers.warn_licence),
)
