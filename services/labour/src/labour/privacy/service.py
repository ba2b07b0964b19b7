"""Use cases of privacy. Erasing itself stands in commands/erase.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis import audit
from chassis.audit import AuditRow
from chassis.crypto import Vault
from chassis.errors import Violation, invalid
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.privacy import errors, repository, rulebook, states
from labour.privacy.commands.erase import JOB, OWN, blocks, erase_fields, judge
from labour.privacy.models import Erasure, How
from labour.privacy.repository import ErasureFilter
from labour.privacy.rules import POSITIONS, RetentionRule
from labour.privacy.states import Action
from labour.workers import repository as workers
from labour.workers.models import Worker

__all__ = [
    "Access",
    "ErasureFilter",
    "accesses",
    "accesses_of",
    "blocks",
    "cancel",
    "erase_fields",
    "forget_files",
    "get",
    "page",
    "present",
    "request",
    "request_of",
    "retention_rules",
    "saw",
    "wages_paid",
]


@dataclass(frozen=True, slots=True)
class Access:
    """Who saw a worker's data, for which organisation, when, how (view, unmask, photo, export) and what for."""

    id: UUID
    at: datetime
    organisation_id: UUID
    seen_by: str
    kind: str
    purpose: str


async def saw(work: Work, worker_ids: Iterable[UUID], kind: str, purpose: str = "") -> None:
    """Record that the caller sees data of these workers: view, unmask, photo or export."""
    await work.writing()  # a read that leaves a trace commits
    for worker_id in worker_ids:
        work.audit(f"workers.{kind}", "worker", worker_id, None, {"reason": purpose})


async def forget_files(work: Work, file_ids: Iterable[UUID]) -> None:
    """Remove files of a worker that he needs no more, unless another row names them, too."""
    session = await work.writing()
    await session.flush()  # what names them no more has to say so
    await files.forget(work, await repository.unnamed(session, file_ids))


async def accesses(work: Work, worker_id: UUID, request: PageRequest) -> Page[Access]:
    """Who saw the data of one of the caller's workers."""
    work.require(permissions.PRIVACY_KEEP)
    async with work.reading() as session:
        await workers.get(session, work.principal, worker_id)
    return await accesses_of(work, worker_id, request)


async def accesses_of(work: Work, worker_id: UUID, request: PageRequest) -> Page[Access]:
    """For the person's own link: who saw the data of this employment, newest first.

    Not of his other employments: the link comes from this employer, who must not learn of them by it.
    """
    async with work.reading() as session:
        found = await repository.accesses(session, worker_id, request)
    return found.map(_access)


def _access(row: AuditRow) -> Access:
    purpose = (row.after or {}).get("reason", "")
    return Access(row.id, row.at, row.organisation_id, row.subject, row.verb.removeprefix("workers."), purpose)


async def retention_rules(work: Work, request: PageRequest) -> Page[RetentionRule]:
    """What has to be kept although a person asks for erasure; the few rules fit on any page."""
    work.require(permissions.CODES_READ)
    return Page(rulebook.retention_rules() if not request.token else (), "")


async def get(work: Work, erasure_id: UUID) -> Erasure:
    """One request of one of the caller's workers."""
    work.require(permissions.PRIVACY_KEEP)
    async with work.reading() as session:
        return await repository.get(session, work.principal, erasure_id)


async def page(work: Work, wanted: ErasureFilter, request: PageRequest) -> Page[Erasure]:
    """The requests of the caller's workers, newest first."""
    work.require(permissions.PRIVACY_KEEP)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def request(work: Work, worker_id: UUID, requested_on: date, file_id: UUID | None, vault: Vault) -> Erasure:
    """A worker asks on paper that his data be erased: what nothing keeps goes at once, the rest when it may.

    AlreadyExists ERASURE_REQUESTED while a request of his waits; InvalidArgument IN_FUTURE, FILE_UNKNOWN.
    """
    work.require(permissions.PRIVACY_KEEP)
    if requested_on > work.today:
        raise invalid(Violation("/requested_on", "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future."))
    session = await work.writing()
    worker = await workers.get(session, work.principal, worker_id, lock=True)
    if file_id is not None:
        await files.attach(work, [file_id], share_with=(), pointers=["/file_id"])
    return await request_of(work, worker, requested_on, How.PAPER, file_id, vault)


async def request_of(
    work: Work, worker: Worker, requested_on: date, how: How, file_id: UUID | None, vault: Vault
) -> Erasure:
    """The same for a worker whose row is locked, by whichever way he asks."""
    session = await work.writing()
    for known in await repository.waiting(session, [worker.id]):
        raise errors.erasure_waits(known.id)
    row = Erasure(
        id=new_id(),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        worker_id=worker.id,
        employer_id=worker.employer_id,
        state=states.ERASURE.initial,
        how=how,
        requested_on=requested_on,
        file_id=file_id,
        erased=[],
        blocked=[],
    )
    await judge(work, row, worker, vault)
    session.add(row)
    await session.flush()
    return row


async def cancel(work: Work, erasure_id: UUID, expected_version: int | None) -> Erasure:
    """The worker takes his request back; what is gone stays gone."""
    work.require(permissions.PRIVACY_KEEP)
    session = await work.writing()
    row = await repository.get(session, work.principal, erasure_id, lock=True)
    check_version(row, expected_version)
    before = audit.fields(row, "state")
    row.state = states.ERASURE.apply(row.state, Action.CANCEL)
    row.due = None
    touch(row, work)
    work.audit("privacy.cancel", "worker", row.worker_id, before, audit.fields(row, "state"))
    return row


async def present(work: Work, worker: Worker, names: Iterable[str]) -> list[str]:
    """Those of these fields under which something of a worker, locked, is there."""
    session = await work.writing()
    names = list(names)
    if POSITIONS in names:
        await repository.no_swipes_meanwhile(session, worker.id)
    found = []
    for name in names:
        own = name in OWN and getattr(worker, name) not in (None, "")
        if own or (name not in OWN and await repository.present(session, worker.id, name)):
            found.append(name)
    return found


async def wages_paid(work: Work, worker_ids: Iterable[UUID]) -> None:
    """For payroll: wages of these workers were paid; requests for erasure that wait are judged anew by a job."""
    for waiting in await repository.waiting(await work.writing(), worker_ids):
        key = f"{JOB}:{waiting.id}:{work.now.isoformat()}"
        await work.enqueue(JOB, {"erasure_id": str(waiting.id)}, dedupe_key=key)
