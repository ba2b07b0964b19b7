"""Every timed job of procurement."""

from __future__ import annotations

from chassis import housekeeping
from chassis.jobs import Job
from procurement.suppliers import handlers as suppliers
from procurement.suppliers.commands.licences import WARN_JOB
from procurement.suppliers.service import LIFT_JOB

JOBS = (
    *housekeeping.JOBS,
    Job(LIFT_JOB, suppliers.lift),
    Job(WARN_JOB, suppliers.warn_licence),
)
