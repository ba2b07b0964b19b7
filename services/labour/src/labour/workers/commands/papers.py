"""Which consents a row of a registration needs beside what stands (PIPL arts 28, 29)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.crypto import Vault
from chassis.errors import Violation
from chassis.files import repository as files
from chassis.files.errors import file_unknown
from chassis.work import Work
from labour.consents import repository as standing_consents
from labour.consents.errors import consent_missing
from labour.consents.models import Purpose
from labour.workers.models import Worker
from labour.workers.rules import Identity, Registration, card_place


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can be written by what it says itself; `index` is its person's."""

    row: int
    given: Registration
    identity: Identity
    index: bytes


@dataclass(frozen=True, slots=True)
class Papers:
    """What stands of consents before a batch: by worker the purposes, and the scans that the employer has uploaded."""

    standing: Mapping[UUID, frozenset[Purpose]]
    scans: Collection[UUID]

    def lacking(self, one: Candidate, worker: Worker | None, vault: Vault) -> list[Violation]:
        """Which consents a row needs and does not have; a card that stands already stays and is flagged instead."""
        prefix = f"/workers/{one.row}"
        unknown = [
            file_unknown(f"{prefix}/consents/{place}/file_id")
            for place, given in enumerate(one.given.consents)
            if given.file_id is not None and given.file_id not in self.scans
        ]
        held = {given.purpose for given in one.given.consents}
        held |= self.standing.get(worker.id, frozenset()) if worker is not None else frozenset()
        needed = []
        if one.given.payroll_bank_card and one.given.payroll_bank_card != standing_card(worker, vault):
            needed.append((Purpose.BANK_ACCOUNT, "payroll_bank_card_number"))
        if one.given.health_record_until and (
            worker is None or one.given.health_record_until != worker.health_record_until
        ):
            needed.append((Purpose.HEALTH_RECORD, "health_record_until"))
        return unknown + [
            consent_missing(f"{prefix}/{field}", purpose) for purpose, field in needed if purpose not in held
        ]


def standing_card(worker: Worker | None, vault: Vault) -> str:
    """The bank card on record, in clear; empty without one."""
    stored = worker.payroll_bank_card if worker is not None else ""
    return vault.decrypt(stored, card_place(worker.id)) if worker is not None and stored else ""


async def papers_of(work: Work, candidates: Sequence[Candidate], known: Sequence[Worker]) -> Papers:
    """What stands for these rows, in the transaction of the registration."""
    session = await work.writing()
    scans = [one.file_id for each in candidates for one in each.given.consents if one.file_id is not None]
    uploaded = await files.uploaded(session, work.principal, scans) if scans else {}
    return Papers(await standing_consents.standing(session, [worker.id for worker in known]), uploaded)
