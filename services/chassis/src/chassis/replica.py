"""The mechanics of a replica: a small copy of another service's rows, filled only from its facts.

The exemplar is the copy of projects and their parties that visibility needs (design: "Project parties are copied by
facts"). A fact carries the whole snapshot and a version; an older one is ignored, so order and repetition do not
matter and a replay gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, Select, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from chassis.database import table_of


class KnownProject(SQLModel, table=True):
    """A project (工程项目) as project-mgmt last told it."""

    __tablename__ = "known_projects"

    project_id: UUID = Field(primary_key=True)
    code: str
    name_zh: str
    name_en: str
    state: str
    district: str
    city: str
    risk_class: str
    organisation_id: UUID
    version: int = Field(sa_type=BigInteger)


class KnownParty(SQLModel, table=True):
    """An organisation's role in a project, from the first to the last day."""

    __tablename__ = "known_parties"
    __table_args__ = (Index("known_parties_organisation", "organisation_id", "project_id"),)

    project_id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(primary_key=True)
    role: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a project that a replica keeps."""

    project: KnownProject
    parties: tuple[KnownParty, ...]


async def apply(session: AsyncSession, snapshot: Snapshot) -> bool:
    """Take over a snapshot unless a newer one is here; answers whether it was taken."""
    project = snapshot.project
    values: dict[str, Any] = project.model_dump()
    statement = insert(KnownProject).values(values)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id"],
            set_={name: statement.excluded[name] for name in values if name != "project_id"},
            where=_column(KnownProject, "version") < statement.excluded.version,
        ).returning(_column(KnownProject, "project_id"))
    )
    if taken.first() is None:
        return False
    await session.execute(delete(KnownParty).where(_column(KnownParty, "project_id") == project.project_id))
    session.add_all(snapshot.parties)
    return True


def _column(table: type[SQLModel], name: str) -> Any:
    return table_of(table).c[name]


def takes_part(organisation_id: UUID, on: date, *roles: str) -> Select[Any]:
    """Ids of the projects in which the organisation holds one of the roles (any, when none is named) on a day."""
    party = KnownParty
    conditions: list[ColumnElement[bool]] = [
        _column(party, "organisation_id") == organisation_id,
        _column(party, "valid_from") <= on,
        or_(_column(party, "valid_to").is_(None), _column(party, "valid_to") >= on),
    ]
    if roles:
        conditions.append(_column(party, "role").in_(roles))
    return select(_column(party, "project_id")).where(and_(*conditions))


async def project(session: AsyncSession, project_id: UUID) -> KnownProject | None:
    """The project, or None when no fact about it has come yet."""
    return await session.get(KnownProject, project_id)
