"""The only SQL of files. What a caller asks for starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.files import errors
from chassis.files.models import File, FileShare
from chassis.identity import Principal


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The organisation that uploaded it, and those on whose documents it hangs."""
    shared = select(col(FileShare.file_id)).where(
        col(FileShare.file_id) == col(File.id), col(FileShare.organisation_id) == principal.organisation_id
    )
    return or_(col(File.organisation_id) == principal.organisation_id, shared.exists())


async def get(session: AsyncSession, principal: Principal, file_id: UUID) -> File:
    """The file; NotFound FILE_NOT_FOUND when the caller may not see it."""
    file = await session.scalar(select(File).where(visible_to(principal), col(File.id) == file_id))
    if file is None:
        raise errors.file_not_found(file_id)
    return file


async def uploaded(session: AsyncSession, principal: Principal, file_ids: Sequence[UUID]) -> dict[UUID, File]:
    """Those of these files that the caller's organisation has uploaded, by id."""
    own = select(File).where(col(File.organisation_id) == principal.organisation_id, col(File.id).in_(file_ids))
    return {file.id: file for file in await session.scalars(own)}


async def same(session: AsyncSession, organisation_id: UUID, sha256: str, name: str) -> File | None:
    """The organisation's earlier file with the same content under the same name."""
    statement = select(File).where(
        col(File.organisation_id) == organisation_id, col(File.sha256) == sha256, col(File.name) == name
    )
    found: File | None = await session.scalar(statement)
    return found


async def share(session: AsyncSession, file_ids: Iterable[UUID], organisations: Iterable[UUID]) -> None:
    """Show these files to these organisations; whoever sees one already goes on seeing it."""
    pairs = [(file_id, organisation) for file_id in file_ids for organisation in organisations]
    files, others = ([pair[place] for pair in pairs] for place in (0, 1))
    rows = select(_unnested(files), _unnested(others))
    await session.execute(insert(FileShare).from_select(["file_id", "organisation_id"], rows).on_conflict_do_nothing())


def _unnested(ids: list[UUID]) -> Any:
    return func.unnest(literal(ids, ARRAY(Uuid)))


async def by_id(session: AsyncSession, file_id: UUID, *, lock: bool = False) -> File:
    """For jobs: the file, which is there, whoever's it is."""
    statement = select(File).where(col(File.id) == file_id).execution_options(populate_existing=True)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def remove(session: AsyncSession, file_ids: Sequence[UUID]) -> list[UUID]:
    """For erasure: the rows of these files and who else sees them are gone; answers which there were."""
    await session.execute(delete(FileShare).where(col(FileShare.file_id).in_(file_ids)))
    removed = await session.scalars(delete(File).where(col(File.id).in_(file_ids)).returning(col(File.id)))
    return sorted(removed)


async def lock_content(session: AsyncSession, sha256: str) -> None:
    """Until the end of the transaction nobody else publishes or removes this content."""
    number = int.from_bytes(bytes.fromhex(sha256)[:8], "big", signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(number)))


async def kept(session: AsyncSession, digests: Sequence[str]) -> set[str]:
    """Those of these contents that a row knows, as of now."""
    return set(await session.scalars(select(col(File.sha256)).where(col(File.sha256).in_(digests))))
