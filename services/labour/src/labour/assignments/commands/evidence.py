"""What is known of workers when somebody stands at the gate, and until when it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.crypto import Vault
from chassis.work import Work
from labour.assignments import repository, rules
from labour.assignments.facts import Agreement, CertificateFacts, Listing, Site, WorkerFacts
from labour.assignments.models import Assignment
from labour.assignments.states import State
from labour.codes import repository as codes
from labour.codes.models import RiskClass, Sex
from labour.codes.rules import EVERYWHERE
from labour.health.rules import HealthFacts
from labour.workers.rules import birth_place


@dataclass(frozen=True, slots=True)
class Evidence:
    """A worker's papers, and where he is to work; `site.assigned` says whether he is on that project's list."""

    facts: WorkerFacts
    site: Site


async def evidence_of(
    driver: repository.Driver, worker_ids: Collection[UUID], vault: Vault, project_id: UUID | None = None
) -> dict[UUID, Evidence]:
    """The evidence of workers by id, with their place on a project if one is named; unknown workers are absent.

    Who decides and then writes locks the workers first, so that their papers stay as they are until the end of the
    transaction. Workers are locked before assignments, everywhere in this service.
    """
    rows = await repository.evidence(driver, worker_ids, project_id)
    return {row["id"]: Evidence(_facts(row, vault), _site(row)) for row in rows}


def _facts(row: asyncpg.Record, vault: Vault) -> WorkerFacts:
    begins: date | None = row["agreement_from"]
    return WorkerFacts(
        sex=Sex(row["sex"]),
        birth_date=date.fromisoformat(vault.decrypt(row["birth_date"], birth_place(row["id"]))),
        work_type=row["work_type"],
        work_role=row["work_role"],
        missing=frozenset(name for name in codes.entry_rules().registration_fields if not row[name]),
        agreement=Agreement(begins, row["agreement_to"]) if begins else None,
        trained_on=row["trained_on"],
        last_seen_on=row["seen_on"],
        certificates=tuple(CertificateFacts(*one) for one in row["certificates"]),
        health=tuple(HealthFacts(*one) for one in row["health"]),
        listed=tuple(Listing(*one) for one in row["listed"]),
    )


def _site(row: asyncpg.Record) -> Site:
    return Site(
        city=row["city"] or EVERYWHERE,
        risk_class=RiskClass(row["risk_class"] or RiskClass.NORMAL),
        special_trade=row["special_trade"] or None,
        assigned=row["state"] not in (None, State.LEFT),
        on_leave=row["state"] == State.ON_LEAVE,
        barred_on=row["barred_on"],
    )


async def site_of(session: AsyncSession, assignment: Assignment) -> Site:
    """Where an assignment is, for the rules."""
    known = await repository.projects(session, [assignment.project_id])
    project = known.get(assignment.project_id)
    return Site(
        project.city if project else EVERYWHERE,
        assignment.risk_class,
        assignment.special_trade or None,
        barred_on=assignment.barred_on,
    )


async def refresh(work: Work, worker_ids: Sequence[UUID | None], vault: Vault) -> None:
    """Compute `cleared_until` of open assignments anew, after the papers of their workers have changed."""
    ids = [worker_id for worker_id in worker_ids if worker_id is not None]
    if not ids:
        return
    session = await work.writing()
    affected = await repository.open_of_workers(session, ids)
    if not affected:
        return
    found = await evidence_of(await work.driver(), {assignment.worker_id for assignment in affected}, vault)
    for assignment in affected:
        site = await site_of(session, assignment)
        facts = found[assignment.worker_id].facts
        assignment.cleared_until = rules.cleared_until(facts, site, work.today, codes.entry_rules())
