"""Moving a queue: prepare a request, send it, ask for its receipt. Each is a job of its own, so each commits.

A connection has one request at most that is not answered: that keeps the order of dependence and the pace. It is
marked as sent before it is. Whoever finds the mark without an answer, after a crash or a broken line, asks for the
receipt before anything is sent again; so an object arrives twice never, and is sent twice only when the platform says
that it has not come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog

from chassis.crypto import Vault
from chassis.files.store import FileStore
from chassis.ids import new_id
from chassis.work import Work
from labour.authorities import repository as connections
from labour.authorities.models import Connection
from labour.authorities.rules import Authority, directory, secret_place
from labour.authorities.states import State as ConnectionState
from labour.clients.authorities import Answer, Door, Item, ItemAnswer, Kind, Photo, Request, Verdict
from labour.clients.authority_platforms import Platforms
from labour.filing_objects.repository import contents
from labour.filings import repository, rules, states
from labour.filings.commands.answer import Told, apply
from labour.filings.commands.collect import wake
from labour.filings.models import Filing, FilingRequest
from labour.filings.states import Action, RequestAction, RequestState
from labour.payouts.rules import card_place as transfer_place
from labour.wage_accounts.rules import account_place
from labour.workers.rules import card_place, number_place

_log = structlog.get_logger(__name__)


async def pump(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: the next step of a connection's queue. A job that another one has replaced does nothing."""
    connection_id = UUID(payload["connection_id"])
    async with work.reading() as session:
        queue = await repository.seen_queue(session, connection_id)
        connection = await connections.by_id(session, connection_id)
        request = await repository.open_request(session, connection_id)
    if queue is None or str(queue.wake) != payload["wake"] or connection.state != ConnectionState.ACTIVE:
        return
    due = queue.not_before if request is None or request.state == RequestState.PREPARED else request.due_at
    if due > work.now:
        session = await work.writing()
        await wake(work, await repository.queue(session, connection_id, work.now), due)
        return
    desk = Desk(work, connection, clients)
    if request is None:
        await desk.prepare()
    elif request.state == RequestState.PREPARED:
        await desk.send(request)
    else:
        await desk.ask(request)


class Desk:
    """One connection, and what is needed to speak over it."""

    def __init__(self, work: Work, connection: Connection, clients: Mapping[str, Any]) -> None:
        self.work = work
        self.connection = connection
        self.authority: Authority = directory()[connection.authority]
        self._vault: Vault = clients["vault"]
        self._files: FileStore = clients["files"]
        platforms: Platforms = clients["platforms"]
        self._connector = platforms.connector(self.authority)
        self._address = platforms.address(connection.authority)

    async def prepare(self) -> None:
        """Put what goes next into a request."""
        work, connection_id = self.work, self.connection.id
        session = await work.writing()
        queue = await repository.queue(session, connection_id, work.now)
        if await repository.open_request(session, connection_id) is not None:
            return
        kinds = rules.in_order(self._connector.kinds)
        found = await repository.next_of(session, connection_id, kinds)
        if found is None:
            return
        first, update = found
        filings = await repository.mates(session, first, self.authority.batch(first.kind), update=update)
        request = FilingRequest(
            id=new_id(),
            connection_id=connection_id,
            kind=first.kind,
            is_update=update,
            state=states.REQUEST.initial,
            prepared_at=work.now,
            due_at=work.now,
        )
        session.add(request)
        await session.flush()
        for filing in filings:
            filing.state = states.FILING.apply(filing.state, Action.SEND)
            filing.request_id = request.id
        await wake(work, queue, work.now)

    async def send(self, request: FilingRequest) -> None:
        """Send a request that nobody has begun."""
        work, door = self.work, self._door()
        items, gone = await self._items(request)
        async with work.reading_driver() as driver:
            if not await repository.begin(driver, request.id, work.now, work.now + rules.LEASE):
                return
        request.state = states.REQUEST.apply(request.state, RequestAction.SEND)
        if door is None:
            answer = Answer(Verdict.AWAY, "NO_ADDRESS")
        elif not items:
            answer = Answer(Verdict.REFUSED, rules.GONE, items=gone)
        else:
            answer = await self._connector.send(door, self._request(request, items))
            answer = replace(answer, items={**answer.items, **gone})
        await self._apply(request, items, answer, asked=False)

    async def ask(self, request: FilingRequest) -> None:
        """Ask what became of a request whose answer came to nobody, or is to come later."""
        door = self._door()
        items, gone = await self._items(request)
        if door is None:
            answer = Answer(Verdict.AWAY, "NO_ADDRESS")
        elif not items:
            answer = Answer(Verdict.REFUSED, rules.GONE, items=gone)
        else:
            answer = await self._connector.receipt(door, self._request(request, items))
        await self._apply(request, items, answer, asked=True)

    async def _apply(self, request: FilingRequest, items: tuple[Item, ...], answer: Answer, *, asked: bool) -> None:
        _log.info("filings.answered", kind=request.kind, verdict=answer.verdict, code=answer.code, objects=len(items))
        sent = self._vault.index("filings.sent", answer.sent.hex()) if answer.sent else None
        await apply(self.work, self.connection.id, Told(self.authority, request, items, answer, sent, asked))

    def _door(self) -> Door | None:
        if self._address is None:
            return None
        secret = self._vault.decrypt(self.connection.secret, secret_place(self.connection.id))
        return Door(self._address, self.connection.app_id, secret)

    def _request(self, request: FilingRequest, items: tuple[Item, ...]) -> Request:
        return Request(request.id, request.kind, request.is_update, items, self.work.now, request.serial)

    async def _items(self, request: FilingRequest) -> tuple[tuple[Item, ...], dict[str, ItemAnswer]]:
        """The objects of a request as they are now, and an answer for each that is on no record any more."""
        async with self.work.reading() as session:
            filings = await repository.of_request(session, request.id)
        keys = [filing.object_key for filing in filings]
        async with self.work.reading_driver() as driver:
            rows = await contents(driver, self.connection.project_id, request.kind, keys)
        wanted = {(request.kind, key) for key in keys} | {(Kind.TEAM, rules.team_of(one.batch_key)) for one in filings}
        async with self.work.reading() as session:
            numbers = await repository.numbers(session, self.connection.id, wanted)
        unfit = {key: self._unfit(rows.get(key)) for key in keys}
        gone = {key: ItemAnswer(Verdict.REFUSED, code, rules.OWN_ANSWERS[code]) for key, code in unfit.items() if code}
        return tuple(
            self._item(one, rows[one.object_key], numbers) for one in filings if one.object_key not in gone
        ), gone

    def _unfit(self, row: Mapping[str, Any] | None) -> str:
        """Why an object cannot be sent at all; empty when it can."""
        if row is None:
            return rules.GONE
        if not row.get("photo_sha256"):
            return ""
        limits = self.authority.limits
        return rules.photo_fault(row["photo_type"], row["photo_size"], limits.photo_types, limits.photo_bytes)

    def _photo(self, row: Mapping[str, Any]) -> Photo | None:
        digest = row.get("photo_sha256")
        return Photo(row["photo_type"], self._files.path(digest).read_bytes()) if digest else None

    def _item(self, filing: Filing, row: Mapping[str, Any], numbers: Mapping[Any, str]) -> Item:
        values = {name: value for name, value in row.items() if name not in OURS}
        if "id_number" in row:
            values["id_card_number"] = self._vault.decrypt(row["id_number"], number_place(row["person_id"]))
        for name, column, place in SEALED:
            if column in row:  # empty where there is none any more: what stands there is taken back
                values[name] = self._vault.decrypt(row[column], place(row)) if row[column] else ""
        if "role" in row:
            values["company_type"] = rules.COMPANY_TYPES[row["role"]]
        if "project_state" in row:
            values["project_status"] = rules.PROJECT_STATUS[row["project_state"]]
        return Item(
            filing.object_key,
            values,
            numbers.get((filing.kind, filing.object_key), ""),
            numbers.get((Kind.TEAM, rules.team_of(filing.batch_key)), ""),
            self._photo(row),
        )


SEALED: tuple[tuple[str, str, Callable[[Mapping[str, Any]], str]], ...] = (
    ("bank_card_number", "bank_card", lambda row: card_place(row["worker_id"])),
    ("bank_card_number", "paid_card", lambda row: transfer_place("payout_rows", row["transfer_id"])),
    ("paying_card_number", "account_number", lambda row: account_place(row["account_id"])),
)
"""Values that rest encrypted: what the platform gets, the column, and where it stands."""

OURS = frozenset(
    {
        "object_key",
        "object_version",
        "parent_key",
        "batch_key",
        "employer_id",
        "worker_id",
        "occurred_at",
        "person_id",
        "id_number",
        "role",
        "bank_card",
        "paid_card",
        "transfer_id",
        "account_number",
        "account_id",
        "photo_sha256",
        "photo_type",
        "photo_size",
        "project_state",
    }
)
"""Columns of a source that are the queue's, or stand encrypted or in our own codes."""
