"""What a service reads from the streams, on one page per service (`<package>/subscriptions.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from chassis.work import Work

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Received(Generic[M]):
    """A fact as a handler gets it."""

    event_id: UUID
    subject: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    message: M


Handler = Callable[[Work, Received[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One durable consumer: from which stream and subject, which message, which handler."""

    durable: str
    stream: str
    subject: str
    message: type[Message]
    handler: Handler
