"""What comes in and goes out about affiliations."""

from __future__ import annotations

from uuid import UUID

from chassis.http.schemas import In, Out
from chassis.values import Instant
from gateway.access.affiliations.models import Affiliation
from gateway.access.affiliations.states import State
from gateway.access.organisations.schemas import Uscc


class RequestAffiliationIn(In):
    """Whom the caller's organisation asks to belong to its group."""

    uscc: Uscc


class AffiliationOut(Out):
    """A request or membership; `confirmed` means that the child belongs to the parent's group (集团)."""

    id: UUID
    version: int
    parent_id: UUID
    child_id: UUID
    state: State
    reason: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, affiliation: Affiliation) -> AffiliationOut:
        """From the row."""
        return cls.model_validate(affiliation)
