"""Who reads what: the `subscriptions.py` of every service, in one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from infra.contracts.paths import EVERYONE


class Subscribed(Protocol):
    """What infra needs to know of a `chassis.subscriptions.Subscription`."""

    @property
    def durable(self) -> str:
        """The consumer's name, `<consumer service>--<aggregate>-<fact>`."""

    @property
    def stream(self) -> str:
        """The stream that is read, for example PROCUREMENT."""

    @property
    def subject(self) -> str:
        """The subject that is read, `zhulian.<service>.<aggregate>.<fact>.v1`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A subscription without its handler, as it travels between processes."""

    durable: str
    stream: str
    subject: str


def load_subscriptions(only: Iterable[str] = ()) -> tuple[Subscribed, ...]:
    """The subscriptions of every service that has any, or of the named ones.

    Raises:
        ImportError: a service has a page of subscriptions that cannot be read; running without them would be
        worse.
    """
    found: list[Subscribed] = []
    names = set(only)
    for service in EVERYONE:
        wanted = not names or service.name in names
        if wanted and (service.source / "subscriptions.py").exists():
            found.extend(import_module(f"{service.package}.subscriptions").SUBSCRIPTIONS)
    return tuple(found)


def consumer_service(subscription: Subscribed) -> str:
    """The service that reads, from the durable's name."""
    return subscription.durable.split("--", 1)[0]


def stream_of(service: str) -> str:
    """The stream that a service publishes to: `project-mgmt` → `PROJECT_MGMT`."""
    return service.upper().replace("-", "_")
