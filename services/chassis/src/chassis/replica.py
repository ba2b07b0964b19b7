"""The mechanics of a replica: a small copy of another service's rows, filled only from its facts.

The exemplar is the copy of projects and their parties that visibility needs (design: "Project parties are copied by
facts"); organisations, whose names papers need, are the second (docs/decisions/0016). A fact carries the whole snapshot
and a version; an older one is ignored, so order and repetition do not matter and a replay gives the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, Select, Text, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
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


class KnownOrganisation(SQLModel, table=True):
    """An organisation (组织) that was admitted to the platform, as the gateway last told it.

    `name` and `uscc` (统一社会信用代码) are those of the public register; `state` is active or suspended.
    `parent_id` is the organisation to whose group of companies (集团) it belongs.
    """

    __tablename__ = "known_organisations"

    organisation_id: UUID = Field(primary_key=True)
    uscc: str
    name: str
    kinds: list[str] = Field(sa_type=ARRAY(Text))
    state: str
    parent_id: UUID | None = None
    version: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a project that a replica keeps."""

    project: KnownProject
    parties: tuple[KnownParty, ...]


async def apply(session: AsyncSession, snapshot: Snapshot) -> bool:
    """Take over a snapshot unless a newer one is here; answers whether it was taken."""
    project = snapshot.project
    if not await _take(session, project, "project_id"):
        return False
    await session.execute(delete(KnownParty).where(_column(KnownParty, "project_id") == project.project_id))
    session.add_all(snapshot.parties)
    return True


async def apply_organisation(session: AsyncSession, organisation: KnownOrganisation) -> bool:
    """Take over an organisation unless a newer version is here; answers whether it was taken."""
    return await _take(session, organisation, "organisation_id")


async def _take(session: AsyncSession, row: KnownProject | KnownOrganisation, key: str) -> bool:
    """Write a row over its older version; False, and nothing is written, when this one is no newer."""
    table, values = type(row), row.model_dump()
    statement = insert(table).values(values)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: statement.excluded[name] for name in values if name != key},
            where=_column(table, "version") < statement.excluded.version,
        ).returning(_column(table, key))
    )
    return taken.first() is not None


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


async def organisations(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, KnownOrganisation]:
    """Those of the organisations that facts have come about, by id."""
    found = await session.scalars(
        select(KnownOrganisation).where(_column(KnownOrganisation, "organisation_id").in_(ids))
    )
    return {one.organisation_id: one for one in found}
