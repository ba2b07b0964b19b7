"""Reading MSPDI: a real file, and everything that somebody may send instead of one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument, PayloadTooLarge
from project_mgmt.wbs import mspdi
from project_mgmt.wbs.rules import Link, Predecessor, Task
from tests.project_mgmt.conftest import SAMPLE


def document(*tasks: str, root: str = 'Project xmlns="http://schemas.microsoft.com/project"') -> bytes:
    """An MSPDI file of some tasks."""
    body = "".join(f"<Task>{task}</Task>" for task in tasks)
    return f"<?xml version='1.0'?><{root}><Tasks>{body}</Tasks></{root.split()[0]}>".encode()


def by_uid(tasks: Iterable[Task]) -> dict[int, Task]:
    """The tasks by their UID."""
    return {task.uid: task for task in tasks}


def test_the_real_file() -> None:
    """Twenty tasks in the file's order, with everything that the platform keeps of them."""
    tasks = mspdi.read(SAMPLE)
    assert [task.uid for task in tasks] == [0, 1, 2, 3, 6, 7, 8, 19, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21]
    assert [task.position for task in tasks] == list(range(20))
    found = by_uid(tasks)
    assert found[2] == Task(
        uid=2,
        position=2,
        outline_number="1.1",
        outline_level=2,
        wbs="1.1",
        name="Second Task",
        start=datetime(2003, 1, 7, 0, 0, tzinfo=UTC),  # 08:00 in Shanghai
        finish=datetime(2003, 3, 18, 0, 0, tzinfo=UTC),
        duration_minutes=Decimal("48000.0"),
        percent_complete=0,
        milestone=False,
        summary=False,
    )
    assert [task.uid for task in tasks if task.milestone] == [3]
    assert [task.uid for task in tasks if task.summary] == [0, 1, 6, 19]


@pytest.mark.parametrize(
    ("uid", "link", "lag", "predecessor"),
    [
        (10, Link.FINISH_TO_START, "0.0", 9),
        (12, Link.FINISH_TO_START, "480.0", 11),
        (14, Link.FINISH_TO_START, "-480.0", 13),
        (16, Link.START_TO_START, "0.0", 15),
        (18, Link.FINISH_TO_FINISH, "0.0", 17),
        (21, Link.START_TO_FINISH, "0.0", 20),
    ],
)
def test_all_four_link_types_with_lag(uid: int, link: Link, lag: str, predecessor: int) -> None:
    """The file's own pairs of related tasks; its lag of 4800 tenths of a minute is a working day."""
    [found] = by_uid(mspdi.read(SAMPLE))[uid].predecessors
    assert found == Predecessor(predecessor, link, Decimal(lag))


def test_percent_and_elapsed_lag() -> None:
    """LagFormat 19 is percent of the predecessor; even formats run through nights; another file's task may be named."""
    link = "<PredecessorLink><PredecessorUID>{}</PredecessorUID><Type>1</Type>{}</PredecessorLink>"
    percent = link.format(1, "<LinkLag>50</LinkLag><LagFormat>19</LagFormat>")
    elapsed = link.format(1, "<LinkLag>14400</LinkLag><LagFormat>8</LagFormat>")
    foreign = link.format(99, "<CrossProject>1</CrossProject>")
    tasks = mspdi.read(document("<UID>1</UID>", f"<UID>2</UID>{percent}{elapsed}{foreign}"))
    assert tasks[1].predecessors == (
        Predecessor(1, Link.FINISH_TO_START, Decimal("0.0"), lag_percent=50),
        Predecessor(1, Link.FINISH_TO_START, Decimal("1440.0"), elapsed=True),
        Predecessor(99, Link.FINISH_TO_START, Decimal("0.0"), cross_project=True),
    )


def test_blank_rows_are_no_tasks() -> None:
    """Microsoft Project writes an empty row as a task with IsNull."""
    tasks = mspdi.read(document("<UID>1</UID>", "<UID>2</UID><IsNull>1</IsNull>", "<UID>3</UID>"))
    assert [(task.uid, task.position) for task in tasks] == [(1, 0), (3, 1)]


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [
        ("PT8H0M0S", "480.0"),
        ("PT0H0M0S", "0.0"),
        ("PT400H30M6S", "24030.1"),
        ("P1DT1H", "1500.0"),
        ("-PT1H", "-60.0"),
        ("PT0.3S", "0.0"),
        ("PT45M", "45.0"),
    ],
)
def test_durations(duration: str, minutes: str) -> None:
    """xsd:duration in minutes to a tenth."""
    assert mspdi.minutes_of(duration) == Decimal(minutes)


@pytest.mark.parametrize("duration", ["P", "PT", "P1Y", "P1M", "8h", "PT1X", "", "PT٣H", "P1W"])
def test_what_is_no_duration(duration: str) -> None:
    """Years and months have no fixed length."""
    with pytest.raises(ValueError, match=r".*"):
        mspdi.minutes_of(duration)


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59))
def test_durations_add_up(hours: int, minutes: int, seconds: int) -> None:
    """Within a tenth of a minute of the exact value."""
    exact = Decimal(hours * 3600 + minutes * 60 + seconds) / 60
    assert abs(mspdi.minutes_of(f"PT{hours}H{minutes}M{seconds}S") - exact) <= Decimal("0.05")


def test_times_with_and_without_a_zone() -> None:
    """Without one it is the site's local time."""
    assert mspdi.instant_of("2026-11-23T08:00:00") == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert mspdi.instant_of("2026-11-23T08:00:00+02:00") == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<Project xmlns="http://schemas.microsoft.com/project"><Name>&b;</Name></Project>'
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE Project SYSTEM "file:///etc/passwd"><Project/>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
NOT_MSPDI = [
    ("entities", BOMB, "XML_FORBIDDEN"),
    ("external DTD", EXTERNAL, "XML_FORBIDDEN"),
    ("external entity", ENTITY, "XML_FORBIDDEN"),
    ("cut off early", SAMPLE[:5_000], "MSPDI_TRUNCATED"),
    ("cut off late", SAMPLE[:-3], "MSPDI_TRUNCATED"),
    ("cut off between elements", SAMPLE[: SAMPLE.index(b"</Tasks>")], "MSPDI_TRUNCATED"),
    ("nothing", b"", "MSPDI_TRUNCATED"),
    ("JSON", b'{"tasks": []}', "MSPDI_NOT_WELL_FORMED"),
    ("a zip", b"PK\x03\x04", "MSPDI_NOT_WELL_FORMED"),
    ("crossed tags", document("<UID>1</Uid>"), "MSPDI_NOT_WELL_FORMED"),
    ("unknown encoding", b'<?xml version="1.0" encoding="klingon"?><a/>', "XML_ENCODING"),
    ("no character encoding", b'<?xml version="1.0" encoding="base64"?><a/>', "XML_ENCODING"),
    ("no namespace", document("<UID>1</UID>", root="Project"), "MSPDI_WRONG_NAMESPACE"),
    ("other namespace", SAMPLE.replace(b"microsoft.com", b"example.org"), "MSPDI_WRONG_NAMESPACE"),
    ("no task", document(), "MSPDI_EMPTY"),
    ("too deep", document("<a>" * 100 + "</a>" * 100), "MSPDI_TOO_LARGE"),
]


@pytest.mark.parametrize(("name", "data", "reason"), NOT_MSPDI, ids=[case[0] for case in NOT_MSPDI])
def test_other_files_are_refused_clearly(name: str, data: bytes, reason: str) -> None:
    """A reason that a program can switch on, in both languages."""
    with pytest.raises((InvalidArgument, PayloadTooLarge)) as refusal:
        mspdi.read(data)
    assert refusal.value.reason == reason
    assert refusal.value.zh
    assert refusal.value.en


TASK = "/Project/Tasks/Task"
FAULTS = [
    ("no uid", ["<Name>x</Name>"], f"{TASK}[1]/UID", "REQUIRED"),
    ("uid no number", ["<UID>x</UID>"], f"{TASK}[1]/UID", "INVALID_VALUE"),
    ("uid twice", ["<UID>7</UID>", "<UID>7</UID>"], f"{TASK}[UID=7]/UID", "DUPLICATE_UID"),
    ("duration", ["<UID>1</UID><Duration>8h</Duration>"], f"{TASK}[1]/Duration", "INVALID_VALUE"),
    ("percent", ["<UID>1</UID><PercentComplete>101</PercentComplete>"], f"{TASK}[1]/PercentComplete", "INVALID_VALUE"),
    ("date", ["<UID>1</UID><Start>23.11.2026</Start>"], f"{TASK}[1]/Start", "INVALID_VALUE"),
    ("day only", ["<UID>1</UID><Start>2026-11-23</Start>"], f"{TASK}[1]/Start", "INVALID_VALUE"),
    ("flag", ["<UID>1</UID><Milestone>yes</Milestone>"], f"{TASK}[1]/Milestone", "INVALID_VALUE"),
    (
        "backwards",
        ["<UID>1</UID><Start>2026-11-24T08:00:00</Start><Finish>2026-11-23T08:00:00</Finish>"],
        f"{TASK}[1]/Finish",
        "DATES_BACKWARDS",
    ),
    (
        "link to nothing",
        ["<UID>1</UID><PredecessorLink><PredecessorUID>9</PredecessorUID></PredecessorLink>"],
        f"{TASK}[UID=1]/PredecessorLink[PredecessorUID=9]",
        "UNKNOWN_PREDECESSOR",
    ),
    (
        "link to itself",
        ["<UID>1</UID><PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>"],
        f"{TASK}[UID=1]/PredecessorLink[PredecessorUID=1]",
        "UNKNOWN_PREDECESSOR",
    ),
    (
        "link type",
        ["<UID>1</UID><PredecessorLink><PredecessorUID>1</PredecessorUID><Type>7</Type></PredecessorLink>"],
        f"{TASK}[1]/PredecessorLink[1]/Type",
        "INVALID_VALUE",
    ),
    ("name", [f"<UID>1</UID><Name>{'x' * 513}</Name>"], f"{TASK}[1]/Name", "TOO_LONG"),
]


@pytest.mark.parametrize(("name", "tasks", "pointer", "code"), FAULTS, ids=[case[0] for case in FAULTS])
def test_faults_are_named_by_their_place(name: str, tasks: list[str], pointer: str, code: str) -> None:
    """The path in the file and a code."""
    with pytest.raises(InvalidArgument) as refusal:
        mspdi.read(document(*tasks))
    assert refusal.value.reason == "MSPDI_INVALID"
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refusal.value.violations]


def test_a_thousand_faults_are_a_hundred() -> None:
    """The answer stays readable."""
    with pytest.raises(InvalidArgument) as refusal:
        mspdi.read(document(*["<UID>x</UID>"] * 1000))
    assert len(refusal.value.violations) == mspdi.MAX_VIOLATIONS


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_BYTES", 100), ("MAX_TASKS", 19), ("MAX_ELEMENTS", 500), ("MAX_ELEMENTS_OF_PART", 20)]
)
def test_limits(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    """The real file is too large when the limit is smaller."""
    monkeypatch.setattr(mspdi, limit, value)
    with pytest.raises(PayloadTooLarge) as refusal:
        mspdi.read(SAMPLE)
    assert refusal.value.reason == "MSPDI_TOO_LARGE"


@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=8))
@example(0, b"")
def test_a_damaged_file_never_surprises(place: int, bytes_: bytes) -> None:
    """Some bytes overwritten: read, or refused with a reason; nothing else ever comes out."""
    damaged = SAMPLE[:place] + bytes_ + SAMPLE[place + len(bytes_) :]
    with suppress(InvalidArgument, PayloadTooLarge):
        mspdi.read(damaged)
