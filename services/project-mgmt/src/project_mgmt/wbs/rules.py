"""What a task is, and what a second reading of a schedule changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Link(StrEnum):
    """How a task depends on its predecessor: which end of the one waits for which end of the other."""

    FINISH_TO_FINISH = "FF"
    FINISH_TO_START = "FS"
    START_TO_FINISH = "SF"
    START_TO_START = "SS"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A dependency. The lag (negative: lead) is in minutes, or in percent of the predecessor's duration.

    `elapsed`: the lag runs through nights and weekends too. `cross_project`: the predecessor is in another file.
    """

    uid: int
    link: Link
    lag_minutes: Decimal
    lag_percent: int | None = None
    elapsed: bool = False
    cross_project: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the schedule. `uid` is the file's lasting key; `position` its place in the file (outline order)."""

    uid: int
    position: int
    outline_number: str
    outline_level: int
    wbs: str
    name: str
    start: datetime | None
    finish: datetime | None
    duration_minutes: Decimal
    percent_complete: int
    milestone: bool
    summary: bool
    predecessors: tuple[Predecessor, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a task, before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A task that stood already and differs now. `restored`: it had been retired and is back."""

    task: Task
    fields: tuple[FieldChange, ...]
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """What an import does: tasks to add, to change, to retire, and how many stay as they are."""

    added: tuple[Task, ...]
    changed: tuple[Change, ...]
    gone: tuple[Task, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """What a schedule may be narrowed by; retired tasks are left out unless asked for."""

    milestone: bool | None = None
    summary: bool | None = None
    max_level: int | None = None
    include_retired: bool = False


COMPARED = tuple(field.name for field in fields(Task) if field.name != "uid")


def merge(live: Iterable[Task], retired: Iterable[Task], read: Iterable[Task]) -> Merge:
    """Compare the tasks that stand with those just read, by UID.

    A task that the file no longer holds is gone: kept as retired, because attendance and cost may point at it.
    A retired task that comes back is a change, not an addition: it keeps its identity.
    """
    standing = {task.uid: task for task in live}
    former = {task.uid: task for task in retired}
    added, changed, unchanged = [], [], 0
    seen: set[int] = set()
    for task in read:
        seen.add(task.uid)
        before = standing.get(task.uid) or former.get(task.uid)
        if before is None:
            added.append(task)
            continue
        restored = task.uid not in standing
        differences = _differences(before, task)
        if differences or restored:
            changed.append(Change(task, differences, restored))
        else:
            unchanged += 1
    gone = tuple(task for uid, task in standing.items() if uid not in seen)
    return Merge(tuple(added), tuple(changed), gone, unchanged)


def _differences(before: Task, after: Task) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, text(getattr(before, name)), text(getattr(after, name)))
        for name in COMPARED
        if getattr(before, name) != getattr(after, name)
    )


def text(value: object) -> str:
    """A field as the report shows it: empty for nothing, true/false, ISO 8601, predecessors as `9FS+480`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return ",".join(_predecessor_text(one) for one in value)
    return str(value)


def _predecessor_text(one: Predecessor) -> str:
    if one.lag_percent is not None:
        lag = f"{one.lag_percent:+d}%"
    else:
        lag = f"{one.lag_minutes:+f}" if one.lag_minutes else ""
    marks = ("e" if one.elapsed else "") + ("x" if one.cross_project else "")
    return f"{one.uid}{one.link}{lag}{marks}"


def as_json(predecessors: Iterable[Predecessor]) -> list[dict[str, object]]:
    """Predecessors as they are kept in the database; decimals as strings, because JSON numbers are not exact."""
    return [
        {
            "uid": one.uid,
            "link": one.link.value,
            "lag_minutes": format(one.lag_minutes, "f"),
            "lag_percent": one.lag_percent,
            "elapsed": one.elapsed,
            "cross_project": one.cross_project,
        }
        for one in predecessors
    ]


def from_json(rows: Iterable[Mapping[str, object]]) -> tuple[Predecessor, ...]:
    """The inverse of `as_json`."""
    return tuple(
        Predecessor(
            uid=int(str(row["uid"])),
            link=Link(str(row["link"])),
            lag_minutes=Decimal(str(row["lag_minutes"])),
            lag_percent=None if row["lag_percent"] is None else int(str(row["lag_percent"])),
            elapsed=bool(row["elapsed"]),
            cross_project=bool(row["cross_project"]),
        )
        for row in rows
    )
