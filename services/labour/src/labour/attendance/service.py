"""Use cases of attendance: taking in swipes stands in commands/record.py, what follows from them in days/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.attendance import repository
from labour.attendance.commands.judge import Recorded, SwipeRow
from labour.attendance.commands.record import RecordSwipes, record
from labour.attendance.models import Swipe
from labour.attendance.repository import AttendanceFilter
from labour.months.service import lock_month, unlock_month

__all__ = [
    "AttendanceFilter",
    "RecordSwipes",
    "Recorded",
    "SwipeRow",
    "lock_month",
    "make_partitions",
    "page_of_swipes",
    "record",
    "unlock_month",
]

AHEAD = timedelta(days=240)
"""How far ahead months of swipes stand ready: a job that fails for half a year is noticed before."""


async def page_of_swipes(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[Swipe]:
    """The visible swipes of a project, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_swipes(session, work.principal, work.today, wanted, request)


async def make_partitions(work: Work, _: Mapping[str, str]) -> None:
    """Job: have the months of swipes to come ready; does nothing when they are."""
    await repository.make_partitions(await work.driver(), work.today + AHEAD)
