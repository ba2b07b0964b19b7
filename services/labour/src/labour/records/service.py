"""Use cases of records and of the blacklist.

Who learns what: an employer's records are its own and the authority's. A blacklist entry is the authority's act; once
listed it is public within the platform (name, masked number, reason, source), and it counts for the person at the gates
of every employer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.errors import Violation, invalid
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.codes.models import Sex
from labour.records import repository, states
from labour.records.models import BlacklistEntry, ConductRecord, RecordKind
from labour.records.repository import RecordFilter
from labour.records.states import ListingAction, RecordAction
from labour.workers import repository as workers
from labour.workers.rules import Fault, identify, number_place

__all__ = [
    "NewListing",
    "NewRecord",
    "RecordFilter",
    "blacklist",
    "entry",
    "lift",
    "list_person",
    "page",
    "record",
    "revoke",
]

RECORD_FIELDS = ("worker_id", "kind", "state", "occurred_on", "source_document", "file_id")
ENTRY_FIELDS = ("state", "reason", "source_document", "valid_from", "valid_to", "lifted_on", "lifted_because")


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A good or bad record of one of the caller's workers."""

    worker_id: UUID
    kind: RecordKind
    occurred_on: date
    description: str
    source_document: str
    file_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewListing:
    """Whom an authority lists."""

    name: str
    id_card_type: str
    id_card_number: str
    sex: Sex | None
    birth_date: date | None
    reason: str
    source_document: str
    valid_from: date
    valid_to: date | None


async def record(work: Work, new: NewRecord) -> ConductRecord:
    """Put a good or bad record of one of the caller's workers on file; InvalidArgument IN_FUTURE, FILE_UNKNOWN."""
    work.require(permissions.RECORDS_KEEP)
    if new.occurred_on > work.today:
        raise invalid(Violation("/occurred_on", "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future."))
    session = await work.writing()
    worker = await workers.get(session, work.principal, new.worker_id)
    if new.file_id is not None:
        await files.attach(work, [new.file_id], share_with=(), pointers=["/file_id"])
    row = ConductRecord(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        employer_id=worker.employer_id,
        state=states.RECORD.initial,
        **asdict(new),
    )
    session.add(row)
    await session.flush()
    work.audit("records.record", "conduct_record", row.id, None, audit.fields(row, *RECORD_FIELDS))
    return row


async def page(work: Work, wanted: RecordFilter, request: PageRequest) -> Page[ConductRecord]:
    """The visible records, newest first."""
    work.require(permissions.RECORDS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def revoke(work: Work, record_id: UUID, expected_version: int | None, reason: str) -> ConductRecord:
    """Take a record back; it stays readable as revoked."""
    work.require(permissions.RECORDS_KEEP)
    session = await work.writing()
    row = await repository.get(session, work.principal, record_id, lock=True)
    check_version(row, expected_version)
    before = audit.fields(row, "state")
    row.state = states.RECORD.apply(row.state, RecordAction.REVOKE)
    row.revoked_because = reason
    touch(row, work)
    work.audit("records.revoke", "conduct_record", row.id, before, audit.fields(row, "state"))
    return row


async def list_person(work: Work, new: NewListing, vault: Vault) -> BlacklistEntry:
    """Put a person on the blacklist, whether or not the platform knows him; InvalidArgument for a bad document."""
    work.require(permissions.BLACKLIST_KEEP)
    identity = identify(new.id_card_type, new.id_card_number, new.sex, new.birth_date, work.today)
    if isinstance(identity, Fault):
        raise invalid(Violation(f"/{identity.field}", identity.code, identity.zh, identity.en))
    index, person_id = vault.index("person", identity.id_card_type, identity.number), new_id()
    number = vault.encrypt(identity.number, number_place(person_id))
    driver = await work.driver()
    await workers.add_people(driver, [(person_id, identity.id_card_type, index, number)], work.now)
    row = BlacklistEntry(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        person_id=(await workers.known_people(driver, [index]))[index],
        listed_by=work.principal.organisation_id,
        state=states.LISTING.initial,
        name=new.name,
        id_card_type=identity.id_card_type,
        number_masked=mask(identity.number),
        reason=new.reason,
        source_document=new.source_document,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
    )
    session = await work.writing()
    session.add(row)
    await session.flush()
    work.audit("records.list-person", "blacklist_entry", row.id, None, audit.fields(row, *ENTRY_FIELDS))
    await _judge_anew(work, row, vault)
    return row


async def entry(work: Work, entry_id: UUID) -> BlacklistEntry:
    """One published entry."""
    work.require(permissions.BLACKLIST_READ)
    async with work.reading() as session:
        return await repository.entry(session, work.principal, work.today, entry_id)


async def blacklist(work: Work, request: PageRequest) -> Page[BlacklistEntry]:
    """The published entries, newest first."""
    work.require(permissions.BLACKLIST_READ)
    async with work.reading() as session:
        return await repository.page_of_entries(session, work.principal, work.today, request)


async def lift(work: Work, entry_id: UUID, expected_version: int | None, reason: str, vault: Vault) -> BlacklistEntry:
    """End an entry before its last day; from today on it does not count."""
    work.require(permissions.BLACKLIST_KEEP)
    session = await work.writing()
    row = await repository.entry(session, work.principal, work.today, entry_id, lock=True)
    check_version(row, expected_version)
    before = audit.fields(row, *ENTRY_FIELDS)
    row.state = states.LISTING.apply(row.state, ListingAction.LIFT)
    row.lifted_on, row.lifted_because = work.today, reason
    touch(row, work)
    work.audit("records.lift", "blacklist_entry", row.id, before, audit.fields(row, *ENTRY_FIELDS))
    await _judge_anew(work, row, vault)
    return row


async def _judge_anew(work: Work, row: BlacklistEntry, vault: Vault) -> None:
    """Whoever employs the person: the gates of his sites know at once."""
    session = await work.writing()
    await session.flush()
    await assignments.refresh(work, await repository.employments(session, row.person_id), vault)
