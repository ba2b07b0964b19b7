"""Use cases of attendance on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import NotFound
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.assignments import service as assignments
from labour.assignments.service import Move
from labour.attendance import rulebook, rules, service
from labour.attendance.errors import WARNINGS
from labour.attendance.schemas import SwipeResult, read_rows
from labour.attendance.service import AttendanceFilter, RecordSwipes, SwipeRow
from labour.codes import repository as codes_data
from labour.days import service as days_of
from tests.harness import NOON, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import GATE_CLIENT, worker_row

YESTERDAY, TODAY = "2026-11-22", "2026-11-23"


def codes(recorded: Any) -> dict[int, list[str]]:
    return {place: [fault.code for fault in faults] for place, faults in recorded.refused.items()}


async def test_a_day_counts_once_however_often_it_is_sent(gate: Gate) -> None:
    swipes = [gate.swipe(0, "in", at(8)), gate.swipe(0, "out", at(17)), gate.swipe(1, "in", at(8))]
    first, again = await gate.send(*swipes), await gate.send(*swipes)
    assert (first.accepted, len(first.duplicates), len(first.refused)) == (3, 0, 0)
    assert (again.accepted, len(again.duplicates), len(again.refused)) == (0, 3, 0)
    assert await gate.deltas(first) == {YESTERDAY: "1.00"}
    assert await gate.deltas(again) == {}
    assert await gate.site.harness.audited(first.batch_id) == ["swipes.record"]
    assert await gate.site.harness.audited(again.batch_id) == []


async def test_a_swipe_twice_in_one_batch_and_a_number_for_two_swipes(gate: Gate) -> None:
    swipe = gate.swipe(0, "in", at(8))
    recorded = await gate.send(swipe, swipe, swipe | {"direction": "02"})
    assert (recorded.accepted, recorded.duplicates, codes(recorded)) == (1, {1}, {2: ["SEQUENCE_REUSED"]})
    later = await gate.send(swipe | {"at": at(9).isoformat()}, gate.swipe(0, "out", at(17)))
    assert (later.accepted, codes(later)) == (1, {0: ["SEQUENCE_REUSED"]})


async def test_a_number_that_was_used_is_told_at_the_row_that_could_be_taken(gate: Gate) -> None:
    """The row before it has the same number and is refused for another reason."""
    swipe = gate.swipe(0, "in", at(8))
    nobody = swipe | {"worker_id": str(new_id())}
    await gate.send(nobody, swipe)
    again = await gate.send(nobody, swipe)
    assert (again.duplicates, codes(again)) == ({1}, {0: ["WORKER_NOT_ASSIGNED"]})


async def test_each_odd_row_is_answered_by_itself(gate: Gate) -> None:
    """Not assigned and unknown look the same: a device does not learn who exists elsewhere."""
    [unassigned, not_entered] = await gate.site.workers(worker_row(), worker_row())
    await gate.site.assigned([not_entered])
    recorded = await gate.send(
        gate.swipe(0, "in", at(8)),
        gate.swipe(unassigned, "in", at(8)),
        gate.swipe(new_id(), "in", at(8)),
        gate.swipe(not_entered, "in", at(8)),
        gate.swipe(1, "in", at(8, days_ago=20)),
        gate.swipe(1, "in", at(8, days_ago=100)),
        gate.swipe(1, "in", NOON + timedelta(minutes=6)),
        gate.swipe(1, "in", NOON + timedelta(minutes=4)),
        gate.swipe(1, "sideways", at(8)),
        gate.swipe(1, "in", at(8), attend_type="999"),
        gate.swipe(1, "in", at(8), at="yesterday"),
        gate.swipe(1, "in", at(8), at="0001-01-01T00:00:00+14:00"),
        gate.swipe(1, "in", at(8), at=1_760_000_000),
        gate.swipe(1, "in", at(8), sequence="7"),
        gate.swipe(1, "in", at(8), sequence=-1),
        gate.swipe(1, "in", at(8), mood="good"),
        "no swipe",
    )
    assert codes(recorded) == {
        1: ["WORKER_NOT_ASSIGNED"],
        2: ["WORKER_NOT_ASSIGNED"],
        3: ["WORKER_NOT_ENTERED"],
        4: ["WORKER_NOT_ENTERED"],
        5: ["TOO_OLD"],
        6: ["IN_FUTURE"],
        8: ["LITERAL_ERROR"],
        9: ["LITERAL_ERROR"],
        10: ["DATETIME_FROM_DATE_PARSING"],
        11: ["GREATER_THAN_EQUAL"],
        12: ["STRING_TYPE"],
        13: ["INT_TYPE"],
        14: ["GREATER_THAN_EQUAL"],
        15: ["EXTRA_FORBIDDEN"],
        16: ["DICT_TYPE"],
    }
    assert recorded.accepted == 2
    assert recorded.refused[8][0].pointer == "/swipes/8/direction"


async def test_a_late_swipe_mends_the_day_and_says_by_how_much(gate: Gate) -> None:
    """An in without an out counts nothing until the out arrives, in whatever order."""
    morning = await gate.send(gate.swipe(0, "in", at(8)))
    evening = await gate.send(gate.swipe(0, "out", at(13)))
    later = await gate.send(gate.swipe(0, "out", at(17)))
    assert [await gate.deltas(one) for one in (morning, evening, later)] == [
        {},
        {YESTERDAY: "0.50"},
        {YESTERDAY: "0.50"},
    ]
    assert morning.warnings == {0: ("LATE",)}
    on_time = await gate.send(gate.swipe(1, "in", NOON - timedelta(minutes=59)))
    assert on_time.warnings == {}


async def test_what_a_swipe_takes_away_is_told_as_well(gate: Gate) -> None:
    """A missing in of the next morning shows that last night's out belonged to today: days move, the sum is right."""
    first = await gate.send(gate.swipe(0, "in", at(20, days_ago=2)), gate.swipe(0, "out", at(6)))
    assert await gate.deltas(first) == {"2026-11-21": "1.00"}
    second = await gate.send(gate.swipe(0, "in", at(5)))
    assert await gate.deltas(second) == {"2026-11-21": "-1.00"}
    assert await gate.counted() == {}


async def test_a_night_shift_stays_on_its_day(gate: Gate) -> None:
    recorded = await gate.send(
        gate.swipe(0, "in", at(22)),
        gate.swipe(0, "out", at(2, days_ago=0)),
        gate.swipe(0, "in", at(3, days_ago=0)),
        gate.swipe(0, "out", at(7, days_ago=0)),
    )
    assert await gate.deltas(recorded) == {YESTERDAY: "1.00"}


async def test_papers_that_ran_out_are_flagged_not_lost(gate: Gate) -> None:
    """The worker was there; that somebody let him in stands with the swipe."""
    agreement = {"kind": "work_agreement", "number": "1", "valid_from": "2026-01-01", "valid_to": "2026-11-22"}
    [worker_id] = await gate.site.workers(worker_row(agreement=agreement))
    await gate.site.assigned([worker_id], enter_at=at(6).isoformat())
    recorded = await gate.send(
        gate.swipe(worker_id, "in", at(8)), gate.swipe(worker_id, "in", NOON - timedelta(minutes=1))
    )
    assert recorded.warnings == {0: ("LATE",), 1: ("PAPERS_LAPSED",)}
    async with gate.site.harness.work(gate.site.engineer) as work:
        page = await service.page_of_swipes(work, AttendanceFilter(gate.site.project_id), PageRequest())
    assert [swipe.papers_lapsed for swipe in page.items] == [True, False]


async def test_who_has_left_is_not_counted_after_his_last_day(gate: Gate) -> None:
    [id_] = await gate.site.assigned([gate.workers[0]])
    async with gate.site.harness.work(gate.site.clerk) as work:
        await assignments.leave(work, Move(id_, None, at(12)))
    recorded = await gate.send(
        gate.swipe(0, "in", at(8, days_ago=2)),
        gate.swipe(0, "out", at(18)),
        gate.swipe(0, "in", at(8, days_ago=0)),
    )
    assert codes(recorded) == {2: ["WORKER_NOT_ENTERED"]}


async def test_parallel_batches_of_the_same_workers_add_up(gate: Gate) -> None:
    """Ten devices send the same hours piece by piece, some twice: what the facts say adds up to what stands."""
    devices = [await gate.site.device() for _ in range(5)]
    rng = random.Random(7)
    batches: list[tuple[Any, list[dict[str, Any]]]] = []
    for days_ago in (1, 2, 3):
        for worker in range(4):
            for device in devices:
                pairs = [("in", rng.uniform(4, 12)), ("out", rng.uniform(12, 23))]
                swipes = [gate.swipe(worker, way, at(hour, days_ago=days_ago)) for way, hour in pairs]
                batches += [(device, [one]) for one in swipes] + [(device, swipes[:1])]
    rng.shuffle(batches)
    limit = asyncio.Semaphore(8)

    async def send(device: Any, swipes: list[dict[str, Any]]) -> dict[str, str]:
        async with limit:
            return await gate.deltas(await gate.send(*swipes, device_id=device))

    told: dict[str, Decimal] = {}
    for deltas in await asyncio.gather(*(send(device, swipes) for device, swipes in batches)):
        for day, delta in deltas.items():
            told[day] = told.get(day, Decimal(0)) + Decimal(delta)
    stands: dict[str, Decimal] = {}
    for (day, _), days in (await gate.counted()).items():
        stands[day] = stands.get(day, Decimal(0)) + Decimal(days)
    assert {day: figure for day, figure in told.items() if figure} == stands
    assert sum(stands.values()) > 5


async def test_a_second_batch_counts_from_what_the_first_has_left(gate: Gate) -> None:
    """While one batch is not committed, another one with the same worker waits; together they make a day."""
    other = await gate.site.device()
    rows, _ = read_rows([gate.swipe(0, "in", at(8))])
    first = RecordSwipes(
        gate.device_id,
        1,
        [SwipeRow(place, row["sequence"], row["worker_id"], row["at"], "01", "001") for place, row in rows],
        {},
    )
    async with gate.site.harness.work(gate.site.gate) as work:
        await service.record(work, first)
        second = asyncio.create_task(gate.send(gate.swipe(0, "out", at(17)), device_id=other))
        done, _ = await asyncio.wait([second], timeout=0.5)
        assert not done
    assert await gate.deltas(await second) == {YESTERDAY: "1.00"}
    assert await gate.counted() == {(YESTERDAY, gate.workers[0]): "1.00"}


async def test_the_statement_says_what_the_rule_says(gate: Gate) -> None:
    """Random swipes of many days in random batches: what SQL counts is what `rules.worker_days` counts."""
    [rule] = codes_data.worker_day_rules()
    rng = random.Random(11)
    everything: dict[int, list[tuple[str, datetime]]] = {worker: [] for worker in range(4)}
    for _ in range(25):
        batch = []
        for _ in range(rng.randint(1, 8)):
            worker, way = rng.randrange(4), rng.choice(["in", "out"])
            moment = at(round(rng.uniform(0, 24) * 4) / 4, days_ago=rng.randint(1, 8))
            everything[worker].append((rules.IN if way == "in" else rules.OUT, moment))
            batch.append(gate.swipe(worker, way, moment))
        recorded = await gate.send(*batch)
        assert recorded.accepted == len(batch), recorded.refused
    expected: dict[tuple[str, Any], str] = {}
    for worker, swipes in everything.items():
        marked = rules.marks_of_days(swipes, rule)
        for day, marks in marked.items():
            following = marked.get(day + timedelta(days=1), rules.NO_MARKS)
            figure = rules.worker_days(rules.time_on_site(marks, following, rule), rule)
            if figure:
                expected[day.isoformat(), gate.workers[worker]] = str(figure)
    assert await gate.counted() == expected
    assert len(set(expected.values())) == 2


async def test_the_same_batch_in_parallel_is_taken_once(gate: Gate) -> None:
    swipes = [gate.swipe(worker, way, at(hour)) for worker in range(4) for way, hour in (("in", 8), ("out", 17))]
    outcomes = await asyncio.gather(*(gate.send(*(swipes if n % 2 else swipes[::-1])) for n in range(6)))
    assert sorted(outcome.accepted for outcome in outcomes) == [0, 0, 0, 0, 0, 8]
    assert sum(Decimal(days) for days in (await gate.counted()).values()) == 4


async def test_only_its_own_client_sends_for_a_device(gate: Gate) -> None:
    site = gate.site
    swipe = gate.swipe(0, "in", at(8))
    other_client = Principal("sa", "gate-02", site.contractor.id, site.contractor.kinds, frozenset({Role.GATE_DEVICE}))
    other = organisation(Kind.CONTRACTOR)
    other_firm = Principal("sa", GATE_CLIENT, other.id, other.kinds, frozenset({Role.GATE_DEVICE}))
    before = await site.harness.checksum()
    for principal in (other_client, other_firm):
        with pytest.raises(NotFound) as refusal:
            async with site.harness.work(principal) as work:
                await service.record(work, RecordSwipes(gate.device_id, 0, [], {}))
        assert refusal.value.reason == "DEVICE_NOT_FOUND"
    with pytest.raises(NotFound):
        await gate.send(swipe, device_id=new_id())
    assert await site.harness.checksum() == before


async def test_lists_show_what_the_caller_may_see(gate: Gate) -> None:
    await gate.send(
        *[gate.swipe(worker, way, at(hour)) for worker in range(4) for way, hour in (("in", 8), ("out", 17))]
    )
    project_id = gate.site.project_id
    one = AttendanceFilter(project_id, worker_id=gate.workers[0])
    cut = AttendanceFilter(project_id, since=at(9), first_day=date(2026, 11, 23))
    for principal, swipes, days in (
        (gate.site.clerk, 8, 4),
        (gate.site.owner.as_(Role.VIEWER), 8, 4),
        (organisation(Kind.AUTHORITY).as_(Role.VIEWER), 8, 4),
        (gate.site.stranger.as_(Role.LABOUR_CLERK), 0, 0),
    ):
        async with gate.site.harness.work(principal) as work:
            found = await service.page_of_swipes(work, AttendanceFilter(project_id), PageRequest())
            counted = await days_of.page(work, AttendanceFilter(project_id), PageRequest())
        assert (len(found.items), len(counted.items)) == (swipes, days)
    async with gate.site.harness.work(gate.site.clerk) as work:
        assert len((await service.page_of_swipes(work, one, PageRequest())).items) == 2
        assert len((await service.page_of_swipes(work, cut, PageRequest())).items) == 4
        assert len((await days_of.page(work, cut, PageRequest())).items) == 0
        first = await service.page_of_swipes(work, AttendanceFilter(project_id), PageRequest(5))
        rest = await service.page_of_swipes(work, AttendanceFilter(project_id), PageRequest(5, first.next_page_token))
    assert (len(first.items), len(rest.items), rest.next_page_token) == (5, 3, "")


async def test_a_week_offline_in_parts_in_another_order_and_twice_is_the_same_week(gate: Gate) -> None:
    """A device that was offline for a week: whole, in parts, backwards, each part twice; days and facts agree."""
    rng = random.Random(5)
    crew = [gate.workers[:2], gate.workers[2:]]
    told: list[dict[str, Decimal]] = []
    for people, split in zip(crew, (1, 9), strict=True):
        device, week = await gate.site.device(), []
        for days_ago in range(7, 0, -1):
            for number, person in enumerate(people):
                hours = (("in", 8), ("out", 12), ("in", 20), ("out", 29)) if days_ago % 2 else (("in", 8), ("out", 12))
                week += [gate.swipe(person, way, at(hour + number / 10, days_ago=days_ago)) for way, hour in hours]
        parts = [week[place::split] for place in range(split)] * (1 if split == 1 else 2)
        rng.shuffle(parts)
        sums: dict[str, Decimal] = {}
        for part in parts:
            for day, delta in (await gate.deltas(await gate.send(*part, device_id=device))).items():
                sums[day] = sums.get(day, Decimal(0)) + Decimal(delta)
        told.append({day: total for day, total in sums.items() if total})
    counted = await gate.counted()
    days = [sorted((day, days) for (day, worker), days in counted.items() if worker in people) for people in crew]
    assert days[0] == days[1]
    assert len(days[0]) == 14
    assert told[0] == told[1]


WAYS: list[tuple[str, str, str, list[str] | tuple[str, ...]]] = [
    (code, "gate", "out", warned)
    for code, warned in [(f"{number:03d}", ()) for number in (1, 2, 3, 4, 5, 6, 10, 11)]
    + [("007", ("CLEARED_OUT",)), ("008", ("FORCED_OPEN",)), ("009", ("EMERGENCY_LANE",))]
] + [
    ("007", "gate", "in", ["DIRECTION_NOT_OF_WAY"]),
    ("008", "handheld", "out", ["WAY_NOT_OFFERED"]),
    ("003", "phone", "out", ["WAY_NOT_OFFERED"]),
    ("001", "phone", "out", ["LOCATION_MISSING"]),
    ("010", "phone", "out", ["LOCATION_MISSING"]),
]


@pytest.mark.parametrize(("way", "channel", "direction", "outcome"), WAYS)
async def test_each_way_of_attendance_has_its_demands(
    gate: Gate, way: str, channel: str, direction: str, outcome: list[str] | tuple[str, ...]
) -> None:
    """The 11 ways of the code table; a list names what the row is refused for, a tuple what it is told."""
    device = await gate.site.device(channel=channel)
    await gate.consent(0)
    swipe = gate.swipe(0, direction, NOON - timedelta(minutes=1), attend_type=way)
    recorded = await gate.send(swipe, device_id=device)
    if isinstance(outcome, list):
        assert (codes(recorded), recorded.accepted) == ({0: outcome}, 0)
    else:
        assert (codes(recorded), recorded.warnings.get(0, ())) == ({}, outcome)


def test_every_warning_has_its_texts() -> None:
    """What the ways remark comes from data, the rest from the code: each is told in words in both languages."""
    remarks = {way.remark for way in rulebook.ways().values()} - {None}
    assert remarks <= set(WARNINGS)
    described = set(re.findall(r"[A-Z]+(?:_[A-Z]+)*(?= \(|[,. )])", SwipeResult.__doc__ or "")) - {"LATE"}
    assert described <= set(WARNINGS)
    assert all(zh and en for zh, en in WARNINGS.values())


def test_no_way_of_the_code_table_is_forgotten() -> None:
    assert set(rulebook.ways()) == set(codes_data.tables()["attend_type"].codes)
    assert {way for way, *_ in WAYS} == set(rulebook.ways())
