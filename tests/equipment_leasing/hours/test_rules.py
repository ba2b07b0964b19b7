"""Hours per day from counters and stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from equipment_leasing.hours.rules import Cell, Stay, differences, hours_by_day, span
from equipment_leasing.telematics.rules import Reading

SITE, OTHER = new_id(), new_id()
MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=UTC)
"""The 23rd begins in Shanghai."""
DAY = date(2026, 11, 23)
ALWAYS = [Stay(SITE, datetime(2026, 1, 1, tzinfo=UTC), None)]


def reading(hour: float, hours: str) -> Reading:
    return Reading(MIDNIGHT + timedelta(hours=hour), Decimal(hours))


def test_a_day_is_a_day_in_shanghai() -> None:
    """Two hours before midnight and six after it, growing evenly: a quarter and three quarters."""
    found = hours_by_day([reading(-2, "100.00"), reading(6, "104.00")], [], ALWAYS)
    assert found == {Cell(SITE, DAY - timedelta(days=1)): Decimal("1.00"), Cell(SITE, DAY): Decimal("3.00")}


def test_a_late_reading_moves_hours_between_days() -> None:
    """The machine worked before midnight: the sum stays, the days change."""
    known = [reading(-2, "100.00"), reading(6, "104.00")]
    late = hours_by_day([*known, reading(-1, "103.00")], [], ALWAYS)
    assert late == {Cell(SITE, DAY - timedelta(days=1)): Decimal("3.14"), Cell(SITE, DAY): Decimal("0.86")}
    assert differences(late, hours_by_day(known, [], ALWAYS)) == {
        Cell(SITE, DAY - timedelta(days=1)): Decimal("2.14"),
        Cell(SITE, DAY): Decimal("-2.14"),
    }


def test_hours_belong_to_where_the_machine_stood() -> None:
    """From hand-over to return, then on the road, then elsewhere."""
    stays = [
        Stay(SITE, MIDNIGHT + timedelta(hours=2), MIDNIGHT + timedelta(hours=4)),
        Stay(OTHER, MIDNIGHT + timedelta(hours=5), None),
    ]
    found = hours_by_day([reading(0, "0.00"), reading(8, "8.00")], [], stays)
    assert found == {Cell(SITE, DAY): Decimal("2.00"), Cell(OTHER, DAY): Decimal("3.00")}


def test_nothing_is_counted_between_two_control_units() -> None:
    readings = [reading(0, "900.00"), reading(1, "901.00"), reading(3, "0.00"), reading(4, "0.50")]
    replaced = [MIDNIGHT + timedelta(hours=2)]
    assert hours_by_day(readings, replaced, ALWAYS) == {Cell(SITE, DAY): Decimal("1.50")}


def test_a_span_is_whole_days() -> None:
    found = span(SITE, MIDNIGHT + timedelta(hours=1), MIDNIGHT + timedelta(hours=25))
    assert (found.first_day, found.last_day) == (DAY, DAY + timedelta(days=1))
    assert (found.start, found.stop) == (MIDNIGHT, MIDNIGHT + timedelta(days=2))


@st.composite
def growing_counters(draw: st.DrawFn) -> list[Reading]:
    minutes = draw(st.lists(st.integers(0, 12_000), min_size=2, max_size=12, unique=True))
    steps = draw(st.lists(st.integers(0, 3_000), min_size=len(minutes), max_size=len(minutes)))
    counter, readings = 0, []
    for minute, step in zip(sorted(minutes), steps, strict=True):
        counter += step
        readings.append(Reading(MIDNIGHT + timedelta(minutes=minute), Decimal(counter).scaleb(-2)))
    return readings


@given(growing_counters())
def test_days_add_up_to_the_counter(readings: list[Reading]) -> None:
    """Exactly, whatever the gaps; no day is negative."""
    found = hours_by_day(readings, [], ALWAYS)
    assert sum(found.values()) == readings[-1].hours - readings[0].hours
    assert all(hours > 0 for hours in found.values())


@given(growing_counters(), st.randoms())
def test_published_differences_give_the_same_sums_in_any_order(readings: list[Reading], random: Random) -> None:
    """Readings come one by one in any order; the differences that are published add up to the same figures."""
    shuffled = list(readings)
    random.shuffle(shuffled)
    published: dict[Cell, Decimal] = {}
    for count in range(1, len(shuffled) + 1):
        new = hours_by_day(shuffled[:count], [], ALWAYS)
        for cell, change in differences(new, published).items():
            published[cell] = published.get(cell, Decimal(0)) + change
    assert {cell: hours for cell, hours in published.items() if hours} == hours_by_day(readings, [], ALWAYS)


@given(growing_counters(), st.lists(st.integers(0, 12_000), min_size=1, max_size=5, unique=True))
def test_neighbouring_stays_share_the_hours_without_loss(readings: list[Reading], cuts: list[int]) -> None:
    """Wherever a machine moves from one project to the next, nothing is counted twice or lost."""
    instants: list[datetime | None] = [MIDNIGHT + timedelta(minutes=cut) for cut in sorted(cuts)]
    bounds = [datetime(2026, 1, 1, tzinfo=UTC), *instants, None]
    stays: list[Stay] = []
    projects: list[UUID] = []
    for since, until in pairwise(bounds):
        assert since is not None
        projects.append(new_id())
        stays.append(Stay(projects[-1], since, until))
    assert sum(hours_by_day(readings, [], stays).values()) == readings[-1].hours - readings[0].hours
