"""Use cases of consents.

A consent is given to one employer for one purpose. Where the law itself demands the data (art 13 I 3: registration,
attendance, wage ledger) none is asked for; image, bank card, health note, position and extra uploads need one each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault
from chassis.errors import Violation, invalid
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.consents import repository, rules, states
from labour.consents.models import Consent
from labour.consents.rules import ConsentText, Given
from labour.consents.states import Action
from labour.privacy import service as privacy
from labour.privacy.rules import Block
from labour.workers import repository as workers
from labour.workers.models import Worker

AUDITED = ("worker_id", "purpose", "text_version", "how", "state", "given_on", "file_id")

AT_ONCE = 500
"""Rows that are made into one statement; between two other requests have their turn."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawn consent, what went with it and what is kept."""

    consent: Consent
    erased: Sequence[str]
    kept: Sequence[Block]

    @property
    def version(self) -> int:
        """Of the consent, for the entity tag."""
        return self.consent.version


async def texts(work: Work, request: PageRequest) -> Page[ConsentText]:
    """Every edition of every text."""
    work.require(permissions.CODES_READ)
    return _part_of(repository.texts(), request)


def current_texts(work: Work, request: PageRequest) -> Page[ConsentText]:
    """For the person's own link: the editions that are in force today."""
    return _part_of(rules.current(repository.texts(), work.today), request)


def _part_of(rows: Sequence[ConsentText], request: PageRequest) -> Page[ConsentText]:
    [start] = decode_token(request.token, [int]) if request.token else [0]
    start, end = max(0, start), max(0, start) + request.size
    return Page(rows[start:end], encode_token([end]) if end < len(rows) else "")


async def page(work: Work, worker_id: UUID, request: PageRequest) -> Page[Consent]:
    """The consents of one of the caller's workers, withdrawn ones too."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        await workers.get(session, work.principal, worker_id)
        return await repository.page(session, work.principal, worker_id, request)


async def give(work: Work, worker_id: UUID, given: Given) -> Consent:
    """Put a consent of one of the caller's workers on record; one to the same purpose is replaced.

    InvalidArgument IN_FUTURE, CONSENT_TEXT_NOT_IN_FORCE, FILE_UNKNOWN.
    """
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await workers.get(session, work.principal, worker_id, lock=True)
    return await give_of(work, worker, given)


async def give_of(work: Work, worker: Worker, given: Given, evidence: Mapping[str, object] | None = None) -> Consent:
    """The same for a worker whose row is locked; for `give` and for the person's own link.

    `evidence` stands in the audit, which nobody can change: who was checked by the link, how and when.
    """
    fault = rules.fault_of(given, repository.texts(), work.today)
    if fault is not None:
        raise invalid(fault)
    return (await take_all(work, [(worker, given)], evidence))[0]


async def take(work: Work, worker: Worker, given: Sequence[Given]) -> list[Consent]:
    """Write checked consents of a worker whose row is locked or new."""
    return await take_all(work, [(worker, one) for one in given])


async def take_all(
    work: Work, given: Sequence[tuple[Worker, Given]], evidence: Mapping[str, object] | None = None
) -> list[Consent]:
    """The same for a registration of many workers: one look, and one statement for all that is new."""
    if not given:
        return []
    session = await work.writing()
    standing = await repository.given(session, {worker.id for worker, _ in given}, lock=True)
    known = {(one.worker_id, one.purpose): one for one in standing}
    scans = [one.file_id for _, one in given if one.file_id is not None]
    await files.attach(work, scans, share_with=(), pointers=["/file_id"] * len(scans))
    rows, fresh = [], []
    for worker, one in given:
        before = known.get((worker.id, one.purpose))
        if before is not None and _same(before, one):
            rows.append(before)
            continue
        if before is not None:
            before.state = states.CONSENT.apply(before.state, Action.REPLACE)
            touch(before, work)
        known[worker.id, one.purpose] = row = _row(work, worker, one)
        work.audit("consents.give", "consent", row.id, None, audit.fields(row, *AUDITED) | dict(evidence or {}))
        fresh.append(row)
        rows.append(row)
    await session.flush()  # what is replaced, before its successor comes: one stands at a time
    for start in range(0, len(fresh), AT_ONCE):
        session.add_all(fresh[start : start + AT_ONCE])
        await session.flush()
    return rows


def _same(row: Consent, given: Given) -> bool:
    told = (given.text_version, given.given_on, given.how, given.file_id, given.link_id)
    return (row.text_version, row.given_on, row.how, row.file_id, row.link_id) == told


def _row(work: Work, worker: Worker, given: Given) -> Consent:
    return Consent(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        worker_id=worker.id,
        employer_id=worker.employer_id,
        purpose=given.purpose,
        text_version=given.text_version,
        how=given.how,
        state=states.CONSENT.initial,
        given_on=given.given_on,
        file_id=given.file_id,
        link_id=given.link_id,
    )


async def withdraw(work: Work, consent_id: UUID, expected_version: int | None, vault: Vault) -> Withdrawal:
    """Take a consent back (PIPL art 15): the use stops now; the answer says what goes at once and what is kept."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    consent = await repository.get(session, work.principal, consent_id)
    worker = await workers.get(session, work.principal, consent.worker_id, lock=True)
    consent = await repository.get(session, work.principal, consent_id, lock=True)
    check_version(consent, expected_version)
    return await stop(work, worker, consent, vault)


async def stop(work: Work, worker: Worker, consent: Consent, vault: Vault) -> Withdrawal:
    """Withdraw a consent of a worker, both locked; for `withdraw` and for the person's own link."""
    before = audit.fields(consent, "state")
    consent.state = states.CONSENT.apply(consent.state, Action.WITHDRAW)
    consent.withdrawn_at = work.now
    touch(consent, work)
    wanted = set(repository.fields()[consent.purpose])
    kept = [one.only(wanted) for one in await privacy.blocks(work, worker) if wanted & set(one.fields)]
    held = {name for one in kept for name in one.fields}
    erased = await privacy.present(work, worker, sorted(wanted - held))
    if erased:
        await privacy.erase_fields(work, worker, erased, vault)
    after = audit.fields(consent, "state") | {"erased": erased}
    work.audit("consents.withdraw", "consent", consent.id, before, after)
    return Withdrawal(consent, erased, kept)


def faults(given: Sequence[Given], today: date, prefix: str) -> list[Violation]:
    """What is wrong with the consents of a registration, with pointers below a prefix."""
    found = []
    for place, one in enumerate(given):
        fault = rules.fault_of(one, repository.texts(), today)
        if fault is not None:
            found.append(Violation(f"{prefix}/{place}{fault.pointer}", fault.code, fault.zh, fault.en))
    return found
