"""The only SQL of the work breakdown. Imports are a bulk path: one statement for all tasks (design rule 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from project_mgmt.wbs import rules
from project_mgmt.wbs.models import WbsTask
from project_mgmt.wbs.rules import Task, TaskFilters


async def page(session: AsyncSession, project_id: UUID, filters: TaskFilters, request: PageRequest) -> Page[WbsTask]:
    """The tasks of a project that the caller has been shown to see, in outline order."""
    statement: Select[Any] = select(WbsTask).where(col(WbsTask.project_id) == project_id)
    if not filters.include_retired:
        statement = statement.where(col(WbsTask.retired_at).is_(None))
    if filters.milestone is not None:
        statement = statement.where(col(WbsTask.milestone).is_(filters.milestone))
    if filters.summary is not None:
        statement = statement.where(col(WbsTask.summary).is_(filters.summary))
    if filters.max_level is not None:
        statement = statement.where(col(WbsTask.outline_level) <= filters.max_level)
    return await paginate(session, statement, keys=(WbsTask.position, WbsTask.id), request=request)


async def live(session: AsyncSession, project_id: UUID, uids: Sequence[int]) -> Sequence[WbsTask]:
    """Those of these tasks of a project that live, by UID."""
    statement = (
        select(WbsTask)
        .where(
            col(WbsTask.project_id) == project_id,
            col(WbsTask.uid).in_(set(uids)),
            col(WbsTask.retired_at).is_(None),
        )
        .order_by(col(WbsTask.uid))
    )
    return (await session.scalars(statement)).all()


async def standing(session: AsyncSession, project_id: UUID) -> tuple[list[Task], list[Task]]:
    """All tasks of a project: those that live, and those retired."""
    rows = (await session.scalars(select(WbsTask).where(col(WbsTask.project_id) == project_id))).all()
    live = [_task(row) for row in rows if row.retired_at is None]
    return live, [_task(row) for row in rows if row.retired_at is not None]


def _task(row: WbsTask) -> Task:
    return Task(
        uid=row.uid,
        position=row.position,
        outline_number=row.outline_number,
        outline_level=row.outline_level,
        wbs=row.wbs,
        name=row.name,
        start=row.start,
        finish=row.finish,
        duration_minutes=row.duration_minutes,
        percent_complete=row.percent_complete,
        milestone=row.milestone,
        summary=row.summary,
        predecessors=rules.from_json(row.predecessors),
    )


_COLUMNS = {
    "uid": "int",
    "position": "int",
    "outline_number": "text",
    "outline_level": "int",
    "wbs": "text",
    "name": "text",
    "start": "timestamptz",
    "finish": "timestamptz",
    "duration_minutes": "numeric",
    "percent_complete": "int",
    "milestone": "bool",
    "summary": "bool",
}
_STORE = """
INSERT INTO wbs_tasks AS task (id, version, created_at, updated_at, project_id, {names}, predecessors, retired_at)
SELECT row.id, 1, $1, $1, $2, {values}, row.predecessors::jsonb, NULL
FROM unnest($3::uuid[], $4::text[], {arrays}) AS row (id, predecessors, {names})
ON CONFLICT (project_id, uid) DO UPDATE
SET version = task.version + 1, updated_at = excluded.updated_at, retired_at = NULL,
    predecessors = excluded.predecessors, {updates}
""".format(
    names=", ".join(_COLUMNS),
    values=", ".join(f"row.{name}" for name in _COLUMNS),
    arrays=", ".join(f"${number}::{kind}[]" for number, kind in enumerate(_COLUMNS.values(), start=5)),
    updates=", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "uid"),
)


async def store(connection: asyncpg.Connection[Any], project_id: UUID, tasks: Sequence[Task], now: datetime) -> None:
    """Insert these tasks, or overwrite those of the same UID and make them live again."""
    await connection.execute(
        _STORE,
        now,
        project_id,
        [new_id() for _ in tasks],
        [orjson.dumps(rules.as_json(task.predecessors)).decode() for task in tasks],
        *([getattr(task, name) for task in tasks] for name in _COLUMNS),
    )


async def retire(connection: asyncpg.Connection[Any], project_id: UUID, uids: Sequence[int], now: datetime) -> None:
    """Mark tasks that the file no longer holds."""
    await connection.execute(
        """
        UPDATE wbs_tasks SET retired_at = $1, updated_at = $1, version = version + 1
        WHERE project_id = $2 AND uid = ANY($3::int[])
        """,
        now,
        project_id,
        uids,
    )
