"""Erase the answers that are kept under Idempotency-Keys and name a worker: for two days they would say who he is.

Not the keys: a request that is sent again is not to be done again. Of an answer about many (a batch) only his rows go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from chassis import idempotency
from chassis.idempotency import Mark
from chassis.work import Work
from labour.privacy import repository, rules
from labour.workers.models import Worker

JOB = "privacy.erase-late-answers"
LATE = timedelta(minutes=1)
"""How long a request may still run that has read of a worker what has just been erased."""


async def erase_answers(work: Work, worker: Worker) -> None:
    """Erase what answers say of a worker, locked, while his row still says who he is; and soon the late ones, too."""
    own = worker.employer_id
    marks = [Mark(str(worker.id)), *(Mark(text, own) for text in rules.named_by(worker.external_id))]
    await _erase(work, worker.id, marks, worker.external_id)
    payload = {"worker_id": str(worker.id), "erased_at": work.now.isoformat()}
    await work.enqueue(JOB, payload, due=work.now + LATE, dedupe_key=f"{JOB}:{worker.id}:{work.now.isoformat()}")


async def late(work: Work, payload: Mapping[str, str]) -> None:
    """Job: what was answered while a worker was being erased, by requests that had read him before."""
    worker_id, erased_at = UUID(payload["worker_id"]), datetime.fromisoformat(payload["erased_at"])
    await _erase(work, worker_id, [Mark(str(worker_id))], "", erased_at)


async def _erase(
    work: Work, worker_id: UUID, marks: Sequence[Mark], external_id: str, erased_at: datetime | None = None
) -> None:
    session = await work.writing()
    driver = await work.driver()
    links = await repository.links(session, worker_id)
    for kept in await idempotency.naming(driver, marks, links):
        # The answer to the erasure itself says nothing of him, and is to be had again.
        if erased_at is not None and (kept.created_at == erased_at or kept.created_at > erased_at + LATE):
            continue
        said = orjson.loads(kept.body)
        left = None if kept.organisation_id in links else rules.without(said, str(worker_id), external_id)
        if left != said:
            await idempotency.rewrite(driver, kept, None if left is None else orjson.dumps(left))
