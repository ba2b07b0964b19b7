"""What is known of workers when somebody stands at the gate, and until when it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import asyncpg

from chassis.crypto import Vault
from chassis.work import Work
from labour.assignments import repository, rules
from labour.assignments.models import Agreement, CertificateFacts, Listing, Site, WorkerFacts
from labour.assignments.repository import Asked, Open
from labour.assignments.states import State
from labour.codes import repository as codes
from labour.codes.models import RiskClass, Sex
from labour.codes.rules import EVERYWHERE
from labour.health.rules import HealthFacts
from labour.training import repository as training
from labour.training.rules import Level, entry_training
from labour.workers.rules import birth_place


@dataclass(frozen=True, slots=True)
class Evidence:
    """A worker's papers, and where he is to work; `site.assigned` says whether he is on that project's list."""

    facts: WorkerFacts
    site: Site


async def evidence_of(
    work: Work, driver: repository.Driver, worker_ids: Collection[UUID], vault: Vault, project_id: UUID, on: date
) -> dict[UUID, Evidence]:
    """The evidence of workers for a project as of a day, by worker; unknown workers are absent.

    Who decides and then writes locks the workers first, so that their papers stay as they are until the end of the
    transaction. Workers are locked before assignments, everywhere in this service.
    """
    found = await _evidence(work, driver, {(worker_id, project_id) for worker_id in worker_ids}, vault, on)
    return {worker_id: one for (worker_id, _), one in found.items()}


async def _evidence(
    work: Work, driver: repository.Driver, asked: Collection[Asked], vault: Vault, on: date
) -> dict[Asked, Evidence]:
    rows = await repository.evidence(driver, asked, on, codes.entry_rules().training_months_without_data)
    found = {(row["id"], row["project_id"]): Evidence(_facts(row, vault), _site(row)) for row in rows}
    return await _with_levels(work, found, on) if codes.entry_rules().entry_levels else found


async def _with_levels(work: Work, found: dict[Asked, Evidence], on: date) -> dict[Asked, Evidence]:
    """With the levels of the entry training, for which more has to be read: only where some city asks for them."""
    months = codes.entry_rules().training_months_without_data
    async with work.reading() as session:
        hours = await training.facts(session, {worker_id for worker_id, _ in found}, months)
    facts = {one.worker_id: one for one in hours}

    def levels(key: Asked) -> tuple[Level, ...]:
        return entry_training(facts[key[0]], key[1], on, training.training_rules(), months).levels

    return {key: replace(one, facts=replace(one.facts, levels=levels(key))) for key, one in found.items()}


def _facts(row: asyncpg.Record, vault: Vault) -> WorkerFacts:
    return WorkerFacts(
        sex=Sex(row["sex"]),
        birth_date=date.fromisoformat(vault.decrypt(row["birth_date"], birth_place(row["id"]))),
        work_type=row["work_type"],
        work_role=row["work_role"],
        missing=frozenset(name for name in codes.entry_rules().registration_fields if not row[name]),
        agreements=_agreements(row),
        trained_on=row["trained_on"],
        data_until=row["until"],
        certificates=tuple(CertificateFacts(*one) for one in row["certificates"]),
        health=tuple(HealthFacts(*one) for one in row["health"]),
        listed=tuple(Listing(*one) for one in row["listed"]),
    )


def _agreements(row: asyncpg.Record) -> tuple[Agreement, ...]:
    """The contracts for this project or for all; what the employer's batch says only where no contract was signed."""
    if row["contracts"]:
        return tuple(
            Agreement(begins, ends)
            for begins, ends, project_id in row["contracts"]
            if project_id in (None, row["project_id"])
        )
    begins: date | None = row["agreement_from"]
    return (Agreement(begins, row["agreement_to"]),) if begins else ()


def _site(row: asyncpg.Record) -> Site:
    return Site(
        city=row["city"] or EVERYWHERE,
        risk_class=RiskClass(row["risk_class"] or RiskClass.NORMAL),
        special_trade=row["special_trade"] or None,
        assigned=row["state"] not in (None, State.LEFT),
        on_leave=row["state"] == State.ON_LEAVE,
        barred_on=row["barred_on"],
    )


async def refresh(work: Work, worker_ids: Sequence[UUID | None], vault: Vault) -> None:
    """Compute `cleared_until` of open assignments anew, after the papers of their workers have changed."""
    ids = {worker_id for worker_id in worker_ids if worker_id is not None}
    if not ids:
        return
    driver = await work.driver()
    await repository.hold_workers(driver, ids)
    found = await repository.open_of_workers(driver, ids)
    if found:
        await repository.clear(driver, await judge(work, driver, found, vault, work.today), work.today)


async def judge(
    work: Work, driver: repository.Driver, found: Sequence[Open], vault: Vault, on: date
) -> list[tuple[UUID, date | None]]:
    """(assignment, last day on which the papers hold there) of open assignments, as of a day."""
    known = await _evidence(work, driver, {(worker_id, project_id) for _, worker_id, project_id in found}, vault, on)
    rulebook = codes.entry_rules()
    until = {key: rules.cleared_until(one.facts, one.site, on, rulebook) for key, one in known.items()}
    return [(id_, until[worker_id, project_id]) for id_, worker_id, project_id in found]
