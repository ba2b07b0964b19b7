"""What goes out about the work breakdown; what comes in is MSPDI."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer, WithJsonSchema

from chassis.http.schemas import Out
from chassis.values import Instant, decimal_text
from project_mgmt.wbs.models import WbsTask
from project_mgmt.wbs.rules import Change, Link, Merge, Task

Minutes = Annotated[
    Decimal,
    PlainSerializer(decimal_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]$", "examples": ["480.0"]}),
]
"""Minutes to a tenth, as Microsoft Project counts."""


class PredecessorOut(Out):
    """A dependency: FF, FS, SF or SS; the lag is in minutes (negative: lead) or in percent of the predecessor."""

    uid: int
    link: Link
    lag_minutes: Minutes
    lag_percent: int | None
    elapsed: bool = Field(description="The lag runs through nights and weekends too.")
    cross_project: bool = Field(description="The predecessor stands in another file.")


class TaskOut(Out):
    """A task of the schedule. Durations are working minutes, one place; times carry an offset."""

    id: UUID
    version: int
    uid: int = Field(description="The task's lasting number in the file.")
    outline_number: str = Field(examples=["1.2"])
    outline_level: int
    wbs: str = Field(examples=["1.2"])
    name: str
    start: datetime | None
    finish: datetime | None
    duration_minutes: Minutes
    percent_complete: int
    milestone: bool
    summary: bool
    predecessors: list[PredecessorOut]
    retired_at: datetime | None = Field(description="When a later file no longer held the task.")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, task: WbsTask) -> TaskOut:
        """From the row."""
        return cls.model_validate(task)


class TaskName(Out):
    """A task by its UID."""

    uid: int
    wbs: str
    name: str


class FieldChangeOut(Out):
    """A field of a task before and after, as text (predecessors as `9FS+480.0`)."""

    field: str = Field(examples=["finish"])
    before: str
    after: str


class ChangedTask(TaskName):
    """A task that stood already. `restored`: it had been retired and is back."""

    restored: bool
    fields: list[FieldChangeOut]

    @classmethod
    def of(cls, change: Change) -> ChangedTask:
        """From the rule's result."""
        task = change.task
        fields = [FieldChangeOut.model_validate(field) for field in change.fields]
        return cls(uid=task.uid, wbs=task.wbs, name=task.name, restored=change.restored, fields=fields)


class ImportOut(Out):
    """What an import did."""

    added: list[TaskName]
    changed: list[ChangedTask]
    gone: list[TaskName] = Field(description="No longer in the file; kept as retired.")
    unchanged: int

    @classmethod
    def of(cls, merged: Merge) -> ImportOut:
        """From the rule's result."""
        return cls(
            added=[_name(task) for task in merged.added],
            changed=[ChangedTask.of(change) for change in merged.changed],
            gone=[_name(task) for task in merged.gone],
            unchanged=merged.unchanged,
        )


def _name(task: Task) -> TaskName:
    return TaskName(uid=task.uid, wbs=task.wbs, name=task.name)
