"""The only SQL of links. A link is found by its secret, or by the employer who issued it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.links import errors
from labour.links.models import Link, LinkCode
from labour.links.states import CodeKind, Purpose, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An employer sees the links that it has issued; what they open, only their holders see."""
    return col(Link.employer_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links a list shows; None means all."""

    worker_id: UUID | None = None
    purpose: Purpose | None = None
    state: State | None = None


async def get(session: AsyncSession, principal: Principal, link_id: UUID) -> Link:
    """The employer's link, locked; NotFound LINK_NOT_FOUND when the caller has not issued it."""
    statement = select(Link).where(visible_to(principal), col(Link.id) == link_id).with_for_update()
    link = await session.scalar(statement.execution_options(populate_existing=True))
    if link is None:
        raise errors.link_not_found(link_id)
    return link


async def page(session: AsyncSession, principal: Principal, wanted: LinkFilter, request: PageRequest) -> Page[Link]:
    """The employer's links, newest first."""
    statement = select(Link).where(visible_to(principal))
    for name in ("worker_id", "purpose", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Link, name) == value)
    return await paginate(session, statement, keys=(Link.id,), request=request, descending=True)


async def by_hash(session: AsyncSession, secret_hash: bytes) -> Link | None:
    """The link with this secret."""
    found: Link | None = await session.scalar(select(Link).where(col(Link.secret_hash) == secret_hash))
    return found


async def by_id(session: AsyncSession, link_id: UUID, *, lock: bool = False) -> Link:
    """For its holder, whom the door has recognised: the link, which is there; as it is now and locked if asked so."""
    statement = select(Link).where(col(Link.id) == link_id).execution_options(populate_existing=True)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def active(session: AsyncSession, worker_ids: Collection[UUID]) -> list[Link]:
    """The active links of workers, locked in one order."""
    found = await session.scalars(
        select(Link)
        .where(col(Link.worker_id).in_(worker_ids), col(Link.state) == State.ACTIVE)
        .order_by(col(Link.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def newest_code(session: AsyncSession, link_id: UUID, kind: CodeKind) -> LinkCode | None:
    """The code that was last sent for a link; an earlier one does not count any more."""
    found: LinkCode | None = await session.scalar(
        select(LinkCode)
        .where(col(LinkCode.link_id) == link_id, col(LinkCode.kind) == kind)
        .order_by(col(LinkCode.id).desc())
        .limit(1)
    )
    return found


async def code(session: AsyncSession, code_id: UUID) -> LinkCode:
    """A code by its id, which is there."""
    return (await session.scalars(select(LinkCode).where(col(LinkCode.id) == code_id))).one()


async def sent_since(
    session: AsyncSession, worker_id: UUID, since: datetime
) -> tuple[int, datetime | None, datetime | None]:
    """How many codes a worker was sent after an instant, through all his links; the first and the last instant."""
    row = await session.execute(
        select(func.count(), func.min(col(LinkCode.sent_at)), func.max(col(LinkCode.sent_at)))
        .join(Link, col(Link.id) == col(LinkCode.link_id))
        .where(col(Link.worker_id) == worker_id, col(LinkCode.sent_at) > since)
    )
    count, first, last = row.one()
    return count, first, last


async def forget_codes(session: AsyncSession, before: datetime) -> None:
    """Remove codes that were sent before an instant, and with them the numbers that they went to."""
    await session.execute(delete(LinkCode).where(col(LinkCode.sent_at) < before))
