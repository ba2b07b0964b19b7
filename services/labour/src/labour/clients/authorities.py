"""An authority's real-name platform as labour sees it: one interface, a connector for each dialect.

A connector knows how a platform wants to be spoken to: the shape of an object, signature, encryption, transport, and
how it tells later what became of a request. It knows nothing of queues: when to send, what to do with a verdict and
whom to tell is the business of `labour.filings`. To add a province: a class with `send` and `receipt`, a line in
`connectors()`, an entry in `authorities/data/authorities.json`.

No connector logs a payload, and no exception of one carries a piece of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import aiohttp
import orjson
from opentelemetry.trace import SpanKind

from chassis import telemetry
from chassis.work import write_open

TIMEOUT = 20.0
LARGEST_ANSWER = 1024 * 1024


class Kind(StrEnum):
    """What is filed, in the order of dependence: each needs what stands before it (班组 before 工人 before 工资)."""

    PROJECT = "project"
    COMPANY = "company"
    SUBCONTRACTOR = "subcontractor"
    TEAM = "team"
    WORKER = "worker"
    CONTRACT = "contract"
    TRAINING = "training"
    ENTRY_EXIT = "entry_exit"
    ATTENDANCE = "attendance"
    PAYROLL = "payroll"


ORDER: tuple[Kind, ...] = tuple(Kind)


class Verdict(StrEnum):
    """What an answer means for what was sent.

    `pending`: taken, the result comes later. `limited`: not looked at, too many calls. `barred`: whoever we are, we
    may not call. `away`: it has certainly not arrived. `unknown`: it may have. `absent`: the receipt says that it has
    not.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PENDING = "pending"
    LIMITED = "limited"
    BARRED = "barred"
    AWAY = "away"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a platform listens and who we are there; `secret` is in clear and never in a repr."""

    address: str
    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that goes with an object."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One object in our own words. `number` is what the platform called it, `team_number` its team; empty: not told.

    The values hold personal data in clear, so none of them stands in a repr.
    """

    key: str
    values: Mapping[str, Any] = field(repr=False)
    number: str = ""
    team_number: str = ""
    photo: Photo | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Objects of one kind and one team that go together. `id` is our name for it, `serial` the platform's."""

    id: UUID
    kind: Kind
    update: bool
    items: tuple[Item, ...]
    at: datetime
    serial: str = ""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of one object, where the platform answers one by one; `number` is its name there."""

    verdict: Verdict
    code: str = ""
    text: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request; `items` (by key) overrules `verdict` for the objects that it names."""

    verdict: Verdict
    code: str = ""
    text: str = ""
    serial: str = ""
    sent: bytes = field(default=b"", repr=False)
    items: Mapping[str, ItemAnswer] = field(default_factory=dict)


class Connector(Protocol):
    """How one dialect is spoken. Nothing is raised for what the other side does: that is a verdict."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """What the platform takes; the order of dependence is `ORDER`."""
        ...

    async def send(self, door: Door, request: Request) -> Answer:
        """File the objects; `sent` of the answer is the body that went out."""
        ...

    async def receipt(self, door: Door, request: Request) -> Answer:
        """What became of a request whose answer was `pending` or never came; sends nothing anew."""
        ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer's code means and who can mend it: employer, connection, authority or platform; empty: nobody."""

    verdict: Verdict
    mend_by: str
    zh: str
    en: str


UNHEARD_OF = Meaning(Verdict.REFUSED, "authority", "未知返回码,请向主管部门核实", "an unknown code: ask the authority")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP: the status and the JSON object, empty where the body was none."""

    status: int
    body: Mapping[str, Any]


class Transport:
    """One way out for all connectors; redirects are not followed, since personal data would follow them."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(5.0, timeout))

    async def ask(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply | Verdict:
        """The reply; AWAY when no connection came about, UNKNOWN when it broke or took too long after that."""
        if write_open.get():
            raise AssertionError("an authority is asked inside an open write transaction (design rule 6)")
        try:
            with telemetry.span("authority", SpanKind.CLIENT, {"http.request.method": method}):
                return await self._ask(method, url, body, headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Verdict.AWAY
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Verdict.UNKNOWN

    async def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None) -> Reply:
        async with (
            aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_only_once,)
            ) as session,
            session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return Reply(answer.status, _object(await _bounded(answer)))


class _BrokenError(aiohttp.ClientError):
    """The line broke after it had been there."""


async def _only_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # aiohttp sends a PUT by itself a second time when the line breaks; when to send again is the queue's to say.
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as broken:
        raise _BrokenError from broken


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        body += piece
        if len(body) > LARGEST_ANSWER:
            return b""
    return bytes(body)


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        read = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
