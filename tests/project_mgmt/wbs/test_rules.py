"""What a second reading changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from project_mgmt.wbs import mspdi, rules
from project_mgmt.wbs.rules import FieldChange, Link, Predecessor, Task
from tests.project_mgmt.conftest import SAMPLE

BASE = Task(
    uid=1,
    position=0,
    outline_number="1",
    outline_level=1,
    wbs="1",
    name="基坑支护",
    start=datetime(2026, 11, 23, tzinfo=UTC),
    finish=datetime(2026, 11, 24, tzinfo=UTC),
    duration_minutes=Decimal("480.0"),
    percent_complete=0,
    milestone=False,
    summary=False,
)
LINKS = st.builds(
    Predecessor,
    st.integers(0, 99),
    st.sampled_from(Link),
    st.decimals(-(10**6), 10**6, places=1),
    st.none() | st.integers(-100, 100),
    st.booleans(),
    st.booleans(),
)
TASKS = st.lists(
    st.builds(
        lambda uid, name, percent: replace(BASE, uid=uid, name=name, percent_complete=percent),
        st.integers(0, 8),
        st.sampled_from(["a", "b"]),
        st.sampled_from([0, 50]),
    ),
    unique_by=lambda task: task.uid,
)


@given(TASKS, TASKS)
def test_every_task_is_in_one_place(standing: list[Task], read: list[Task]) -> None:
    """Added, changed, unchanged or gone; and after the merge a second reading changes nothing."""
    merged = rules.merge(standing, [], read)
    before, after = {task.uid for task in standing}, {task.uid for task in read}
    assert {task.uid for task in merged.added} == after - before
    assert {task.uid for task in merged.gone} == before - after
    assert {change.task.uid for change in merged.changed} | (before & after) == before & after
    assert len(merged.added) + len(merged.changed) + merged.unchanged == len(read)
    again = rules.merge(read, merged.gone, read)
    assert (again.added, again.changed, again.gone, again.unchanged) == ((), (), (), len(read))


def test_which_fields_changed() -> None:
    """Before and after as text; what is equal is not named."""
    changed = replace(
        BASE,
        finish=datetime(2026, 11, 25, tzinfo=UTC),
        percent_complete=40,
        milestone=True,
        predecessors=(
            Predecessor(9, Link.START_TO_START, Decimal("-480.0")),
            Predecessor(8, Link.FINISH_TO_START, Decimal(0), 50),
        ),
    )
    merged = rules.merge([BASE], [], [changed])
    [change] = merged.changed
    assert change.task == changed
    assert not change.restored
    assert change.fields == (
        FieldChange("finish", "2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00"),
        FieldChange("percent_complete", "0", "40"),
        FieldChange("milestone", "false", "true"),
        FieldChange("predecessors", "", "9SS-480.0,8FS+50%"),
    )


def test_a_retired_task_comes_back() -> None:
    """It is a change, not an addition: it keeps its identity."""
    merged = rules.merge([], [BASE], [BASE])
    assert merged.added == ()
    [change] = merged.changed
    assert change.restored
    assert change.fields == ()


def test_the_real_file_twice() -> None:
    """Nothing changes."""
    merged = rules.merge(mspdi.read(SAMPLE), [], mspdi.read(SAMPLE))
    assert (merged.added, merged.changed, merged.gone, merged.unchanged) == ((), (), (), 20)


@given(st.lists(LINKS))
def test_predecessors_survive_the_database(links: list[Predecessor]) -> None:
    """There and back through JSON."""
    assert rules.from_json(rules.as_json(links)) == tuple(links)
