"""Break rules of a project on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.breaks import service
from labour.breaks.models import BreakRule
from labour.breaks.service import SetBreakRule
from labour.days import service as days
from tests.harness import organisation
from tests.labour.attendance.conftest import Gate, at

TOMORROW = date(2026, 11, 24)


async def set_rule(gate: Gate, valid_from: date, beyond: int, minutes: int) -> BreakRule:
    command = SetBreakRule(gate.site.project_id, valid_from, beyond, minutes, "午休")
    async with gate.site.harness.work(gate.site.engineer) as work:
        return await service.set_rule(work, command, gate.site.projects)


async def test_the_break_is_taken_off_from_its_first_day_on(gate: Gate) -> None:
    """Nine hours less one: 8 hours are a day, 7:59 are half a one; the eve is counted as before."""
    await set_rule(gate, TOMORROW, 360, 60)
    gate.site.harness.clock.advance(timedelta(days=3))
    try:
        await _three_days(gate)
    finally:  # the harness is everybody's
        gate.site.harness.clock.advance(timedelta(days=-3))


async def _three_days(gate: Gate) -> None:
    await gate.send(
        gate.swipe(0, "in", at(8, days_ago=0)),
        gate.swipe(0, "out", at(16, days_ago=0)),
        gate.swipe(1, "in", at(8, days_ago=-1)),
        gate.swipe(1, "out", at(17, days_ago=-1)),
        gate.swipe(2, "in", at(8, days_ago=-1)),
        gate.swipe(2, "out", at(16.9, days_ago=-1)),
    )
    one, two, three, _ = gate.workers
    assert await gate.counted() == {
        ("2026-11-23", one): "1.00",
        ("2026-11-24", two): "1.00",
        ("2026-11-24", three): "0.50",
    }
    async with gate.site.harness.sql() as sql:
        assignment = await sql.fetchval("SELECT id FROM assignments WHERE worker_id = $1", three)
    async with gate.site.harness.work(gate.site.clerk) as work:
        explained = await days.explain(work, assignment, TOMORROW)
    assert (explained.on_site, explained.off) == (timedelta(hours=8, minutes=54), timedelta(hours=1))


async def test_days_that_have_begun_keep_their_rule(gate: Gate) -> None:
    first = await set_rule(gate, TOMORROW, 360, 60)
    second = await set_rule(gate, TOMORROW + timedelta(days=7), 360, 0)
    async with gate.site.harness.work(gate.site.subcontractor.as_(Role.VIEWER)) as work:
        listed = await service.page(work, gate.site.project_id, PageRequest())
    async with gate.site.harness.work(gate.site.stranger.as_(Role.VIEWER)) as work:
        assert (await service.page(work, gate.site.project_id, PageRequest())).items == []
    spans = [(one.id, one.valid_from, one.valid_to) for one in listed.items]
    assert spans == [(second.id, date(2026, 12, 1), None), (first.id, TOMORROW, date(2026, 11, 30))]
    before = await gate.site.harness.checksum()
    with pytest.raises(InvalidArgument):
        await set_rule(gate, date(2026, 11, 23), 360, 60)
    with pytest.raises(AlreadyExists):
        await set_rule(gate, date(2026, 12, 1), 360, 60)
    gate.site.contractor = organisation(Kind.CONTRACTOR)
    gate.site.projects.roles[gate.site.project_id, gate.site.contractor.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition):
        await set_rule(gate, date(2026, 12, 9), 360, 60)
    assert await gate.site.harness.checksum() == before
