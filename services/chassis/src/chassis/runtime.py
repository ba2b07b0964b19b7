"""What one running process holds, and what a service is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import Table
from starlette.types import ASGIApp

from chassis.clock import Clock
from chassis.database import Database
from chassis.subscriptions import Subscription
from chassis.work import Works

if TYPE_CHECKING:
    from chassis.jobs import Job
    from chassis.rpc.server import Registration
    from chassis.settings import Settings
    from chassis.tokens import ServiceTokens, TokenVerifier


@dataclass
class Runtime:
    """The parts of a process that doors and use cases need. `clients` are this service's own, by name."""

    settings: Any
    database: Database
    works: Works
    clock: Clock
    verifier: TokenVerifier
    service_tokens: ServiceTokens
    clients: dict[str, Any] = field(default_factory=dict)


def no_clients(_: Runtime) -> Mapping[str, Any]:
    """For a service that asks nobody."""
    return {}


def no_rpc(_: Runtime) -> list[Registration]:
    """For a process without a gRPC door."""
    return []


def unwrapped(app: FastAPI, _: Runtime) -> ASGIApp:
    """The application as it is."""
    return app


def as_mounted(_: FastAPI) -> None:
    """The routes as they are."""


@dataclass(frozen=True)
class Service:
    """The composition of a service; each `<package>/app.py` has one.

    `rpc` answers the servicers to register; `clients` makes the clients of other services once the event loop runs;
    `wrap` puts something around the HTTP application (the gateway's edge); `extend` gives its routes what they have in
    common, before the document is made (procurement: every list as a file).
    """

    name: str
    package: str
    area: str
    title: str
    description: str
    router: APIRouter
    tables: tuple[Table, ...]
    settings: type[Settings]
    subscriptions: tuple[Subscription, ...] = ()
    jobs: tuple[Job, ...] = ()
    rpc: Callable[[Runtime], list[Registration]] = no_rpc
    clients: Callable[[Runtime], Mapping[str, Any]] = no_clients
    wrap: Callable[[FastAPI, Runtime], ASGIApp] = unwrapped
    extend: Callable[[FastAPI], None] = as_mounted
