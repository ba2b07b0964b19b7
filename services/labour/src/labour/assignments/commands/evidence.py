"""What is known of workers when somebody stands at the gate, and until when it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.crypto import Vault
from chassis.work import Work
from labour.assignments import repository, rules
from labour.assignments.models import Assignment
from labour.assignments.rules import Agreement, CertificateFacts, Site, WorkerFacts
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE
from labour.workers import repository as workers
from labour.workers.models import Certificate, Worker
from labour.workers.rules import birth_place


async def facts_of(
    session: AsyncSession,
    worker_ids: Sequence[UUID],
    vault: Vault,
    *,
    employer_id: UUID | None = None,
    lock: bool = False,
) -> dict[UUID, WorkerFacts]:
    """The evidence of workers (of one employer, if named) by id; unknown ones are absent.

    Locked, their papers stay as they are until the end of the transaction. Workers are locked before assignments,
    everywhere in this service.
    """
    found = await workers.by_ids(session, employer_id, worker_ids, lock=lock)
    certificates = await workers.certificates(session, found)
    trained = await workers.last_trainings(session, found)
    seen = await repository.last_days(session, found)
    return {
        worker_id: _facts(worker, certificates.get(worker_id, ()), trained.get(worker_id), seen.get(worker_id), vault)
        for worker_id, worker in found.items()
    }


def _facts(
    worker: Worker, certificates: Iterable[Certificate], trained_on: date | None, seen_on: date | None, vault: Vault
) -> WorkerFacts:
    fields = codes.entry_rules().registration_fields
    return WorkerFacts(
        sex=worker.sex,
        birth_date=date.fromisoformat(vault.decrypt(worker.birth_date, birth_place(worker.id))),
        work_type=worker.work_type,
        work_role=worker.work_role,
        missing=frozenset(name for name in fields if not getattr(worker, name)),
        agreement=Agreement(worker.agreement_from, worker.agreement_to) if worker.agreement_from else None,
        trained_on=trained_on,
        last_seen_on=seen_on,
        certificates=tuple(
            CertificateFacts(one.number, one.trade, one.valid_from, one.valid_to, one.status) for one in certificates
        ),
    )


async def site_of(session: AsyncSession, assignment: Assignment) -> Site:
    """Where an assignment is, for the rules."""
    known = await repository.projects(session, [assignment.project_id])
    project = known.get(assignment.project_id)
    return Site(project.city if project else EVERYWHERE, assignment.risk_class, assignment.special_trade or None)


async def refresh(work: Work, worker_ids: Sequence[UUID | None], vault: Vault) -> None:
    """Compute `cleared_until` of open assignments anew, after the papers of their workers have changed."""
    ids = [worker_id for worker_id in worker_ids if worker_id is not None]
    if not ids:
        return
    session = await work.writing()
    affected = await repository.open_of_workers(session, ids)
    if not affected:
        return
    facts = await facts_of(session, [assignment.worker_id for assignment in affected], vault)
    for assignment in affected:
        site = await site_of(session, assignment)
        assignment.cleared_until = rules.cleared_until(
            facts[assignment.worker_id], site, work.today, codes.entry_rules()
        )
