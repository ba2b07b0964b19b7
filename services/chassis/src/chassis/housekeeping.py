"""Jobs that every service has."""

from __future__ import annotations

from datetime import timedelta

from chassis import idempotency
from chassis.jobs import Job
from chassis.work import Work


async def clean_keys(work: Work, _: dict[str, str]) -> None:
    """Forget idempotency answers that are older than promised."""
    await idempotency.clean(await work.driver(), work.now)


JOBS = (Job("idempotency.clean", clean_keys, every=timedelta(hours=1)),)
