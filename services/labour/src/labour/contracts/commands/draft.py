"""Write contracts down: one, a crew's at once, another version of a draft, and the renewal of one that ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from chassis import audit
from chassis.errors import ServiceError, Violation, invalid
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments.commands.assign import admitted
from labour.clients.projects import ProjectDirectory
from labour.contracts import errors, repository, rules, states
from labour.contracts.models import Contract
from labour.contracts.states import Action, State, WageKind
from labour.workers import errors as worker_errors
from labour.workers.models import AgreementKind, Worker

AUDITED = (
    "worker_id", "project_id", "kind", "number", "valid_from", "valid_to", "wage_kind", "wage_rate", "wage_unit",
    "pay_day", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What a contract says; see models.Contract for the units."""

    worker_id: UUID
    project_id: UUID | None
    kind: AgreementKind
    number: str
    duties: str
    valid_from: date
    valid_to: date | None
    wage_kind: WageKind
    wage_rate: Decimal
    wage_unit: str
    pay_day: int
    language: str


Row = Draft | list[Violation]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `faults` say why it was refused."""

    row: int
    status: Literal["created", "updated", "refused"]
    contract: Contract | None
    external_id: str = ""
    faults: Sequence[Violation] = ()


@dataclass
class _Batch:
    """What stands while a call's rows are judged, and what comes new."""

    taken: set[str]
    standing: dict[UUID, list[Contract]]
    created: list[Contract] = field(default_factory=list)


async def draft_one(work: Work, given: Draft, projects: ProjectDirectory) -> Contract:
    """Write one contract down as a draft; raises what refuses it."""
    [outcome] = await draft(work, [given], projects, prefix="")
    if outcome.contract is None:
        raise invalid(*outcome.faults)
    return outcome.contract


async def draft(
    work: Work, rows: Sequence[Row], projects: ProjectDirectory, *, prefix: str = "/contracts/{row}"
) -> list[Outcome]:
    """Write contracts down as drafts, each judged by itself; a row that could not be read comes as its faults.

    Refused are unknown workers, numbers that are taken, and what overlaps with a contract that is offered or signed
    for the same worker and project, in this call too. Whether the employer takes part, project-mgmt is asked.
    """
    work.require(permissions.CONTRACTS_WRITE)
    employer_id = work.principal.organisation_id
    given_rows = [row for row in rows if isinstance(row, Draft)]
    for project_id in sorted({row.project_id for row in given_rows if row.project_id is not None}):
        await admitted(projects, project_id, employer_id, work.today, entering=False)
    session = await work.writing()
    await repository.one_at_a_time(session, employer_id)
    workers = await repository.lock_workers(session, [row.worker_id for row in given_rows], employer_id)
    taken = await repository.numbers_taken(session, employer_id, [row.number for row in given_rows])
    batch = _Batch(taken, await repository.standing(session, workers, offered=True))
    outcomes = []
    for index, given in enumerate(rows):
        faults = _faults(given, batch, prefix.format(row=index), workers)
        if not isinstance(given, Draft) or faults:
            outcomes.append(Outcome(index, "refused", None, _external_id(given, workers), faults))
            continue
        contract = _row(work, given)
        batch.taken.add(given.number)
        batch.standing.setdefault(given.worker_id, []).append(contract)
        batch.created.append(contract)
        work.audit("contracts.draft", "contract", contract.id, None, audit.fields(contract, *AUDITED))
        outcomes.append(Outcome(index, "created", contract, workers[given.worker_id].external_id))
    session.add_all(batch.created)
    await session.flush()
    return outcomes


def _external_id(given: Row, workers: Mapping[UUID, Worker]) -> str:
    worker = workers.get(given.worker_id) if isinstance(given, Draft) else None
    return "" if worker is None else worker.external_id


def _row(work: Work, given: Draft) -> Contract:
    values: dict[str, Any] = {name: getattr(given, name) for name in Draft.__dataclass_fields__}
    return Contract(
        created_at=work.now,
        updated_at=work.now,
        employer_id=work.principal.organisation_id,
        state=states.CONTRACT.initial,
        **values,
    )


def _faults(given: Row, batch: _Batch, place: str, workers: Collection[UUID]) -> Sequence[Violation]:
    if not isinstance(given, Draft):
        return given
    other = overlapping(given, batch.standing.get(given.worker_id, ()))
    error: ServiceError
    if given.worker_id not in workers:
        pointer, error = "/worker_id", worker_errors.worker_not_found(given.worker_id)
    elif given.number in batch.taken:
        pointer, error = "/number", errors.number_taken(given.number)
    elif other is not None:
        pointer, error = "/valid_from", errors.overlapping(other.number)
    else:
        return ()
    return [Violation(place + pointer, error.reason, error.zh, error.en)]


def overlapping(given: Draft | Contract, others: Sequence[Contract]) -> Contract | None:
    """The first of these contracts that counts on the same days and project."""
    span = (given.valid_from, given.valid_to)
    for other in others:
        shared = rules.same_ground(given.project_id, other.project_id)
        if shared and rules.overlap(span, (other.valid_from, other.binds_until)):
            return other
    return None


async def revise(work: Work, contract_id: UUID, expected: int, values: Mapping[str, Any]) -> Contract:
    """Change some terms of a draft; what overlaps shows when it is offered."""
    work.require(permissions.CONTRACTS_WRITE)
    session = await work.writing()
    await repository.one_at_a_time(session, work.principal.organisation_id)
    contract = await locked(work, contract_id)
    check_version(contract, expected)
    contract.state = states.CONTRACT.apply(contract.state, Action.REVISE)
    number = values.get("number", contract.number)
    if number != contract.number and await repository.numbers_taken(session, contract.employer_id, [number]):
        raise errors.number_taken(number)
    before = audit.fields(contract, *AUDITED)
    for name, value in values.items():
        setattr(contract, name, value)
    if contract.valid_to is not None and contract.valid_to < contract.valid_from:
        raise errors.dates_backwards()
    touch(contract, work)
    work.audit("contracts.revise", "contract", contract.id, before, audit.fields(contract, *AUDITED))
    return contract


async def renew(work: Work, contract_id: UUID, given: Mapping[str, Any], projects: ProjectDirectory) -> Contract:
    """A new draft that follows a signed contract, with its terms but for those that are given."""
    work.require(permissions.CONTRACTS_WRITE)
    async with work.reading() as session:
        old = (await repository.own(session, work.principal, [contract_id])).get(contract_id)
    if old is None:
        raise errors.contract_not_found(contract_id)
    if old.state not in states.BINDING:
        states.CONTRACT.apply(State(old.state), Action.END)  # refuses, and says what is allowed
    kept = {name: getattr(old, name) for name in Draft.__dataclass_fields__}
    wanted = replace(Draft(**kept), **given)
    ends = old.binds_until
    if ends is None or wanted.valid_from <= ends:
        raise errors.renewal_too_early()
    contract = await draft_one(work, wanted, projects)
    contract.follows_id = old.id
    return contract


async def locked(work: Work, contract_id: UUID) -> Contract:
    """The caller's own contract with its worker, both locked, as they are now; NotFound CONTRACT_NOT_FOUND."""
    session = await work.writing()
    seen = (await repository.own(session, work.principal, [contract_id])).get(contract_id)
    if seen is None:
        raise errors.contract_not_found(contract_id)
    await repository.lock_workers(session, [seen.worker_id], None)
    return (await repository.own(session, work.principal, [contract_id], lock=True))[contract_id]
