"""Use cases of evidence: computing chains as something changes, and showing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.attendance.rules import day_shift
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE, nearest
from labour.evidence import repository, rulebook, rules
from labour.evidence.models import EvidenceGap, EvidenceMonth
from labour.evidence.repository import GapFilter, MonthFilter, Totals
from labour.evidence.rules import Chain, Facts, Key
from labour.paper import service as paper

FOLLOW = "evidence.follow"
LOOK_AGAIN = "evidence.look-again"
AT_ONCE, NAMED = 10_000, 1_000_000
"""Changes that one run takes, and workers named in them, most of them again and again."""
PART = 250
"""Months that are computed at once: gates and people do not wait longer than for these."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A chain with its gaps, the first due first."""

    month: EvidenceMonth
    gaps: Sequence[EvidenceGap]


async def follow(work: Work, _: Mapping[str, str]) -> None:
    """Job: compute again what has changed since the last run."""
    await catch_up(work)


async def catch_up(work: Work) -> int:
    """Compute again what has changed since the last time; answers how many months that were.

    What is more than one run takes waits for the next. The changes are forgotten with the transaction that has
    computed them, so a crash in between loses none.
    """
    connection = await work.driver()
    await repository.one_at_a_time(connection)
    keys = await repository.take(connection, AT_ONCE, NAMED)
    await _compute(work, connection, keys)
    return len(keys)


async def recompute(work: Work, project_id: UUID) -> int:
    """Compute every month of a project from nothing but its rows; answers how many there are.

    What `follow` has kept is the same (a test compares them); this is for a rule that has changed.
    """
    work.require(permissions.EVIDENCE_RECOMPUTE)
    connection = await work.driver()
    await repository.one_at_a_time(connection)
    keys = await repository.keys_of(connection, project_id)
    await _compute(work, connection, keys)
    work.audit("evidence.recompute", "project", project_id, None, {"months": len(keys)})
    return len(keys)


async def look_again(work: Work, _: Mapping[str, str]) -> None:
    """Job: have this month and the one before computed again.

    A day that is over and counts nothing has become a gap by the clock alone; and of two changes in the same instant,
    of which neither has seen the other (a first day of work and a contract for all projects), this finds both.
    """
    month = work.today.replace(day=1)
    await repository.mark_since(await work.driver(), (month - timedelta(days=1)).replace(day=1))


async def page(work: Work, wanted: MonthFilter, request: PageRequest) -> Page[EvidenceMonth]:
    """The visible chains of a project, newest month first."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def page_of_gaps(work: Work, wanted: GapFilter, request: PageRequest) -> Page[EvidenceGap]:
    """The visible gaps of a project, the first due first."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        return await repository.page_of_gaps(session, work.principal, work.today, wanted, request)


async def get(work: Work, key: Key) -> Shown:
    """One chain with its gaps."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        month, gaps = await repository.get(session, work.principal, work.today, key)
    return Shown(month, gaps)


async def document(work: Work, project_id: UUID, employer_id: UUID, month: date, language: str) -> Iterable[bytes]:
    """An employer's month as an inspector reads it, as PDF in zh-CN or en."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        found = await repository.report(session, work.principal, work.today, project_id, employer_id, month)
        printed = await paper.evidence_paper(session, found, work.today, language)
    return [await paper.evidence_document(printed)]


async def totals(work: Work, project_id: UUID, month: date) -> list[Totals]:
    """How the visible employers of a project stand in a month."""
    work.require(permissions.EVIDENCE_READ)
    async with work.reading() as session:
        return await repository.totals(session, work.principal, work.today, project_id, month)


async def _compute(work: Work, connection: asyncpg.Connection[Any], keys: Sequence[Key]) -> None:
    for first in range(0, len(keys), PART):
        part = keys[first : first + PART]
        found = await repository.facts(connection, part, _shift(work.today), work.today)
        gone = [one.key for one in found if one.is_nothing]
        if gone:
            await repository.forget(connection, gone)
        await repository.put(connection, [_judged(one) for one in found if not one.is_nothing], work.now)


def _judged(facts: Facts) -> Chain:
    # By the rule of that month: a later one changes nothing of a month that is over.
    [deadlines] = nearest(rulebook.deadlines(), facts.city or EVERYWHERE, rules.last_day(facts.key.month))
    return rules.judge(facts, deadlines, codes.calendar())


def _shift(today: date) -> timedelta:
    # Stays are told in instants; which work day they belong to is asked as for swipes, by the rule for everywhere.
    [rule] = nearest(codes.worker_day_rules(), EVERYWHERE, today)
    return day_shift(rule)
