"""Register workers: a batch or a whole roster, each row judged by itself (upsert by external_id)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import orjson

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.errors import Violation, invalid
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.assignments import service as assignments
from labour.codes import repository as codes
from labour.codes.rules import ended
from labour.consents import service as consents
from labour.contracts.commands import sign as contracts
from labour.workers import errors, repository
from labour.workers.commands.papers import Candidate, Papers, papers_of, standing_card
from labour.workers.models import Worker
from labour.workers.rules import (
    Fault,
    Identity,
    Registration,
    birth_place,
    card_place,
    doubled,
    identify,
    number_place,
    repeated,
)

Row = Registration | list[Violation]
COPIED = (
    "external_id",
    "name",
    "work_type",
    "work_role",
    "is_team_leader",
    "nation",
    "address",
    "cell_phone",
    "grant_org",
    "payroll_bank_code",
    "urgent_contact",
    "politics",
    "has_insurance",
    "health_record_until",
)
AUDITED = (
    "external_id",
    "work_type",
    "work_role",
    "is_team_leader",
    "payroll_bank_code",
    "agreement_kind",
    "agreement_number",
    "agreement_from",
    "agreement_to",
)
PERSONAL = (
    "name",
    "nation",
    "address",
    "cell_phone",
    "grant_org",
    "urgent_contact",
    "politics",
    "has_insurance",
    "health_record_until",
    "photo_file_id",
    "payroll_bank_card",
)
"""What the audit names without its value: nobody can erase there."""
CODED = {"work_type": "work_type", "work_role": "work_role", "politics": "politics_type"}
"""Fields with a code, and its table."""
AT_ONCE = 1_000
"""Rows that are written in one go: in between other requests of the process have their turn."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `worker_id` is None and `faults` say why when it was refused."""

    row: int
    status: Literal["created", "updated", "unchanged", "refused"]
    external_id: str
    worker_id: UUID | None
    faults: Sequence[Violation] = ()


async def register(work: Work, rows: Sequence[Row], vault: Vault, *, dry_run: bool = False) -> list[Outcome]:
    """Create, update or leave each row's worker; a bad row is refused by itself and the others go in.

    With `dry_run` nothing is written, and a worker that would be created has no id.
    """
    work.require(permissions.WORKERS_REGISTER)
    candidates, refused = await asyncio.to_thread(_judge, rows, work.today, vault)
    outcomes = {outcome.row: outcome for outcome in refused}
    if candidates and dry_run:
        driver, employer_id = await work.driver(), work.principal.organisation_id
        people = await repository.own_people(driver, [one.index for one in candidates], employer_id)
        decisions = await _decide(work, candidates, people, vault)
        outcomes |= {one.candidate.row: _outcome(one) for one in decisions}
    elif candidates:
        outcomes |= {outcome.row: outcome for outcome in await _write(work, candidates, vault)}
    return [outcomes[row] for row in range(len(rows))]


async def register_one(work: Work, given: Registration, vault: Vault) -> UUID:
    """Register a worker who is not registered yet; answers his id. InvalidArgument or AlreadyExists otherwise."""
    [outcome] = await register(work, [given], vault)
    if outcome.worker_id is None:
        prefix = "/workers/0"
        raise invalid(
            *(Violation(one.pointer.removeprefix(prefix), one.code, one.zh, one.en) for one in outcome.faults)
        )
    if outcome.status != "created":
        raise errors.worker_exists(outcome.worker_id)  # the edge rolls back, so nothing was updated either
    return outcome.worker_id


def _judge(rows: Sequence[Row], today: date, vault: Vault) -> tuple[list[Candidate], list[Outcome]]:
    """Which rows can be written, by what they say themselves, and the refusals of the others."""
    candidates: list[Candidate] = []
    refused: list[Outcome] = []
    for row, given in enumerate(rows):
        if not isinstance(given, Registration):
            refused.append(Outcome(row, "refused", "", None, given))
            continue
        identity = identify(given.id_card_type, given.id_card_number, given.sex, given.birth_date, today)
        wrong = [*_future(given, today), *doubled(given.certificates)]
        unfit = consents.faults(given.consents, today, f"/workers/{row}/consents")
        if isinstance(identity, Identity) and not wrong and not unfit:
            index = vault.index("person", identity.id_card_type, identity.number)
            candidates.append(Candidate(row, given, identity, index))
        else:
            faults = [identity] if isinstance(identity, Fault) else []
            refused.append(_refusal(row, given, faults + wrong, unfit))
    twice = repeated((one.row, one.given.external_id, one.index) for one in candidates)
    refused.extend(_refusal(one.row, one.given, [twice[one.row]]) for one in candidates if one.row in twice)
    return [one for one in candidates if one.row not in twice], refused


def _future(given: Registration, today: date) -> list[Fault]:
    if given.training is not None and given.training.trained_on > today:
        return [Fault("training/trained_on", "IN_FUTURE", "培训日期不能晚于今天。", "The day lies in the future.")]
    return []


def _refusal(row: int, given: Registration, faults: Iterable[Fault], violations: Sequence[Violation] = ()) -> Outcome:
    found = [Violation(f"/workers/{row}/{one.field}", one.code, one.zh, one.en) for one in faults]
    return Outcome(row, "refused", given.external_id, None, [*found, *violations])


@dataclass(frozen=True, slots=True)
class _Decision:
    """What is to become of a row: `worker` is the one on record, `refusal` says why nothing is to be done."""

    candidate: Candidate
    worker: Worker | None
    fingerprint: bytes
    status: Literal["created", "updated", "unchanged", "refused"]
    refusal: Outcome | None = None


def _outcome(decision: _Decision) -> Outcome:
    one = decision.candidate
    worker_id = decision.worker.id if decision.worker is not None else None
    return decision.refusal or Outcome(one.row, decision.status, one.given.external_id, worker_id)


async def _decide(
    work: Work, candidates: Sequence[Candidate], people: Mapping[bytes, UUID], vault: Vault
) -> list[_Decision]:
    """What is to become of each row; locks the employer's workers and writes nothing."""
    driver = await work.driver()
    external_ids = [one.given.external_id for one in candidates]
    known = await repository.known_workers(driver, work.principal.organisation_id, list(people.values()), external_ids)
    by_person = {worker.person_id: worker for worker in known}
    by_external = {worker.external_id: worker for worker in known}
    papers = await papers_of(work, candidates, known)

    def decided() -> list[_Decision]:
        found = []
        for one in candidates:
            person_id = people.get(one.index)
            worker = by_person.get(person_id) if person_id is not None else None
            found.append(_decision(one, worker, by_external.get(one.given.external_id), papers, vault, work.today))
        return found

    return await asyncio.to_thread(decided)  # thousands of fingerprints: the gates are not to wait for them


def _decision(
    one: Candidate, worker: Worker | None, namesake: Worker | None, papers: Papers, vault: Vault, today: date
) -> _Decision:
    fault = _conflict(one, worker, namesake)
    if fault is not None:
        return _Decision(one, worker, b"", "refused", _refusal(one.row, one.given, [fault]))
    fingerprint = _fingerprint(one.given, vault)
    if worker is not None and worker.fingerprint == fingerprint:
        return _Decision(one, worker, fingerprint, "unchanged")
    faults, lacking = _ended(one.given, worker, today), papers.lacking(one, worker, vault)
    if faults or lacking:
        return _Decision(one, worker, b"", "refused", _refusal(one.row, one.given, faults, lacking))
    return _Decision(one, worker, fingerprint, "created" if worker is None else "updated")


async def _write(work: Work, candidates: Sequence[Candidate], vault: Vault) -> list[Outcome]:
    await repository.one_batch_at_a_time(await work.driver(), work.principal.organisation_id)
    people = await _people(work, candidates, vault)
    decisions = await _decide(work, candidates, people, vault)
    outcomes: list[Outcome] = []
    updated: list[UUID] = []
    for start in range(0, len(decisions), AT_ONCE):
        written: list[tuple[Worker, Registration]] = []
        for decision in decisions[start : start + AT_ONCE]:
            one = decision.candidate
            if decision.status not in ("created", "updated"):
                outcomes.append(_outcome(decision))
                continue
            worker = _filled(work, decision.worker, people[one.index], one, vault)
            worker.fingerprint = decision.fingerprint
            written.append((worker, one.given))
            outcomes.append(Outcome(one.row, decision.status, one.given.external_id, worker.id))
        await _store(work, written)
        updated += [worker.id for worker, _ in written if worker.version > 1]
    await contracts.follow_all(work, updated)
    await assignments.refresh(work, updated, vault)
    return outcomes


async def _people(work: Work, candidates: Sequence[Candidate], vault: Vault) -> dict[bytes, UUID]:
    """The person of each candidate, added when the platform does not know him.

    For whoever is not this employer's own the work is the same, whether another employer has him or nobody: a guesser
    learns nothing from the time that it takes.
    """
    driver = await work.driver()
    indexes = [candidate.index for candidate in candidates]
    own = await repository.own_people(driver, indexes, work.principal.organisation_id)
    others = []
    for one in candidates:
        if one.index not in own:
            person_id = new_id()
            number = vault.encrypt(one.identity.number, number_place(person_id))
            others.append((person_id, one.identity.id_card_type, one.index, number))
    known = own
    while missing := [one for one in others if one[2] not in known]:  # again for whom an erasure removes meanwhile
        await repository.add_people(driver, missing, work.now)
        known = known | await repository.known_people(driver, [one[2] for one in missing])
    return known


def ended_codes(values: Mapping[str, Any], on: date) -> list[Fault]:
    """The fields of a new entry whose code is in force no longer, or not yet."""
    tables = codes.tables()
    return [
        Fault(
            name, "CODE_NOT_IN_FORCE", f"该代码自版本更新后不再用于新登记({table})。", f"Not for new entries: {table}."
        )
        for name, table in CODED.items()
        if name in values and ended(tables[table], values[name], on)
    ]


def _ended(given: Registration, worker: Worker | None, on: date) -> list[Fault]:
    news = {
        name: getattr(given, name) for name in CODED if worker is None or getattr(given, name) != getattr(worker, name)
    }
    faults = ended_codes(news, on)
    if worker is None and ended(codes.tables()["id_card_type"], given.id_card_type, on):
        faults.append(Fault("id_card_type", "CODE_NOT_IN_FORCE", "该证件类型不再用于新登记。", "Not for new entries."))
    return faults


def _conflict(one: Candidate, worker: Worker | None, namesake: Worker | None) -> Fault | None:
    if worker is not None and worker.external_id != one.given.external_id:
        return Fault(
            "id_card_number",
            "WORKER_HAS_OTHER_EXTERNAL_ID",
            f"本单位已以 external_id {worker.external_id} 登记该人员。",
            f"This organisation has registered this person as {worker.external_id}.",
        )
    if worker is None and namesake is not None:
        return Fault(
            "external_id",
            "EXTERNAL_ID_TAKEN",
            "该 external_id 已属于本单位的另一名工人。",
            "Another worker of this organisation has this external_id.",
        )
    return None


def _fingerprint(given: Registration, vault: Vault) -> bytes:
    content = orjson.dumps(asdict(given), default=str, option=orjson.OPT_SORT_KEYS)
    return vault.index("registration", content.decode())


def _filled(work: Work, worker: Worker | None, person_id: UUID, one: Candidate, vault: Vault) -> Worker:
    """The worker as the row says, audited."""
    worker_id = worker.id if worker is not None else new_id()
    values = _values(one, worker_id, vault) | {"updated_at": work.now}
    if worker is not None and one.given.payroll_bank_card == standing_card(worker, vault):
        values["payroll_bank_card"] = worker.payroll_bank_card
    before = None if worker is None else audited(worker)
    plain = {} if worker is None else personal(worker)
    if worker is None:
        employer_id = work.principal.organisation_id
        worker = Worker(id=worker_id, created_at=work.now, employer_id=employer_id, person_id=person_id, **values)
    else:
        worker.version += 1
        for name, value in values.items():
            setattr(worker, name, value)
    verb = "workers.register" if before is None else "workers.update"
    work.audit(verb, "worker", worker.id, before, audited(worker) | changed(plain, worker) | _evidence(one.given))
    return worker


def _values(one: Candidate, worker_id: UUID, vault: Vault) -> dict[str, Any]:
    given, identity, agreement = one.given, one.identity, one.given.agreement
    return {name: getattr(given, name) for name in COPIED} | {
        "sex": identity.sex,
        "birth_date": vault.encrypt(identity.birth_date.isoformat(), birth_place(worker_id)),
        "payroll_bank_card": (
            vault.encrypt(given.payroll_bank_card, card_place(worker_id)) if given.payroll_bank_card else ""
        ),
        "agreement_kind": agreement.kind if agreement else "",
        "agreement_number": agreement.number if agreement else "",
        "agreement_from": agreement.valid_from if agreement else None,
        "agreement_to": agreement.valid_to if agreement else None,
    }


def _evidence(given: Registration) -> audit.Fields:
    return {
        "training": given.training.trained_on.isoformat() if given.training else None,
        "certificates": [mask(certificate.number) for certificate in given.certificates],
    }


def audited(worker: Worker) -> audit.Fields:
    """The fields of a worker that the audit shows with their values: what tells nothing of the person."""
    return audit.fields(worker, *AUDITED)


def personal(worker: Worker) -> audit.Fields:
    """Fields that the audit must not show, to compare them."""
    return {name: getattr(worker, name) for name in PERSONAL}


def changed(before: audit.Fields, worker: Worker) -> audit.Fields:
    """For the audit: which personal fields have come or changed, without their values."""
    after = personal(worker)
    blank = (None, "")
    return {
        "changed": [
            name
            for name in PERSONAL
            if after[name] != before.get(name, "") and not (after[name] in blank and before.get(name) in blank)
        ]
    }


async def _store(work: Work, written: Sequence[tuple[Worker, Registration]]) -> None:
    driver = await work.driver()
    if written:
        await repository.upsert_workers(driver, [worker for worker, _ in written])
    certificates = [(worker.id, record) for worker, given in written for record in given.certificates]
    if certificates:
        await repository.upsert_certificates(driver, certificates, work.now)
    trainings = [(worker.id, given.training) for worker, given in written if given.training is not None]
    if trainings:
        await repository.add_trainings(driver, trainings, work.now)
    await consents.take_all(work, [(worker, one) for worker, given in written for one in given.consents])
