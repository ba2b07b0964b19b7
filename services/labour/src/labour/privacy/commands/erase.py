"""Erase a worker: field by field what nothing keeps, and at the end all of him but a tombstone."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.crypto import Vault
from chassis.files import service as files
from chassis.ids import new_id
from chassis.work import Work, touch
from labour.assignments.commands.evidence import refresh
from labour.privacy import repository, rulebook, rules, states
from labour.privacy.commands.answers import erase_answers
from labour.privacy.models import Erasure
from labour.privacy.rules import ERASABLE, POSITIONS, Block
from labour.privacy.states import Action, State
from labour.workers.models import Person, Worker

JOB = "privacy.erase"
OWN = frozenset(ERASABLE) & frozenset(Worker.model_fields)
"""What stands in the worker's own row; `id_card_number` is the person's, whom `erase_all` takes from him."""
NOTHING = {"photo_file_id": None, "has_insurance": None, "health_record_until": None}
INDEX_BYTES = 32


async def blocks(work: Work, worker: Worker) -> list[Block]:
    """What the law keeps of a worker today."""
    async with work.reading() as session:
        position = await repository.position(session, worker, work.today)
    return rules.blocks(position, rulebook.retention_rules(), work.today)


async def judge(work: Work, request: Erasure, worker: Worker, vault: Vault) -> None:
    """Erase what nothing keeps; the rest waits, and a job looks again. The request and the worker are locked."""
    before = audit.fields(request, "state", "erased", "due")
    blocked = await blocks(work, worker)
    gone = rules.free(blocked)
    if blocked:
        await erase_fields(work, worker, [name for name in gone if name not in request.erased], vault)
        request.state = states.ERASURE.apply(request.state, Action.BLOCK)
        request.due = rules.due(blocked, work.today)
        await look_again(work, request)
    else:
        await erase_all(work, worker, [request.file_id] if request.file_id else [], vault)
        request.file_id = None
        request.state = states.ERASURE.apply(request.state, Action.ERASE)
        request.due, request.erased_at = None, work.now
    request.erased = gone
    request.blocked = [
        asdict(one) | {"until": one.until and one.until.isoformat(), "since": one.since and one.since.isoformat()}
        for one in blocked
    ]
    touch(request, work)
    after = audit.fields(request, "state", "erased", "due")
    work.audit("privacy.erase", "worker", worker.id, before, after)


async def look_again(work: Work, request: Erasure) -> None:
    """Have a request judged anew on the day on which it is due."""
    if request.due is not None:
        due = max(work.now, day_begins(request.due))
        payload = {"erasure_id": str(request.id)}
        await work.enqueue(JOB, payload, due=due, dedupe_key=f"{JOB}:{request.id}:{request.due}")


async def later(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: judge a request that waits; one that was cancelled or done meanwhile is left alone."""
    session = await work.writing()
    request = await repository.by_id(session, UUID(payload["erasure_id"]))
    if request.state is State.BLOCKED:
        worker = await repository.locked(session, request.worker_id)
        await judge(work, request, worker, clients["vault"])


async def erase_fields(work: Work, worker: Worker, names: Collection[str], vault: Vault) -> None:
    """Overwrite fields of a worker, locked; encrypted values too, so that no key opens them again.

    What the gates ask for may be among them, so `cleared_until` of his open assignments is worked out again. With the
    first of them go the answers that are kept under Idempotency-Keys and name him.
    """
    session = await work.writing()
    if names:
        await erase_answers(work, worker)
    if POSITIONS in names:
        await repository.no_swipes_meanwhile(session, worker.id)
    papers = [worker.photo_file_id] if "photo_file_id" in names and worker.photo_file_id else []
    for name in names:
        if name in OWN:
            setattr(worker, name, NOTHING.get(name, ""))
        elif name == "wages":
            day = rules.paid_before(rulebook.retention_rules(), work.today)
            papers += await repository.anonymise_wages(session, worker.id, day)
        else:
            papers += await repository.blank(session, worker.id, name, work.now)
    if "external_id" in names:
        worker.external_id = f"erased-{worker.id}"
    worker.fingerprint = None
    touch(worker, work)
    await session.flush()
    await files.forget(work, await repository.unnamed(session, papers))
    await refresh(work, [worker.id], vault)


async def erase_all(work: Work, worker: Worker, scans: Sequence[UUID], vault: Vault) -> None:
    """Leave a tombstone: that there was a worker of this trade, for days and wages that are counted, and nothing else.

    The tombstone gets a person of its own without a number. The person himself goes when nobody else employs him and no
    blacklist entry counts for him. `scans` are papers that go with him.
    """
    session = await work.writing()
    await erase_fields(work, worker, ERASABLE, vault)
    person_id, worker.erased_at = worker.person_id, work.now
    tombstone = Person(
        id=new_id(), id_card_type="", id_index=os.urandom(INDEX_BYTES), id_number="", created_at=work.now
    )
    session.add(tombstone)
    await session.flush()
    worker.person_id = tombstone.id
    await session.flush()
    await files.forget(work, await repository.unnamed(session, scans))
    person = await repository.lone(session, person_id)
    if person is not None:
        await session.delete(person)
    await session.flush()
