"""Every day anew: what time alone changes at the gates, and what came too late to be asked.

`cleared_until` tells ahead when papers end. What it cannot tell is what opens a gate again by itself (a contract,
certificate or rule that begins after a gap, a birthday, the end of a listing) and what a late swipe or a repair adds to
the data that keeps a training alive. So each open assignment is judged anew at midnight in Asia/Shanghai, before the
work day of 04:00 with which a swipe is compared, and every few hours beside.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from chassis.clock import day_begins
from chassis.crypto import Vault
from chassis.work import Work
from labour import permissions
from labour.assignments import repository
from labour.assignments.commands.evidence import judge

WATCH_JOB, CLEAR_JOB = "assignments.watch", "assignments.clear"
AT_ONCE = 500
"""Assignments of one run, which holds their workers' papers still for a fraction of a second."""


async def watch(work: Work) -> None:
    """Job: have everybody judged now, and at the next midnight; asked twice it is done once."""
    work.require(permissions.ASSIGNMENTS_CLOCK)
    tomorrow = work.today + timedelta(days=1)
    await work.enqueue(CLEAR_JOB, {"after": ""}, dedupe_key=CLEAR_JOB)
    await work.enqueue(CLEAR_JOB, {"after": ""}, due=day_begins(tomorrow), dedupe_key=f"{CLEAR_JOB}:{tomorrow}")


async def clear_from(work: Work, after: UUID | None, vault: Vault) -> None:
    """Job: judge the next open assignments as of today, and ask for those behind them; run again it changes nothing.

    Whose standing turns (covered or not) is audited; a day that moves ahead with attendance is not.
    """
    work.require(permissions.ASSIGNMENTS_CLOCK)
    driver = await work.driver()
    found = await repository.open_after(driver, after, AT_ONCE)
    await repository.hold_workers(driver, {worker_id for _, worker_id, _ in found})
    judged = await judge(work, driver, found, vault, work.today)
    for id_, was, now in await repository.clear(driver, judged, work.today):
        if _covers(was, work.today) != _covers(now, work.today):
            work.audit("assignments.clear", "assignment", id_, {"cleared_until": was}, {"cleared_until": now})
    if len(found) == AT_ONCE:
        await work.enqueue(CLEAR_JOB, {"after": str(found[-1][0])})


def _covers(until: date | None, day: date) -> bool:
    return until is None or until >= day
