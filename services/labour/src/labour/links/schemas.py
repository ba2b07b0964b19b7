"""What comes in and goes out about links."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant
from labour.links.commands.check import Given
from labour.links.models import Link
from labour.links.states import Purpose, State
from labour.workers.schemas import DocumentNumber, Name

EXAMPLE_SECRET = "Zk3v0xM0mC1uJY3nq5lq0b7nJ8mB2vT4yD6hR9sW1xE"  # noqa: S105 - of nobody

SixDigits = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["123456"])]


class NewLinkIn(In):
    """A self-service link for a worker."""

    worker_id: UUID
    valid_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 30


class CheckIn(In):
    """Who the worker says he is: name and identity number as registered, and the code on his phone."""

    name: Name
    id_card_number: DocumentNumber
    code: SixDigits

    def given(self) -> Given:
        """As the service takes it."""
        return Given(self.name, self.id_card_number, self.code)


class LinkOut(Out):
    """A link as its employer sees it; the secret is nowhere kept."""

    id: UUID
    version: int
    worker_id: UUID
    purpose: Purpose
    subject_id: UUID | None
    state: State
    valid_until: Instant
    checked_at: Instant | None
    created_at: Instant

    @classmethod
    def of(cls, link: Link) -> LinkOut:
        """From the row."""
        return cls.model_validate(link)


class IssuedLinkOut(Out):
    """A link and its secret; `link` is shown this once and is empty in a repeated answer."""

    id: UUID
    worker_id: UUID
    purpose: Purpose
    valid_until: Instant
    link: str = Field(description="The secret for the header Zhulian-Link.", examples=[EXAMPLE_SECRET])


class MyLinkOut(Out):
    """What the caller's link is for; says nothing of the worker before the identity check."""

    purpose: Purpose
    subject_id: UUID | None
    valid_until: Instant
    session_until: Instant | None = Field(description="Until when the last identity check holds.")


class SentOut(Out):
    """A code is on its way to the registered phone."""

    valid_until: Instant


class CheckedOut(Out):
    """Whether the check was passed; all that may be wrong is answered alike, and five failures lock the link."""

    passed: bool
    session_until: Instant | None
    tries_left: int = Field(examples=[5])
