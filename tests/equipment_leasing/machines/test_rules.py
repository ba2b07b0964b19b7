"""The five bans of decree 166, one by one and together."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_leasing.machines.errors import machine_banned
from equipment_leasing.machines.rulebook import plain_model, read, rulebook
from equipment_leasing.machines.rules import (
    Ban,
    DeviceState,
    Examination,
    MachineFile,
    Verdict,
    anniversary,
    bans,
)

BOOK = rulebook()
DAY = date(2026, 11, 23)
KIND = BOOK.kinds["tower_crane"]
GOOD = MachineFile(
    kind="tower_crane",
    model="QTZ125",
    papers=frozenset(KIND.papers),
    factory_date=date(2019, 5, 1),
    rated_moment=Decimal(1250),
    registered_on=date(2024, 2, 1),
    inspection=Examination(date(2026, 9, 1), date(2027, 8, 31), Verdict.PASSED),
    devices=dict.fromkeys(KIND.devices, DeviceState.WORKING),
)


def codes(machine: MachineFile, on: date = DAY) -> list[Ban]:
    return [reason.code for reason in bans(machine, on, BOOK)]


def test_a_complete_machine_is_clear() -> None:
    assert codes(GOOD) == []


CASES: list[tuple[MachineFile, Ban, tuple[str, ...]]] = [
    (replace(GOOD, model="qtg-25"), Ban.ELIMINATED_MODEL, ("QTG25",)),
    (replace(GOOD, factory_date=date(2006, 11, 22)), Ban.PAST_SERVICE_LIFE, ("2026-11-22",)),
    (replace(GOOD, inspection=None), Ban.INSPECTION_MISSING, ()),
    (
        replace(GOOD, inspection=Examination(date(2026, 9, 1), date(2027, 8, 31), Verdict.FAILED)),
        Ban.INSPECTION_FAILED,
        ("2026-09-01",),
    ),
    (
        replace(GOOD, inspection=Examination(date(2025, 9, 1), date(2026, 11, 22), Verdict.PASSED)),
        Ban.INSPECTION_EXPIRED,
        ("2026-11-22",),
    ),
    (
        replace(GOOD, papers=GOOD.papers - {"supervision_proof", "serial_number"}),
        Ban.TECHNICAL_FILE_INCOMPLETE,
        ("serial_number", "supervision_proof"),
    ),
    (
        replace(GOOD, devices={k: v for k, v in GOOD.devices.items() if k != "load_limiter"}),
        Ban.SAFETY_DEVICE_MISSING,
        ("load_limiter",),
    ),
    (
        replace(GOOD, devices={**GOOD.devices, "moment_limiter": DeviceState.BROKEN}),
        Ban.SAFETY_DEVICE_BROKEN,
        ("moment_limiter",),
    ),
    (replace(GOOD, registered_on=None), Ban.NOT_REGISTERED, ()),
    (replace(GOOD, registered_on=DAY + timedelta(days=1)), Ban.NOT_REGISTERED, ()),
]


@pytest.mark.parametrize(("machine", "ban", "items"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_each_ban_alone(machine: MachineFile, ban: Ban, items: tuple[str, ...]) -> None:
    """One defect, one reason, which names its subject, its source and says both languages."""
    [reason] = bans(machine, DAY, BOOK)
    assert (reason.code, reason.items) == (ban, items)
    assert reason.zh
    assert reason.en
    assert reason.source


def test_all_bans_are_named_at_once() -> None:
    """A lessor can mend everything in one go; the refusal carries every ban."""
    wreck = MachineFile(kind="tower_crane", model="QTG20")
    found = bans(wreck, DAY, BOOK)
    assert {reason.code for reason in found} == {
        Ban.ELIMINATED_MODEL,
        Ban.INSPECTION_MISSING,
        Ban.TECHNICAL_FILE_INCOMPLETE,
        Ban.SAFETY_DEVICE_MISSING,
        Ban.NOT_REGISTERED,
    }
    refusal = machine_banned(found)
    assert refusal.reason == "MACHINE_BANNED"
    assert [fault.code for fault in refusal.violations] == [reason.code for reason in found]


def test_the_leasing_bans_name_decree_166() -> None:
    for machine, ban, _ in CASES:
        if ban not in (Ban.ELIMINATED_MODEL, Ban.PAST_SERVICE_LIFE):
            [reason] = bans(machine, DAY, BOOK)
            assert "第166号" in reason.source


@pytest.mark.parametrize(
    ("kind", "moment", "years"),
    [
        ("tower_crane", "629.99", 10),
        ("tower_crane", "630", 15),
        ("tower_crane", "1249.99", 15),
        ("tower_crane", "1250", 20),
        ("hoist_sc", None, 8),
        ("hoist_ss", None, 5),
    ],
)
def test_service_life_by_kind_and_moment(kind: str, moment: str | None, years: int) -> None:
    """Clear on the last day, banned on the next, clear again while a passed assessment counts."""
    made = date(2016, 2, 29)
    machine = MachineFile(
        kind=kind,
        model="X",
        papers=frozenset(BOOK.papers),
        factory_date=made,
        rated_moment=None if moment is None else Decimal(moment),
        registered_on=made,
        inspection=Examination(made, date(2100, 1, 1), Verdict.PASSED),
        devices=dict.fromkeys(BOOK.kinds[kind].devices, DeviceState.WORKING),
    )
    end = anniversary(made, years)
    after = end + timedelta(days=1)
    assert codes(machine, end) == []
    assert codes(machine, after) == [Ban.PAST_SERVICE_LIFE]
    assessed = replace(machine, assessment=Examination(end, after + timedelta(days=364), Verdict.PASSED))
    assert codes(assessed, after) == []
    assert codes(assessed, after + timedelta(days=365)) == [Ban.PAST_SERVICE_LIFE]
    failed = replace(machine, assessment=Examination(end, after + timedelta(days=364), Verdict.FAILED))
    assert codes(failed, after) == [Ban.PAST_SERVICE_LIFE]


def test_a_leap_day_has_its_anniversary() -> None:
    assert anniversary(date(2016, 2, 29), 10) == date(2026, 2, 28)
    assert anniversary(date(2016, 2, 29), 4) == date(2020, 2, 29)


def test_other_machines_need_no_registration() -> None:
    """Decree 166 is about lifting equipment; an excavator needs its certificate."""
    assert codes(MachineFile(kind="excavator", model="EX200", papers=frozenset({"product_certificate"}))) == []
    assert codes(MachineFile(kind="excavator", model="EX200")) == [Ban.TECHNICAL_FILE_INCOMPLETE]


def test_a_rule_counts_from_its_day_and_the_newest_wins() -> None:
    """A city's stricter list is data: nothing before its day, then instead of the old one."""
    content = json.loads(files("equipment_leasing.machines").joinpath("rulebook.json").read_text("utf-8"))
    stricter = {
        "kind": "tower_crane",
        "moment_from": "0",
        "moment_below": None,
        "years": 7,
        "source": "city",
        "status": "B",
        "valid_from": "2026-12-01",
    }
    book = read(content | {"service_life": [*content["service_life"], stricter]})
    assert bans(GOOD, date(2026, 11, 30), book) == ()
    [reason] = bans(GOOD, date(2026, 12, 1), book)
    assert (reason.code, reason.source) == (Ban.PAST_SERVICE_LIFE, "city")


def test_every_rule_has_its_source_and_every_code_its_name() -> None:
    for source, status in [(rule.source, rule.status) for rule in BOOK.service_life] + [
        (entry.source, entry.status) for entry in BOOK.phased_out
    ]:
        assert source
        assert status in ("V", "S", "B")
    for kind in BOOK.kinds.values():
        assert set(kind.papers) <= set(BOOK.papers)
        assert set(kind.devices) <= set(BOOK.devices)


@given(st.text(alphabet="qtgQTG2５5 -·_", min_size=1))
def test_spelling_does_not_hide_a_model(text: str) -> None:
    """Case, width, blanks and hyphens make no other model."""
    assert plain_model(text) == plain_model(f" {text.upper()}-")


@given(
    st.builds(
        MachineFile,
        kind=st.sampled_from(sorted(BOOK.kinds)),
        model=st.text(max_size=8),
        papers=st.frozensets(st.sampled_from(sorted(BOOK.papers))),
        factory_date=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        rated_moment=st.none() | st.decimals(1, 9999, places=2),
        registered_on=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        devices=st.dictionaries(st.sampled_from(sorted(BOOK.devices)), st.sampled_from(DeviceState)),
    ),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
)
def test_mending_a_paper_never_adds_another_ban(machine: MachineFile, on: date) -> None:
    """Whoever completes the file has the same bans or fewer."""
    complete = replace(machine, papers=frozenset(BOOK.papers))
    assert set(codes(complete, on)) <= set(codes(machine, on))
    assert Ban.TECHNICAL_FILE_INCOMPLETE not in codes(complete, on)
