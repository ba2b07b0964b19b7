"""The AEMP 2.0 reader: two real feeds, their oddities, and what is no page."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument, MalformedRequest, ServiceError
from equipment_leasing.telematics.reader import MOST_MACHINES, Fault, FeedMachine, read_page
from tests.equipment_leasing.conftest import DATA
from tests.equipment_leasing.telematics.pages import JCMA, fleet, machine

ISO_PAGE = (DATA / "dialect-iso.xml").read_bytes()
JCMA_PAGE = (DATA / "dialect-jcma.xml").read_bytes()


def test_the_iso_feed() -> None:
    """40 machines, a blank line before the declaration, time as an attribute, PIN and model sometimes absent."""
    machines = read_page(ISO_PAGE)
    assert len(machines) == 40
    assert sum(one.hours for one in machines if one.hours is not None) == Decimal("49802.21")
    first = machines[0]
    assert (first.equipment_id, first.model, first.pin) == ("EQ-3EE9F444", None, None)
    assert (first.at, first.hours) == (datetime(2026, 10, 5, 13, 58, 31, tzinfo=UTC), Decimal("2665.01"))
    assert first.position is not None
    assert (first.position.latitude, first.position.longitude) == (Decimal("22.568347"), Decimal("114.165933"))
    assert sum(one.pin is None for one in machines) == 3


def test_the_jcma_feed() -> None:
    """24 machines, another namespace, time as a child element, "missing" names, year 1, two without a reading."""
    machines = read_page(JCMA_PAGE)
    assert len(machines) == 24
    assert [one.fault for one in machines if one.fault is not None] == [Fault.NO_READING, Fault.NO_READING]
    assert (machines[1].at, machines[1].hours) == (datetime(2026, 10, 20, 11, 8, 34, tzinfo=UTC), Decimal("331.17"))
    unnamed = machines[3]
    assert (unnamed.equipment_id, unnamed.model, unnamed.serial_number, unnamed.pin) == (
        "EQ-5DCE73C8",
        None,
        None,
        None,
    )


def one(xml: str, namespace: str = JCMA) -> FeedMachine:
    [found] = read_page(fleet(xml, namespace=namespace))
    return found


@pytest.mark.parametrize("nothing", ["", "missing", "Missing", " N/A ", "null", "-", None])
def test_the_many_ways_to_say_nothing(nothing: str | None) -> None:
    found = one(machine(nothing, serial=nothing, pin=nothing))
    assert (found.equipment_id, found.serial_number, found.pin) == (None, None, None)


def test_ids_with_hashes_and_blanks_stay_as_they_are() -> None:
    assert one(machine("EX 200 #3")).equipment_id == "EX 200 #3"


@pytest.mark.parametrize(
    ("time", "fault"),
    [
        ("2026-11-23T01:00:00Z", None),
        ("2026-11-23T09:00:00+08:00", None),
        ("2026-11-23T01:00:00.1234567Z", None),
        ("2026-11-23T01:00:00", Fault.INVALID_TIME),
        ("0001-01-01T00:00:00Z", Fault.INVALID_TIME),
        ("9999-12-31T23:59:59Z", Fault.INVALID_TIME),
        ("yesterday", Fault.INVALID_TIME),
        ("", Fault.INVALID_TIME),
    ],
)
@pytest.mark.parametrize("child", [False, True])
def test_times(time: str, fault: Fault | None, child: bool) -> None:
    """As attribute and as child; without an offset nobody knows whose time it is; year 1 is no time."""
    found = one(machine(at=time, hours="12.5", child=child))
    assert found.fault == fault
    if fault is None:
        assert found.hours == Decimal("12.50")


@pytest.mark.parametrize("hours", ["-1", "NaN", "Infinity", "1e9", "12,5", "x", "9" * 60])
def test_hours_that_are_none(hours: str) -> None:
    assert one(machine(at="2026-11-23T01:00:00Z", hours=hours)).fault == Fault.INVALID_HOURS


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Fleet>&b;</Fleet>'
REFUSED: list[tuple[str, bytes, type[ServiceError], str]] = [
    ("entities", BOMB, InvalidArgument, "XML_DTD_FORBIDDEN"),
    (
        "external DTD",
        b'<!DOCTYPE Fleet SYSTEM "http://127.0.0.1/x.dtd"><Fleet/>',
        InvalidArgument,
        "XML_DTD_FORBIDDEN",
    ),
    (
        "external entity",
        b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><Fleet>&x;</Fleet>',
        InvalidArgument,
        "XML_DTD_FORBIDDEN",
    ),
    ("truncated", ISO_PAGE[:20_000], MalformedRequest, "XML_MALFORMED"),
    ("empty", b"", MalformedRequest, "XML_MALFORMED"),
    ("blank", b"  \n ", MalformedRequest, "XML_MALFORMED"),
    ("JSON", b'{"Fleet": []}', MalformedRequest, "XML_MALFORMED"),
    ("gzip", b"\x1f\x8b\x08\x00" + b"\x00" * 40, MalformedRequest, "XML_MALFORMED"),
    ("unknown encoding", b'<?xml version="1.0" encoding="utf-99"?><Fleet/>', MalformedRequest, "XML_MALFORMED"),
    ("utf-7", b'<?xml version="1.0" encoding="utf-7"?><Fleet/>', MalformedRequest, "XML_MALFORMED"),
    ("broken UTF-8", b"<Fleet><Equipment>\xff\xfe</Equipment></Fleet>", MalformedRequest, "XML_MALFORMED"),
    ("another root", b"<html><Equipment/></html>", InvalidArgument, "NOT_A_FLEET"),
    ("too deep", b"<Fleet>" + b"<a>" * 10_000, MalformedRequest, "XML_MALFORMED"),
    (
        "too many",
        fleet(*[machine(f"E{number}") for number in range(MOST_MACHINES + 1)]),
        InvalidArgument,
        "TOO_MANY_MACHINES",
    ),
]


@pytest.mark.parametrize(("name", "content", "kind", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_no_page_is_refused(name: str, content: bytes, kind: type[ServiceError], reason: str) -> None:
    with pytest.raises(kind) as refusal:
        read_page(content)
    assert refusal.value.reason == reason
    assert refusal.value.zh
    assert refusal.value.en


@given(st.integers(0, len(ISO_PAGE) - 12))
def test_every_truncation_is_a_clear_refusal(length: int) -> None:
    with pytest.raises(MalformedRequest):
        read_page(ISO_PAGE[:length])


@given(st.binary(max_size=300))
def test_noise_never_breaks_it(noise: bytes) -> None:
    """Anything is either read or refused."""
    with suppress(ServiceError):
        read_page(b"<Fleet><Equipment>" + noise + b"</Equipment></Fleet>")
