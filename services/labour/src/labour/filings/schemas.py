"""What goes out about filings: which object and what became of it; never what was sent."""

from __future__ import annotations

from uuid import UUID

from chassis.http.schemas import Out
from chassis.values import Instant
from labour.clients.authorities import Kind, Verdict
from labour.filings.states import State


class FilingOut(Out):
    """One version of one object. It waits while what `parent_kind` and `parent_key` name is not accepted.

    `mend_by` says who can mend a refusal: employer, connection (its secret), authority or platform. `number` is what
    the platform calls the object.
    """

    id: UUID
    version: int
    connection_id: UUID
    project_id: UUID
    employer_id: UUID
    worker_id: UUID | None
    kind: Kind
    object_key: str
    parent_kind: str
    parent_key: str
    occurred_at: Instant
    state: State
    attempts: int
    answer_code: str
    answer_text: str
    mend_by: str
    number: str
    answered_at: Instant | None
    created_at: Instant
    updated_at: Instant


class FilingReceiptOut(Out):
    """What the platform said about a filing at an instant; under `request_code` it can be asked for it."""

    id: UUID
    filing_id: UUID
    at: Instant
    request_code: str
    verdict: Verdict
    code: str
    text: str
