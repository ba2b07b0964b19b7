"""The event door of indicators: twice, out of order, replayed."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import InvalidArgument
from chassis.ids import new_id
from tests.harness import Harness
from tests.project_mgmt.conftest import Site
from tests.project_mgmt.indicators.conftest import (
    ATTENDANCE,
    Fact,
    attendance,
    delivery,
    hours,
    invoice,
    month,
    payment,
    payroll,
    send,
    shuffled,
)
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.events_pb2 import AttendanceRecorded, WorkerDays

README = Path(__file__).parents[3] / "services" / "project-mgmt" / "README.md"


async def figures(harness: Harness, project_id: UUID) -> list[tuple[Any, ...]]:
    """Every figure of a project."""
    async with harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT day, measure, unit, detail, value FROM indicator_entries WHERE project_id = $1 ORDER BY 1, 2, 3, 4",
            project_id,
        )
    return [tuple(row) for row in rows]


async def test_facts_add_up(project_mgmt: Harness, site: Site) -> None:
    """By day and cost code, employer, machine; a return takes off."""
    employer, machine = new_id(), new_id()
    await send(
        project_mgmt,
        [
            delivery(site.project_id, "2026-11-22", A="100.00", B="5.50"),
            delivery(site.project_id, "2026-11-22", A="-20.00"),
            invoice(site.project_id, "2026-11-22", A="60.00"),
            invoice(site.project_id, "2026-11-22", A="-10.00"),
            payment(site.project_id, "2026-11-23", A="30.00", B="1.00"),
            attendance(site.project_id, employer, d22="12.50", d23="1"),
            attendance(site.project_id, employer, d22="-0.50"),
            hours(site.project_id, machine, d22="7.25"),
            payroll(site.project_id, "2026-11-01", L="900.00"),
            payroll(site.project_id, "2026-11-23", is_paid=True, L="850.00"),
        ],
    )
    found = [
        (str(day), measure, unit, detail, value)
        for day, measure, unit, detail, value in await figures(project_mgmt, site.project_id)
    ]
    assert found == [
        ("2026-11-01", "wages_cost", "CNY", "L", Decimal("900.00")),
        ("2026-11-22", "accepted_cost", "CNY", "A", Decimal("80.00")),
        ("2026-11-22", "accepted_cost", "CNY", "B", Decimal("5.50")),
        ("2026-11-22", "invoiced_cost", "CNY", "A", Decimal("50.00")),
        ("2026-11-22", "labour_days", "d", str(employer), Decimal("12.00")),
        ("2026-11-22", "machine_hours", "h", str(machine), Decimal("7.25")),
        ("2026-11-23", "labour_days", "d", str(employer), Decimal("1.00")),
        ("2026-11-23", "paid_cost", "CNY", "A", Decimal("30.00")),
        ("2026-11-23", "paid_cost", "CNY", "B", Decimal("1.00")),
        ("2026-11-23", "wages_paid", "CNY", "L", Decimal("850.00")),
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_order_and_repetitions_do_not_matter(project_mgmt: Harness, seed: int) -> None:
    """Two projects get the same facts, one of them shuffled and with doubles: the same figures."""
    straight, mixed = new_id(), new_id()
    facts, labour = month(straight)
    await send(project_mgmt, facts)
    twins = [_for(mixed, straight, fact) for fact in facts]
    applied = await send(project_mgmt, shuffled(twins, seed))
    assert (applied.count(True), applied.count(False)) == (60, 30)
    expected = await figures(project_mgmt, straight)
    assert await figures(project_mgmt, mixed) == expected
    assert sum(row[4] for row in expected if row[1] == "labour_days") == labour


def _for(project_id: UUID, instead_of: UUID, fact: Fact) -> Fact:
    message = type(fact.message)()
    message.ParseFromString(
        fact.message.SerializeToString().replace(str(instead_of).encode(), str(project_id).encode())
    )
    return Fact(fact.durable, message, new_id())


async def test_a_rebuild_gives_the_same_figures(project_mgmt: Harness) -> None:
    """As the README says it: forget the figures and the inbox of their consumers, then let the facts come again."""
    project_id = new_id()
    facts, _ = month(project_id, seed=11)
    await send(project_mgmt, facts)
    before = await figures(project_mgmt, project_id)
    found = re.search(r"<!-- rebuild -->\n```sql\n(.+?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    async with project_mgmt.sql() as connection:
        await connection.execute(found[1])
    assert await figures(project_mgmt, project_id) == []
    applied = await send(project_mgmt, shuffled(facts, seed=5))
    assert applied.count(True) == 60
    assert await figures(project_mgmt, project_id) == before


async def test_facts_at_once_do_not_deadlock(project_mgmt: Harness) -> None:
    """Batches with the same figures in opposite order."""
    project_id, machine, other = new_id(), new_id(), new_id()

    def batch(first: UUID, second: UUID) -> Fact:
        fact = hours(project_id, first, **{f"d{day:02}": "1" for day in range(1, 30)})
        fact.message.MergeFrom(hours(project_id, second, **{f"d{day:02}": "1" for day in range(29, 0, -1)}).message)
        return fact

    facts = [batch(machine, other) if number % 2 else batch(other, machine) for number in range(24)]
    await asyncio.gather(*(send(project_mgmt, [fact]) for fact in facts))
    found = await figures(project_mgmt, project_id)
    assert len(found) == 58
    assert {row[4] for row in found} == {Decimal("24.00")}


@pytest.mark.parametrize(
    ("days", "pointer"),
    [
        (WorkerDays(day=Day(date="2026-11-31"), organisation_id=str(new_id()), delta="1"), "/days/1/day/date"),
        (WorkerDays(day=Day(date="2026-11-23"), organisation_id="x", delta="1"), "/days/1/organisation_id"),
        (WorkerDays(day=Day(date="2026-11-23"), organisation_id=str(new_id()), delta="viel"), "/days/1/delta"),
        (WorkerDays(day=Day(date="2026-11-23"), organisation_id=str(new_id()), delta="0.001"), "/days/1/delta"),
    ],
)
async def test_a_fact_that_makes_no_sense_is_applied_not_at_all(
    project_mgmt: Harness, site: Site, days: WorkerDays, pointer: str
) -> None:
    """It fails as a whole and names the place: dead letters show it to a person."""
    good = WorkerDays(day=Day(date="2026-11-23"), organisation_id=str(new_id()), delta="1")
    fact = AttendanceRecorded(project_id=str(site.project_id), days=[good, days])
    before = await project_mgmt.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await project_mgmt.receive(ATTENDANCE, fact, aggregate_id=new_id())
    assert [fault.pointer for fault in refusal.value.violations] == [pointer]
    assert await project_mgmt.checksum() == before
