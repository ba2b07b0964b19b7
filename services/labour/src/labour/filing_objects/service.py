"""Use cases of filing objects: where each stands, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.authorities.models import Connection
from labour.authorities.rules import Authority, directory
from labour.clients.authorities import Kind
from labour.filing_objects import repository, rules
from labour.filing_objects.repository import ObjectFilter, Place, place_of
from labour.filing_objects.rules import Reason, Stage
from labour.filings.models import Filing
from labour.filings.states import State


@dataclass(frozen=True, slots=True)
class Standing:
    """An object's last version, where it stands and why; `waits_for` is what has to be filed first."""

    filing: Filing
    authority: str
    stage: Stage
    there: bool
    reason: Reason
    waits_for: tuple[Kind, str] | None


async def page(work: Work, wanted: ObjectFilter, request: PageRequest) -> Page[Standing]:
    """The visible objects, in the order in which they were queued."""
    work.require(permissions.FILINGS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, work.today, wanted, request)
        known = await _lines(session, found.items)
        connections = await repository.connections(session, (filing.connection_id for filing in found.items))
    view = _View(known, connections)
    return Page([view.standing(filing) for filing in found.items], found.next_page_token)


async def _lines(session: AsyncSession, filings: Sequence[Filing]) -> dict[Place, list[Filing]]:
    """The versions of these objects and of all that they wait for, up the line."""
    known: dict[Place, list[Filing]] = {}
    wanted = {place_of(filing) for filing in filings} | set(_parents(filings))
    while wanted:
        found = await repository.versions(session, wanted)
        known |= {place: found.get(place, []) for place in wanted}
        wanted = set(_parents(one for each in found.values() for one in each)) - known.keys()
    return known


def _parents(filings: Iterable[Filing]) -> list[Place]:
    return [(one.connection_id, one.parent_kind, one.parent_key) for one in filings if one.parent_kind]


@dataclass(frozen=True, slots=True)
class _View:
    known: Mapping[Place, Sequence[Filing]]
    connections: Mapping[UUID, Connection]

    def standing(self, filing: Filing) -> Standing:
        connection = self.connections[filing.connection_id]
        authority = directory()[connection.authority]
        reason, waits_for = self._reason(filing, connection, authority)
        there = self._there(place_of(filing))
        return Standing(filing, connection.authority, rules.STAGES[filing.state], there, reason, waits_for)

    def _there(self, place: Place) -> bool:
        return any(one.state is State.ACCEPTED for one in self.known[place])

    def _reason(
        self, filing: Filing, connection: Connection, authority: Authority
    ) -> tuple[Reason, tuple[Kind, str] | None]:
        match filing.state:
            case State.ACCEPTED:
                return rules.FILED, None
            case State.REFUSED:
                return rules.refused(authority, filing.answer_code, filing.mend_by), None
            case State.PENDING:
                return rules.IN_PROCESS, None
            case State.SENDING:
                return rules.SENDING, None
        halted = rules.halted(authority, connection.state, connection.fault_code)
        if halted is not None:
            return halted, None
        return self._queued(filing, connection, authority)

    def _queued(
        self, filing: Filing, connection: Connection, authority: Authority
    ) -> tuple[Reason, tuple[Kind, str] | None]:
        parent: Place = (filing.connection_id, filing.parent_kind, filing.parent_key)
        if not filing.parent_kind or self._there(parent):
            return rules.IN_LINE, None
        kind = Kind(filing.parent_kind)
        if kind is Kind.TEAM and not filing.parent_key:
            return rules.NO_TEAM, None
        above = self.known[parent]
        if not above:
            return rules.waits_for(kind, None), (kind, filing.parent_key)
        cause, further = self._reason(above[-1], connection, authority)
        if further is not None:
            return cause, further
        return rules.waits_for(kind, cause), (kind, filing.parent_key)
