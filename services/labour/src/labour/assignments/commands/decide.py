"""The gate decision as a question: every rule asked, met or not, whose it is, and what would mend it.

Assigning, entering, returning and each question of another service answer from `rules.decide`; a swipe is compared with
`cleared_until`, which says the same ahead (a property test holds the two together).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from chassis.crypto import Vault
from chassis.work import Work
from labour import permissions
from labour.assignments import errors, gates, repository, rules
from labour.assignments.commands.assign import admitted
from labour.assignments.commands.evidence import Evidence, evidence_of
from labour.assignments.gates import Refusal
from labour.assignments.models import CertificateFacts, Site
from labour.assignments.rules import Finding, stricter
from labour.clients.projects import ProjectDirectory
from labour.codes import repository as codes
from labour.codes.models import RiskClass
from labour.workers import errors as worker_errors
from labour.workers import repository as workers


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of a worker on a project as of a day; `certificate` covers the trade when he may."""

    worker_id: UUID
    project_id: UUID
    assignment_id: UUID | None
    on: date
    findings: Sequence[Finding]
    certificate: CertificateFacts | None

    @property
    def refusals(self) -> list[Refusal]:
        """Why not; empty when he may."""
        return [one.refusal for one in self.findings if one.refusal is not None]


@dataclass(frozen=True, slots=True)
class Prospect:
    """A worker for a project, before he is assigned; the day is today when None."""

    worker_id: UUID
    project_id: UUID
    special_trade: str | None = None
    risk_class: RiskClass | None = None
    on: date | None = None


async def explain(work: Work, assignment_id: UUID, on: date | None, vault: Vault) -> Decision:
    """Would this assignment's worker pass the gates on a day (None: today)?"""
    work.require(permissions.ASSIGNMENTS_READ)
    day = on or work.today
    async with work.reading() as session:
        assignment = await repository.get(session, work.principal, work.today, assignment_id)
    async with work.reading_driver() as driver:
        [evidence] = (
            await evidence_of(work, driver, [assignment.worker_id], vault, assignment.project_id, day)
        ).values()
    return _decision(assignment.worker_id, assignment.project_id, evidence, evidence.site, day, assignment.id)


async def explain_before(work: Work, asked: Prospect, projects: ProjectDirectory, vault: Vault) -> Decision:
    """Would one of the caller's workers pass the gates of a project that project-mgmt knows? Nothing is written."""
    work.require(permissions.ASSIGNMENTS_CREATE)
    async with work.reading() as session:
        await workers.get(session, work.principal, asked.worker_id)
    day = asked.on or work.today
    project = await admitted(projects, asked.project_id, work.principal.organisation_id, day, entering=False)
    async with work.reading_driver() as driver:
        [evidence] = (await evidence_of(work, driver, [asked.worker_id], vault, asked.project_id, day)).values()
    risk = stricter(RiskClass(project.risk_class), asked.risk_class or RiskClass.NORMAL)
    site = replace(evidence.site, city=project.city, risk_class=risk, special_trade=asked.special_trade, assigned=None)
    return _decision(asked.worker_id, asked.project_id, evidence, site, day)


async def verify_operator(
    work: Work, project_id: UUID, worker_id: UUID, special_trade: str, on: date | None, vault: Vault
) -> Decision:
    """For another service: may this worker operate such a machine on this project on that day (None: today)?

    `special_trade` is empty when the machine demands none. NotFound WORKER_NOT_FOUND.
    """
    work.require(permissions.OPERATORS_VERIFY)
    if special_trade and special_trade not in codes.entry_rules().special_trades:
        raise errors.unknown_trade(special_trade)
    day = on or work.today
    async with work.reading_driver() as driver:
        evidence = (await evidence_of(work, driver, [worker_id], vault, project_id, day)).get(worker_id)
    if evidence is None:
        raise worker_errors.worker_not_found(worker_id)
    site = replace(evidence.site, also=special_trade or None)
    return _decision(worker_id, project_id, evidence, site, day)


def _decision(
    worker_id: UUID, project_id: UUID, evidence: Evidence, site: Site, on: date, assignment_id: UUID | None = None
) -> Decision:
    findings = rules.decide(evidence.facts, site, on, codes.entry_rules())
    trade = site.also or site.special_trade
    allowed = all(one.refusal is None for one in findings)
    covering = gates.covering(evidence.facts.certificates, trade, on) if allowed and trade else None
    return Decision(worker_id, project_id, assignment_id, on, findings, covering)
