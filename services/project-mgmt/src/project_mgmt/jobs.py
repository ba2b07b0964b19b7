"""Every timed job of project-mgmt."""

from __future__ import annotations

from chassis import housekeeping
from chassis.jobs import Job
from project_mgmt.budgets import handlers as budgets
from project_mgmt.budgets.service import LAPSE

JOBS = (Job(LAPSE, budgets.lapse_due), *housekeeping.JOBS)
