"""Every timed job of equipment-leasing."""

from __future__ import annotations

from chassis import housekeeping
from chassis.jobs import Job
from equipment_leasing.bookings import handlers as bookings
from equipment_leasing.bookings.service import RELEASE_JOB

JOBS = (*housekeeping.JOBS, Job(RELEASE_JOB, bookings.release_hold))
