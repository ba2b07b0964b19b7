"""The identity check of a link: name, identity number and a code on the registered phone, all three at once.

There is one answer for all that may be wrong, and everything is compared before any of it is judged: who holds a link
learns neither which part was wrong nor whether a number is somebody's.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.crypto import Vault, mask
from chassis.ids import new_id
from chassis.work import Work, touch
from labour.clients.codes import CodeSender, Message
from labour.links import errors, repository, rules, states
from labour.links.models import Link, LinkCode
from labour.links.service import usable
from labour.links.states import Action, CodeKind, State
from labour.workers import repository as workers

SEND = "links.send-code"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says who he is."""

    name: str
    id_card_number: str
    code: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the check was passed, until when its session lasts, and how many tries are left."""

    passed: bool
    session_until: datetime | None
    tries_left: int


@dataclass(frozen=True, slots=True)
class Sent:
    """How long a code is valid that is on its way."""

    valid_until: datetime


async def send_code(work: Work, vault: Vault) -> Sent:
    """Send a code to the phone that the employer has registered; the answer names no number."""
    session = await work.writing()
    link = await usable(work, session, lock=True)
    [worker] = (await workers.by_ids(session, None, [link.worker_id])).values()
    if not worker.cell_phone:
        raise errors.phone_missing()
    code = await put_on_its_way(work, session, link, CodeKind.IDENTITY, worker.cell_phone, vault)
    return Sent(code.valid_until)


async def put_on_its_way(
    work: Work, session: AsyncSession, link: Link, kind: CodeKind, phone: str, vault: Vault
) -> LinkCode:
    """Make a code and have a job send it; ResourceExhausted CODE_LIMIT within a minute or beyond five a day."""
    count, first, last = await repository.sent_since(session, link.worker_id, work.now - rules.COUNTED_OVER)
    if last is not None and work.now < last + rules.RESEND_AFTER:
        raise errors.too_many_codes(last + rules.RESEND_AFTER - work.now)
    if first is not None and count >= rules.MOST_CODES:
        raise errors.too_many_codes(first + rules.COUNTED_OVER - work.now)
    code_id, digits = new_id(), new_code()
    code = LinkCode(
        id=code_id,
        link_id=link.id,
        kind=kind,
        mac=_mac(code_id, digits, vault),
        sent_to=mask(phone),
        phone=vault.encrypt(phone, rules.phone_place(code_id)),
        sent_at=work.now,
        valid_until=work.now + rules.CODE_VALID,
    )
    session.add(code)
    await session.flush()
    sealed = vault.encrypt(digits, rules.code_place(code_id))
    await work.enqueue(SEND, {"code_id": str(code_id), "code": sealed})
    work.audit("links.send-code", "link", link.id, None, {"kind": kind.value, "sent_to": code.sent_to})
    return code


async def deliver(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: hand a code to the sender, unless it is out of date. Sent twice after a crash, it is the same code."""
    code_id, vault = UUID(payload["code_id"]), clients["vault"]
    async with work.reading() as session:
        code = await repository.code(session, code_id)
    if work.now >= code.valid_until or code.used_at is not None:
        return
    sender: CodeSender = clients["codes"]
    digits = vault.decrypt(payload["code"], rules.code_place(code_id))
    phone = vault.decrypt(code.phone, rules.phone_place(code_id))
    await sender.send(Message(code.link_id, code.kind, phone, digits))


async def forget(work: Work, _: Mapping[str, str]) -> None:
    """Job: codes that neither count nor are counted any more; a signature keeps what it needs of its own."""
    await repository.forget_codes(await work.writing(), work.now - rules.COUNTED_OVER)


async def check(work: Work, given: Given, vault: Vault) -> Checked:
    """Compare name, number and code with the worker of this link; passed, a session begins.

    A failed check is an answer like any other, because it counts: the fifth locks the link.
    """
    session = await work.writing()
    link = await usable(work, session, lock=True)
    [worker] = (await workers.by_ids(session, None, [link.worker_id])).values()
    person = (await workers.people(session, [worker.person_id]))[worker.person_id]
    index = vault.index("person", person.id_card_type, given.id_card_number.strip().upper())
    code = await repository.newest_code(session, link.id, CodeKind.IDENTITY)
    matches = (
        rules.same_name(given.name, worker.name),
        hmac.compare_digest(index, person.id_index),
        fits(work, code, given.code, vault),
    )
    if code is None or not all(matches):
        return await failed(work, link)
    link.failures, code.used_at = 0, work.now
    link.checked_at, link.checked_code_id = work.now, code.id
    link.checked_until = min(work.now + rules.SESSION, link.valid_until)
    touch(link, work)
    work.audit("links.check", "link", link.id, None, {"passed": True})
    return Checked(True, link.checked_until, rules.MOST_FAILURES)


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"


def fits(work: Work, code: LinkCode | None, given: str, vault: Vault) -> bool:
    """Whether the digits are those of a code that is valid and unused; compared in constant time."""
    code_id = code.id if code is not None else new_id()
    mac = _mac(code_id, given, vault)
    same = hmac.compare_digest(mac, code.mac if code is not None else bytes(len(mac)))
    return same and code is not None and code.used_at is None and work.now < code.valid_until


async def failed(work: Work, link: Link) -> Checked:
    """Count a wrong answer; the fifth locks the link. The caller holds it locked."""
    link.failures += 1
    if link.failures >= rules.MOST_FAILURES:
        link.state = states.LINK.apply(link.state, Action.LOCK)
    touch(link, work)
    after = {"passed": False, "failures": link.failures, "state": State(link.state).value}
    work.audit("links.check", "link", link.id, None, after)
    return Checked(False, None, rules.MOST_FAILURES - link.failures)


def _mac(code_id: UUID, digits: str, vault: Vault) -> bytes:
    return vault.index("link-code", str(code_id), digits)
