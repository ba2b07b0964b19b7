"""The only SQL of consents, and the reader of their texts. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.codes.models import Status
from labour.consents import errors
from labour.consents.models import Consent, Purpose
from labour.consents.rules import ConsentText
from labour.consents.states import State


@lru_cache(maxsize=1)
def _purposes() -> Mapping[str, Any]:
    text = files("labour.consents").joinpath("data", "consent-texts.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)["purposes"]
    return loaded


@lru_cache(maxsize=1)
def texts() -> tuple[ConsentText, ...]:
    """Every edition of every purpose, the oldest first."""
    return tuple(_text(Purpose(name), one) for name, body in _purposes().items() for one in body["texts"])


def _text(purpose: Purpose, raw: Mapping[str, Any]) -> ConsentText:
    return ConsentText(
        purpose,
        raw["version"],
        raw["zh"],
        raw["en"],
        raw["source"],
        Status(raw["status"]),
        date.fromisoformat(raw["valid_from"]),
        date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
    )


@lru_cache(maxsize=1)
def fields() -> Mapping[Purpose, Collection[str]]:
    """What is kept of a worker for which purpose: columns of his row, and fields of the registry of personal data."""
    return {Purpose(name): tuple(body["fields"]) for name, body in _purposes().items()}


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Consents are given to an employer; it sees its own."""
    return col(Consent.employer_id) == principal.organisation_id


async def get(session: AsyncSession, principal: Principal, consent_id: UUID, *, lock: bool = False) -> Consent:
    """The consent, locked if asked so; NotFound CONSENT_NOT_FOUND when the caller may not see it."""
    statement = select(Consent).where(visible_to(principal), col(Consent.id) == consent_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.consent_not_found(consent_id)
    return found


async def page(session: AsyncSession, principal: Principal, worker_id: UUID, request: PageRequest) -> Page[Consent]:
    """The consents of one of the caller's workers, withdrawn ones too, newest first."""
    statement = select(Consent).where(visible_to(principal), col(Consent.worker_id) == worker_id)
    return await paginate(session, statement, keys=(Consent.id,), request=request, descending=True)


async def page_of_worker(session: AsyncSession, worker_id: UUID, request: PageRequest) -> Page[Consent]:
    """For the person's own link: the consents of this employment, withdrawn ones too, newest first."""
    statement = select(Consent).where(col(Consent.worker_id) == worker_id)
    return await paginate(session, statement, keys=(Consent.id,), request=request, descending=True)


async def of_worker(session: AsyncSession, worker_id: UUID, consent_id: UUID) -> Consent:
    """For the person's own link: a consent of this employment, locked; NotFound CONSENT_NOT_FOUND."""
    statement = select(Consent).where(col(Consent.worker_id) == worker_id, col(Consent.id) == consent_id)
    found = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.consent_not_found(consent_id)
    return found


async def given(session: AsyncSession, worker_ids: Iterable[UUID], *, lock: bool = False) -> list[Consent]:
    """The consents of workers that stand; locked in one order if asked so."""
    statement = select(Consent).where(col(Consent.worker_id).in_(set(worker_ids)), col(Consent.state) == State.GIVEN)
    if lock:
        statement = statement.order_by(col(Consent.id)).with_for_update().execution_options(populate_existing=True)
    return list(await session.scalars(statement))


async def standing(session: AsyncSession, worker_ids: Iterable[UUID]) -> dict[UUID, frozenset[Purpose]]:
    """By worker, the purposes to which a consent stands; workers without one are absent."""
    found: dict[UUID, frozenset[Purpose]] = {}
    for one in await given(session, worker_ids):
        found[one.worker_id] = found.get(one.worker_id, frozenset()) | {one.purpose}
    return found


CONSENTING = """
SELECT worker_id::text FROM consents
WHERE worker_id = ANY($1::text[]::uuid[]) AND purpose = $2 AND state = 'given'
"""


async def consenting(driver: asyncpg.Connection[Any], worker_ids: Collection[str], purpose: Purpose) -> frozenset[str]:
    """Those of these workers (ids as texts) whose consent to a purpose stands; for the hot path of swipes."""
    rows = await driver.fetch(CONSENTING, list(worker_ids), purpose.value)
    return frozenset(worker_id for (worker_id,) in rows)


async def withdrawn(session: AsyncSession, worker_ids: Iterable[UUID], purpose: Purpose) -> dict[UUID, datetime]:
    """Those of these workers who have withdrawn this consent and not given it again, and when: the use has stopped.

    Who was registered before consents were asked for is not among them: his rows stand and are flagged.
    """
    ids = set(worker_ids)
    taken_back = (
        select(col(Consent.worker_id), func.max(col(Consent.withdrawn_at)))
        .where(col(Consent.worker_id).in_(ids), col(Consent.purpose) == purpose, col(Consent.state) == State.WITHDRAWN)
        .group_by(col(Consent.worker_id))
    )
    standing_ones = await standing(session, ids)
    found = await session.execute(taken_back)
    return {worker_id: at for worker_id, at in found if at and purpose not in standing_ones.get(worker_id, ())}
