"""Which machine a unit is, and which readings count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from equipment_leasing.telematics.models import MatchedBy
from equipment_leasing.telematics.reader import FeedMachine
from equipment_leasing.telematics.rules import (
    Candidate,
    Known,
    Match,
    Matched,
    Reading,
    Taken,
    growing,
    match_page,
    take,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
ONE, TWO = new_id(), new_id()
NOTHING = Known({}, [], frozenset())


def seen(equipment_id: str | None, serial: str | None = None, pin: str | None = None) -> FeedMachine:
    return FeedMachine(equipment_id, None, None, serial, pin)


def matches(machines: list[FeedMachine], known: Known) -> list[Match]:
    return [one.match for one in match_page(machines, known)]


def test_a_mapping_comes_first() -> None:
    """The serial number of a mapped unit may be anybody's."""
    known = Known({"E": (ONE, MatchedBy.MAPPING)}, [Candidate(TWO, "S", None)], frozenset({ONE}))
    assert match_page([seen("E", "S")], known) == [Matched(Match.MATCHED, ONE, MatchedBy.MAPPING)]


def test_then_the_serial_number_then_the_pin() -> None:
    known = Known({}, [Candidate(ONE, "S", None), Candidate(TWO, None, "P")], frozenset())
    found = match_page([seen("A", "S"), seen("B", None, "P"), seen("C", "other", "P2")], known)
    assert [(one.machine_id, one.matched_by) for one in found[:2]] == [
        (ONE, MatchedBy.SERIAL_NUMBER),
        (TWO, MatchedBy.PIN),
    ]
    assert found[2].match == Match.UNMATCHED


def test_what_is_not_unique_names_nobody() -> None:
    """Neither two machines with one serial number nor two units of a page with one."""
    two_machines = Known({}, [Candidate(ONE, "S", None), Candidate(TWO, "S", None)], frozenset())
    assert matches([seen("A", "S")], two_machines) == [Match.AMBIGUOUS]
    one_machine = Known({}, [Candidate(ONE, "S", None)], frozenset())
    assert matches([seen("A", "S"), seen("B", "S")], one_machine) == [Match.AMBIGUOUS, Match.AMBIGUOUS]


def test_a_machine_has_one_counter() -> None:
    known = Known({}, [Candidate(ONE, "S", "P")], frozenset({ONE}))
    assert matches([seen("A", "S")], known) == [Match.MACHINE_TAKEN]
    free = Known({}, [Candidate(ONE, "S", "P")], frozenset())
    assert matches([seen("A", "S"), seen("B", None, "P")], free) == [Match.MATCHED, Match.MACHINE_TAKEN]


def test_nameless_units() -> None:
    assert matches([seen("A"), seen(None), seen(None, "S")], NOTHING) == [
        Match.NO_SERIAL,
        Match.UNIDENTIFIED,
        Match.UNMATCHED,
    ]


def reading(minute: int, hours: int | str) -> Reading:
    return Reading(START + timedelta(minutes=minute), Decimal(hours))


def test_a_counter_that_goes_back_does_not_count() -> None:
    assert growing([reading(0, 5), reading(1, 5), reading(2, 4), reading(3, 6)]) == [True, True, False, True]


def test_double_late_and_contradicting_readings() -> None:
    before = {START: (Decimal(5), True), START + timedelta(minutes=10): (Decimal(9), True)}
    result = take([reading(0, 5), reading(0, 6), reading(5, 7), reading(20, 12), reading(20, 12)], before, [])
    assert result.taken == [Taken.DUPLICATE, Taken.CONTRADICTS, Taken.LATE, Taken.COUNTED, Taken.DUPLICATE]
    assert list(result.inserts) == [START + timedelta(minutes=5), START + timedelta(minutes=20)]
    assert result.flips == {}


def test_a_page_of_duplicates_changes_no_hours() -> None:
    result = take([reading(0, 5)], {START: (Decimal(5), True)}, [])
    assert (result.taken, result.since) == ([Taken.DUPLICATE], None)


def test_a_replaced_control_unit_starts_afresh() -> None:
    """Without the replacement the lower counter is kept uncounted; with it, it counts."""
    before = {START: (Decimal(900), True)}
    new = [reading(60, 1), reading(120, 3)]
    assert take(new, before, []).taken == [Taken.COUNTER_WENT_BACK] * 2
    assert take(new, before, [START + timedelta(minutes=30)]).taken == [Taken.COUNTED] * 2


counters = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 60)), min_size=1, max_size=14, unique_by=lambda one: one[0]
)


@given(counters, st.randoms(), st.lists(st.integers(0, 500), max_size=2))
def test_what_counts_does_not_depend_on_the_order(
    readings: list[tuple[int, int]], random: Random, replaced: list[int]
) -> None:
    """One by one in any order, the same readings end up counted as when all come at once in order of time."""
    replacements = sorted(START + timedelta(minutes=one) for one in replaced)
    at_once = take([reading(*one) for one in sorted(readings)], {}, replacements)
    shuffled = list(readings)
    random.shuffle(shuffled)
    kept: dict[datetime, tuple[Decimal, bool]] = {}
    for one in shuffled:
        step = take([reading(*one)], kept, replacements)
        kept |= step.inserts
        kept |= {at: (kept[at][0], counted) for at, counted in step.flips.items()}
    assert kept == at_once.inserts
