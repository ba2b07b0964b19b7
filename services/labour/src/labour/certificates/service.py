"""Telling that certificates end: as many days ahead as the rules say, and when they are over."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from chassis.work import Work
from labour import permissions
from labour.assignments.gates import CERTIFICATE_IN_FORCE
from labour.certificates import events, repository
from labour.certificates.models import Ending
from labour.codes import repository as codes
from labour.codes.rules import in_force_on

LOOK_JOB = "certificates.look"
OVER = -1
AT_ONCE = 1000


async def look(work: Work, _: dict[str, str]) -> None:
    """For the job: tell each end once per warning; what is found late is told by the nearest warning only."""
    work.require(permissions.CERTIFICATES_CLOCK)
    steps = sorted(
        one.days for one in codes.certificate_warnings() if in_force_on(one.valid_from, one.valid_to, work.today)
    )
    before = work.today - timedelta(days=1)
    await _tell(work, OVER, date.min, before)
    for days in steps:
        until = work.today + timedelta(days=days)
        await _tell(work, days, before, until)
        before = until


async def _tell(work: Work, days: int, after: date, until: date) -> None:
    driver = await work.driver()
    while True:
        found = await repository.tell(
            driver, after=after, until=until, days=days, now=work.now, status=CERTIFICATE_IN_FORCE, limit=AT_ONCE
        )
        by_employer: dict[UUID, list[Ending]] = defaultdict(list)
        for one in found:
            by_employer[one.employer_id].append(one)
        for employer_id, endings in by_employer.items():
            work.emit(
                events.expired(employer_id, endings) if days == OVER else events.expiring(employer_id, days, endings)
            )
            after_told = {"days": days, "certificates": len(endings)}
            work.audit("certificates.warn", "employer", employer_id, None, after_told)
        if len(found) < AT_ONCE:
            return
