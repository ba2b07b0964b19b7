"""Use cases of a worker's own pages. Each begins with `links.opened`: what the link is for, and who holds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.crypto import Vault, mask
from chassis.files.models import File
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from labour.attendance.models import WorkerDay
from labour.consents import repository as consents
from labour.consents import service as consent_service
from labour.consents.models import Consent, How
from labour.consents.models import Purpose as ConsentPurpose
from labour.consents.rules import ConsentText, Given
from labour.consents.service import Withdrawal
from labour.contracts import errors as contract_errors
from labour.contracts import repository as contracts
from labour.contracts import service as contract_service
from labour.contracts.models import Contract
from labour.contracts.states import BINDING, State
from labour.links import repository as link_repository
from labour.links import rules as link_rules
from labour.links import service as links
from labour.links.commands import check
from labour.links.states import CodeKind, Purpose
from labour.paper import service as paper
from labour.payrolls import repository as payrolls
from labour.payrolls import service as payroll_service
from labour.payrolls.commands import papers
from labour.payrolls.models import PayrollLine
from labour.payrolls.service import ShownLine
from labour.privacy import service as privacy
from labour.privacy.service import Access
from labour.self_service import repository
from labour.self_service.repository import DayFilter
from labour.workers import repository as workers
from labour.workers import service as worker_service
from labour.workers.service import MaskedWorker

SHOWN = (State.OFFERED, *BINDING)
"""States in which a worker sees his contract."""


@dataclass(frozen=True, slots=True)
class PhoneSent:
    """A code is on its way to a new number, masked here."""

    sent_to: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """Whether the new number counts, the number on record (masked), and how many tries are left."""

    changed: bool
    cell_phone_masked: str
    tries_left: int


async def record(work: Work, vault: Vault) -> MaskedWorker:
    """What the employer has registered of the worker, numbers masked."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        [worker] = (await workers.by_ids(session, None, [link.worker_id])).values()
        return await worker_service.masked(session, worker, vault, work.today)


async def days(work: Work, wanted: DayFilter, request: PageRequest) -> Page[WorkerDay]:
    """The worker's days, newest first."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        return await repository.page_of_days(session, link.worker_id, wanted, request)


async def page_of_contracts(work: Work, request: PageRequest) -> Page[Contract]:
    """The contracts that were shown to the worker, newest first."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        return await contracts.page_of_worker(session, link.worker_id, request)


async def contract(work: Work, contract_id: UUID) -> Contract:
    """One of the worker's contracts; through a link to sign, that one alone. NotFound CONTRACT_NOT_FOUND otherwise."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.CONTRACT, Purpose.SELF_SERVICE)
        found = await contracts.by_id(session, contract_id)
    foreign = found is None or found.worker_id != link.worker_id or found.state not in SHOWN
    if foreign or (link.purpose is Purpose.CONTRACT and link.subject_id != contract_id):
        raise contract_errors.contract_not_found(contract_id)
    assert found is not None  # noqa: S101 - else it were foreign
    return found


async def document(work: Work, contract_id: UUID) -> File:
    """The paper that the worker reads, and signs; FailedPrecondition CONTRACT_NOT_PRINTED before it is ready."""
    found = await contract(work, contract_id)
    async with work.reading() as session:
        return await contract_service.file_of(session, found)


async def page_of_accesses(work: Work, request: PageRequest) -> Page[Access]:
    """Who saw the worker's data in this employment, newest first (PIPL arts 44, 45)."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
    return await privacy.accesses_of(work, link.worker_id, request)


async def page_of_consents(work: Work, request: PageRequest) -> Page[Consent]:
    """What the worker has consented to in this employment, and what he took back, newest first."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        return await consents.page_of_worker(session, link.worker_id, request)


async def page_of_consent_texts(work: Work, request: PageRequest) -> Page[ConsentText]:
    """What the worker is asked for each purpose today."""
    async with work.reading() as session:
        await links.opened(work, session, Purpose.SELF_SERVICE)
    return consent_service.current_texts(work, request)


async def give_consent(work: Work, purpose: ConsentPurpose, text_version: str) -> Consent:
    """The worker consents to a purpose, to the text that he was shown; one to the same purpose is replaced.

    The audit keeps whom the link's check has found, when, and where its code went (masked). InvalidArgument
    CONSENT_TEXT_NOT_IN_FORCE when another text holds by now.
    """
    session = await work.writing()
    seen = await links.opened(work, session, Purpose.SELF_SERVICE)
    [worker] = (await contracts.lock_workers(session, [seen.worker_id], None)).values()
    link = await links.opened(work, session, Purpose.SELF_SERVICE, lock=True)
    given = Given(purpose, text_version, work.today, How.LINK, link_id=link.id)
    return await consent_service.give_of(work, worker, given, await links.evidence(session, link))


async def withdraw_consent(work: Work, consent_id: UUID, vault: Vault) -> Withdrawal:
    """The worker takes a consent of his back, as easily as he gave it (PIPL art 15).

    NotFound CONSENT_NOT_FOUND for what is not his in this employment; FailedPrecondition INVALID_STATE when it does not
    stand any more.
    """
    session = await work.writing()
    seen = await links.opened(work, session, Purpose.SELF_SERVICE)
    [worker] = (await contracts.lock_workers(session, [seen.worker_id], None)).values()
    consent = await consents.of_worker(session, worker.id, consent_id)
    return await consent_service.stop(work, worker, consent, vault)


async def page_of_slips(work: Work, request: PageRequest) -> Page[PayrollLine]:
    """The worker's wages on approved payrolls, newest first."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        return await payrolls.page_of_slips(session, link.worker_id, request)


async def slip(work: Work, line_id: UUID) -> ShownLine:
    """One of the worker's slips; NotFound PAYROLL_LINE_NOT_FOUND for what is not his or not approved yet."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        found = await payrolls.slip_of(session, link.worker_id, line_id)
        return await payroll_service.shown(session, found)


async def slip_document(work: Work, line_id: UUID, language: str, vault: Vault) -> Iterable[bytes]:
    """One of the worker's slips as PDF in zh-CN or en; NotFound as `slip`. He looks at his own: nothing is recorded."""
    async with work.reading() as session:
        link = await links.opened(work, session, Purpose.SELF_SERVICE)
        found = await payrolls.slip_of(session, link.worker_id, line_id)
        printed = await papers.slip_of(work, session, found, language, vault)
    return [await paper.list_document(printed)]


async def send_phone_code(work: Work, phone: str, vault: Vault) -> PhoneSent:
    """Send a code to the number that the worker wants to be reached by."""
    session = await work.writing()
    link = await links.opened(work, session, Purpose.SELF_SERVICE, lock=True)
    code = await check.put_on_its_way(work, session, link, CodeKind.PHONE, phone, vault)
    return PhoneSent(code.sent_to, code.valid_until)


async def change_phone(work: Work, digits: str, vault: Vault) -> PhoneChanged:
    """Take the new number over once its code has come back; the employer sees who changed it in the audit.

    The fingerprint stays: a row that the employer sends again unchanged does not bring the old number back.
    """
    session = await work.writing()
    seen = await links.opened(work, session, Purpose.SELF_SERVICE)
    [worker] = (await contracts.lock_workers(session, [seen.worker_id], None)).values()
    link = await links.opened(work, session, Purpose.SELF_SERVICE, lock=True)
    code = await link_repository.newest_code(session, link.id, CodeKind.PHONE)
    if code is None or not check.fits(work, code, digits, vault):
        failed = await check.failed(work, link)
        return PhoneChanged(False, mask(worker.cell_phone), failed.tries_left)
    before = {"cell_phone": mask(worker.cell_phone)}
    code.used_at, link.failures = work.now, 0
    worker.cell_phone = vault.decrypt(code.phone, link_rules.phone_place(code.id))
    touch(worker, work)
    work.audit("workers.correct-phone", "worker", worker.id, before, {"cell_phone": mask(worker.cell_phone)})
    return PhoneChanged(True, mask(worker.cell_phone), link_rules.MOST_FAILURES)
