"""Use cases of links: issuing, revoking, and what an opened link allows. The check stands in commands/check.py."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.crypto import Vault
from chassis.identity import Principal
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from labour import permissions
from labour.links import errors, repository, rules, states
from labour.links.models import Link
from labour.links.repository import LinkFilter
from labour.links.states import Action, Purpose, State
from labour.workers import repository as workers

CLIENT = "zhulian-link"
"""The client of whoever comes by a link, in the audit."""

AUDITED = ("worker_id", "purpose", "subject_id", "state", "valid_until")


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to be made; `valid_for` from now."""

    worker_id: UUID
    purpose: Purpose
    subject_id: UUID | None
    valid_for: timedelta


@dataclass(frozen=True, slots=True)
class Issued:
    """A link and its secret, which is shown this once."""

    link_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request of a link's holder came from, as the gateway has told it."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands behind a signature by link: who was checked, how, when, from where.

    `address_hash` is an HMAC; `code_sent_to` a masked number.
    """

    link_id: UUID
    worker_id: UUID
    checked_at: datetime
    code_sent_to: str
    code_sent_at: datetime
    address_hash: bytes
    user_agent: str


async def recognised(work: Work, secret: str | None) -> Principal:
    """Whom a secret speaks for: a principal of its own for each link. Unauthenticated LINK_INVALID otherwise.

    Whether the link still opens anything is judged by the use case, so that a repeated request hears its stored
    answer even after the link is used up.
    """
    if not secret or len(secret) > rules.LONGEST_SECRET:
        raise errors.link_invalid()
    async with work.reading() as session:
        link = await repository.by_hash(session, rules.secret_hash(secret))
    if link is None:
        raise errors.link_invalid()
    return Principal(f"worker:{link.worker_id}", CLIENT, link.id, frozenset(), frozenset())


async def issue(work: Work, new: NewLink) -> Issued:
    """Make a link in the caller's transaction; an active one of the same purpose and subject is revoked.

    The caller has asked for leave and holds the worker's row locked.
    """
    [issued] = await issue_all(work, [new])
    return issued


async def issue_all(work: Work, new: Sequence[NewLink]) -> list[Issued]:
    """The same for a crew, in a few statements; each purpose and subject of a worker is named once."""
    session = await work.writing()
    workers_by_id = await workers.by_ids(session, None, {one.worker_id for one in new})
    wanted = {(one.worker_id, one.purpose, one.subject_id) for one in new}
    for link in await repository.active(session, {one.worker_id for one in new}):
        if (link.worker_id, link.purpose, link.subject_id) in wanted:
            _end(work, link, Action.REVOKE)
    await session.flush()  # the index allows one active link
    issued, links = [], []
    for one in new:
        secret = new_secret()
        link = Link(
            created_at=work.now,
            updated_at=work.now,
            employer_id=workers_by_id[one.worker_id].employer_id,
            worker_id=one.worker_id,
            purpose=one.purpose,
            subject_id=one.subject_id,
            secret_hash=rules.secret_hash(secret),
            state=states.LINK.initial,
            valid_until=work.now + one.valid_for,
        )
        links.append(link)
        issued.append(Issued(link.id, secret))
        work.audit("links.issue", "link", link.id, None, audit.fields(link, *AUDITED))
    session.add_all(links)
    await session.flush()
    return issued


def new_secret() -> str:
    """32 random bytes in URL-safe base64."""
    return secrets.token_urlsafe(rules.SECRET_BYTES)


async def withdraw(work: Work, worker_id: UUID, purpose: Purpose, subject_id: UUID | None) -> None:
    """Revoke the active link of a purpose and subject, if there is one, in the caller's transaction."""
    session = await work.writing()
    for link in await repository.active(session, {worker_id}):
        if (link.purpose, link.subject_id) == (purpose, subject_id):
            _end(work, link, Action.REVOKE)


async def issue_for_worker(work: Work, worker_id: UUID, valid_for: timedelta) -> tuple[Link, str]:
    """A self-service link for one of the caller's workers, and its secret."""
    work.require(permissions.LINKS_ISSUE)
    session = await work.writing()
    await workers.get(session, work.principal, worker_id, lock=True)
    issued = await issue(work, NewLink(worker_id, Purpose.SELF_SERVICE, None, valid_for))
    return await repository.by_id(session, issued.link_id), issued.secret


async def revoke(work: Work, link_id: UUID) -> Link:
    """Take a link back."""
    work.require(permissions.LINKS_ISSUE)
    session = await work.writing()
    link = await repository.get(session, work.principal, link_id)
    _end(work, link, Action.REVOKE)
    return link


async def page(work: Work, wanted: LinkFilter, request: PageRequest) -> Page[Link]:
    """The employer's links, newest first."""
    work.require(permissions.LINKS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def mine(work: Work) -> Link:
    """The caller's own link, as long as it opens anything; needs no identity check."""
    async with work.reading() as session:
        return await usable(work, session)


async def usable(work: Work, session: AsyncSession, *, lock: bool = False) -> Link:
    """The caller's own link; PermissionDenied LINK_USED, LINK_REVOKED, LINK_LOCKED or LINK_EXPIRED."""
    link = await repository.by_id(session, work.principal.organisation_id, lock=lock)
    why = rules.closed(link.state, link.valid_until, work.now)
    if why:
        raise errors.link_closed(why)
    return link


async def opened(work: Work, session: AsyncSession, *purposes: Purpose, lock: bool = False) -> Link:
    """The caller's own link, for one of these purposes and with its identity check passed.

    This is how a use case behind a link asks for leave. PermissionDenied as `usable`, and LINK_PURPOSE,
    LINK_NOT_CHECKED.
    """
    link = await usable(work, session, lock=lock)
    if link.purpose not in purposes:
        raise errors.wrong_purpose(link.purpose, purposes)
    if link.checked_until is None or work.now >= link.checked_until:
        raise errors.not_checked()
    return link


async def use(work: Work, session: AsyncSession, link: Link) -> None:
    """A link that was for one thing has done it; the caller holds it locked."""
    _end(work, link, Action.USE)
    await session.flush()


async def proof(session: AsyncSession, link: Link, origin: Origin, vault: Vault) -> Proof:
    """The evidence of an opened link, to be kept with what was signed."""
    assert link.checked_code_id is not None and link.checked_at is not None  # noqa: S101, PT018 - `opened` saw it
    code = await repository.code(session, link.checked_code_id)
    return Proof(
        link.id,
        link.worker_id,
        link.checked_at,
        code.sent_to,
        code.sent_at,
        vault.index("address", origin.address),
        origin.user_agent,
    )


async def evidence(session: AsyncSession, link: Link) -> dict[str, str]:
    """What an audit keeps of an opened link whose holder has said something: whom it has checked, when, by which code.

    Without address and browser, which a signature keeps in a row that can be erased.
    """
    assert link.checked_code_id is not None and link.checked_at is not None  # noqa: S101, PT018 - `opened` saw it
    code = await repository.code(session, link.checked_code_id)
    return {
        "link_id": str(link.id),
        "checked_at": link.checked_at.isoformat(),
        "code_sent_to": code.sent_to,
        "code_sent_at": code.sent_at.isoformat(),
    }


def _end(work: Work, link: Link, action: Action) -> None:
    before = {"state": State(link.state).value}
    link.state = states.LINK.apply(link.state, action)
    touch(link, work)
    work.audit(f"links.{action}", "link", link.id, before, audit.fields(link, "state"))
