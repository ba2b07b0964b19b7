"""Use cases of papers: what a document's own aggregate has decided, set in type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import replica
from chassis.crypto import Vault, mask
from chassis.typesetting import LONGEST, PrintedOrganisation, typeset
from labour.contracts.models import Contract
from labour.evidence.models import Report
from labour.paper import rules
from labour.paper.repository import Enrolled, Wage
from labour.paper.rules import Numbers, Printing
from labour.paper.schemas import ContractPaper, EvidencePaper, PaySlipPaper, RosterPaper, WageSheetPaper
from labour.payrolls.models import Payroll
from labour.workers import repository as workers
from labour.workers.models import Person, Worker
from labour.workers.rules import card_place, number_place

TEMPLATES = Path(__file__).with_name("templates")


async def contract_paper(session: AsyncSession, contract: Contract, vault: Vault) -> ContractPaper:
    """What stands on a contract, from its rows."""
    [worker] = (await workers.by_ids(session, None, [contract.worker_id])).values()
    person = (await workers.people(session, [worker.person_id]))[worker.person_id]
    project = None if contract.project_id is None else await replica.project(session, contract.project_id)
    [party] = await _parties(session, contract.employer_id)
    return rules.contract_paper(
        contract, worker, vault.decrypt(person.id_number, number_place(person.id)), party, project
    )


async def contract_document(paper: ContractPaper) -> bytes:
    """The contract as PDF, with places to sign."""
    return await typeset(paper, TEMPLATES)


async def evidence_paper(session: AsyncSession, report: Report, today: date, language: str) -> EvidencePaper:
    """What stands on the evidence of an employer's month, in zh-CN or en."""
    project = await replica.project(session, report.project_id)
    [party] = await _parties(session, report.employer_id)
    return rules.evidence_paper(report, party, project, today, _words()[language], language)


async def evidence_document(paper: EvidencePaper) -> bytes:
    """The evidence of a month as PDF, for an inspector to sign."""
    return await typeset(paper, TEMPLATES)


async def wage_sheet(
    session: AsyncSession,
    payroll: Payroll,
    wages: Sequence[Wage],
    sha256: str,
    today: date,
    language: str,
    vault: Vault,
) -> WageSheetPaper:
    """What stands on a sheet with these lines, numbers masked; `sha256` is of the sheet."""
    printing = await _printing(session, payroll, today, language)
    return rules.wage_sheet(payroll, wages, [_numbers(one, vault) for one in wages], sha256, printing)


async def pay_slip(
    session: AsyncSession, payroll: Payroll, wage: Wage, sha256: str, today: date, language: str, vault: Vault
) -> PaySlipPaper:
    """What stands on a slip, numbers masked; `sha256` is of the line."""
    printing = await _printing(session, payroll, today, language)
    return rules.pay_slip(payroll, wage, _numbers(wage, vault), sha256, printing)


async def roster(
    session: AsyncSession,
    enrolled: Sequence[Enrolled],
    place: tuple[UUID, UUID],
    today: date,
    language: str,
    vault: Vault,
) -> RosterPaper:
    """What stands on the roster of a place (project, employer), numbers masked."""
    project_id, employer_id = place
    [party] = await _parties(session, employer_id)
    project = await replica.project(session, project_id)
    printing = Printing(party, party, project, today, language, _words()[language])
    return rules.roster(enrolled, [_id_card(one.person, vault) for one in enrolled], printing)


async def list_document(paper: WageSheetPaper | PaySlipPaper | RosterPaper) -> bytes:
    """A sheet, slip or roster as PDF; a list may be long. FailedPrecondition DOCUMENT_TOO_LONG beyond LONGEST lines."""
    return await typeset(paper, TEMPLATES, most=LONGEST)


async def _printing(session: AsyncSession, payroll: Payroll, today: date, language: str) -> Printing:
    employer, contractor = await _parties(session, payroll.employer_id, payroll.contractor_id)
    project = await replica.project(session, payroll.project_id)
    return Printing(employer, contractor, project, today, language, _words()[language])


async def _parties(session: AsyncSession, *ids: UUID) -> list[PrintedOrganisation]:
    """Organisations as the gateway has told of them; what is not known is written by hand."""
    known = await replica.organisations(session, ids)
    return [
        PrintedOrganisation(str(one), known[one].name, known[one].uscc)
        if one in known
        else PrintedOrganisation(str(one))
        for one in ids
    ]


def _numbers(wage: Wage, vault: Vault) -> Numbers:
    return Numbers(_id_card(wage.person, vault), _bank_card(wage.worker, vault))


def _id_card(person: Person, vault: Vault) -> str:
    """Masked; empty for who was erased."""
    return mask(vault.decrypt(person.id_number, number_place(person.id))) if person.id_number else ""


def _bank_card(worker: Worker, vault: Vault) -> str:
    stored = worker.payroll_bank_card
    return mask(vault.decrypt(stored, card_place(worker.id))) if stored else ""


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads((TEMPLATES / "words.json").read_bytes())
    return found
