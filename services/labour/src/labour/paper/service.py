"""Use cases of papers: what a document's own aggregate has decided, set in type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import replica
from chassis.crypto import Vault
from chassis.typesetting import PrintedOrganisation, typeset
from labour.contracts.models import Contract
from labour.evidence.models import Report
from labour.paper import rules
from labour.paper.schemas import ContractPaper, EvidencePaper
from labour.workers import repository as workers
from labour.workers.rules import number_place

TEMPLATES = Path(__file__).with_name("templates")


async def contract_paper(session: AsyncSession, contract: Contract, vault: Vault) -> ContractPaper:
    """What stands on a contract, from its rows."""
    [worker] = (await workers.by_ids(session, None, [contract.worker_id])).values()
    person = (await workers.people(session, [worker.person_id]))[worker.person_id]
    project = None if contract.project_id is None else await replica.project(session, contract.project_id)
    known = (await replica.organisations(session, [contract.employer_id])).get(contract.employer_id)
    employer = str(contract.employer_id)
    party = PrintedOrganisation(employer) if known is None else PrintedOrganisation(employer, known.name, known.uscc)
    return rules.contract_paper(
        contract, worker, vault.decrypt(person.id_number, number_place(person.id)), party, project
    )


async def contract_document(paper: ContractPaper) -> bytes:
    """The contract as PDF, with places to sign."""
    return await typeset(paper, TEMPLATES)


async def evidence_paper(session: AsyncSession, report: Report, today: date, language: str) -> EvidencePaper:
    """What stands on the evidence of an employer's month, in zh-CN or en."""
    project = await replica.project(session, report.project_id)
    known = (await replica.organisations(session, [report.employer_id])).get(report.employer_id)
    employer = str(report.employer_id)
    party = PrintedOrganisation(employer) if known is None else PrintedOrganisation(employer, known.name, known.uscc)
    return rules.evidence_paper(report, party, project, today, _words()[language], language)


async def evidence_document(paper: EvidencePaper) -> bytes:
    """The evidence of a month as PDF, for an inspector to sign."""
    return await typeset(paper, TEMPLATES)


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads((TEMPLATES / "words.json").read_bytes())
    return found
