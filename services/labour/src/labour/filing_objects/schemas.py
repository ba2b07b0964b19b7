"""What goes out about filing objects: where each stands and why; never what was sent."""

from __future__ import annotations

from uuid import UUID

from chassis.http.schemas import Out
from chassis.values import Instant
from labour.clients.authorities import Kind
from labour.filing_objects.rules import Stage
from labour.filings.states import State


class FilingObjectOut(Out):
    """One object on its way over one connection, in its last version.

    `there`: the platform has an earlier version, or this one. `reason_*` says why it stands where it stands, and
    `mend_by` who has to do something: employer, connection, authority, platform, or nobody. What it waits for is named
    by `waits_for_*`: the first thing up the line that is not on its way itself. `answer_text` is the platform's own.
    """

    filing_id: UUID
    connection_id: UUID
    authority: str
    project_id: UUID
    employer_id: UUID
    worker_id: UUID | None
    kind: Kind
    object_key: str
    stage: Stage
    state: State
    there: bool
    number: str
    reason_code: str
    reason_zh: str
    reason_en: str
    mend_by: str
    answer_text: str
    waits_for_kind: Kind | None
    waits_for_key: str
    attempts: int
    answered_at: Instant | None
    updated_at: Instant
