"""Use cases of affiliations: how an organisation comes into a group of companies (集团) and out of it.

One level: an organisation belongs to the parent whose request its own administrator has confirmed, and to nobody
above. So nobody's consent reaches further than what it has read, and there are no circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from gateway import permissions
from gateway.access.affiliations import errors, repository, states
from gateway.access.affiliations.models import Affiliation
from gateway.access.affiliations.repository import AffiliationFilter
from gateway.access.affiliations.states import Action
from gateway.access.organisations import repository as organisation_rows
from gateway.access.organisations import service as organisations
from gateway.access.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on an affiliation, the version that the caller saw, and why (empty when no reason is needed)."""

    affiliation_id: UUID
    expected_version: int | None
    reason: str = ""


async def request(work: Work, uscc: str) -> Affiliation:
    """The caller's organisation asks the one with this code to belong to its group; nothing follows before it agrees.

    InvalidArgument ORGANISATION_UNKNOWN, OWN_ORGANISATION; AlreadyExists AFFILIATION_OPEN.
    """
    work.require(permissions.AFFILIATIONS_MANAGE)
    session = await work.writing()
    parent = await organisation_rows.own_for_update(session, work.principal)
    child = await organisation_rows.active_with(session, uscc)
    if child is None:
        raise errors.child_unknown(uscc)
    if child.id == parent.id:
        raise errors.own_child()
    affiliation = Affiliation(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        parent_id=parent.id,
        child_id=child.id,
        state=states.AFFILIATION.initial,
    )
    await repository.add(session, affiliation)
    work.audit("affiliations.request", "affiliation", affiliation.id, None, _audited(affiliation))
    return affiliation


async def get(work: Work, affiliation_id: UUID) -> Affiliation:
    """One affiliation."""
    work.require(permissions.AFFILIATIONS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, affiliation_id)


async def page(work: Work, wanted: AffiliationFilter, request: PageRequest) -> Page[Affiliation]:
    """The affiliations that the caller may see, newest first."""
    work.require(permissions.AFFILIATIONS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def confirm(work: Work, command: Verb) -> Affiliation:
    """The child agrees; from now on it belongs to the parent's group. HAS_PARENT while it belongs to another."""
    affiliation, child, before = await _apply(work, command, Action.CONFIRM)
    if child.parent_id is not None:
        raise errors.has_parent()
    await organisations.affiliate(work, child, affiliation.parent_id, "affiliate")
    return _close(work, affiliation, Action.CONFIRM, before)


async def decline(work: Work, command: Verb) -> Affiliation:
    """The child does not agree and says why; it may be asked again."""
    affiliation, _, before = await _apply(work, command, Action.DECLINE)
    return _close(work, affiliation, Action.DECLINE, before)


async def withdraw(work: Work, command: Verb) -> Affiliation:
    """The parent takes its request back."""
    affiliation, _, before = await _apply(work, command, Action.WITHDRAW)
    return _close(work, affiliation, Action.WITHDRAW, before)


async def end(work: Work, command: Verb) -> Affiliation:
    """Either side ends it and says why; the child belongs to no group from now on."""
    affiliation, child, before = await _apply(work, command, Action.END)
    await organisations.affiliate(work, child, None, "leave-group")
    return _close(work, affiliation, Action.END, before)


async def _apply(work: Work, command: Verb, action: Action) -> tuple[Affiliation, Organisation, audit.Fields]:
    work.require(permissions.AFFILIATIONS_MANAGE)
    session = await work.writing()
    affiliation, child = await repository.locked(session, work.principal, command.affiliation_id)
    check_version(affiliation, command.expected_version)
    if work.principal.organisation_id not in _sides(affiliation, action):
        raise errors.other_side(action)
    before = _audited(affiliation)
    affiliation.state = states.AFFILIATION.apply(affiliation.state, action)
    affiliation.reason = command.reason
    return affiliation, child, before


def _sides(affiliation: Affiliation, action: Action) -> tuple[UUID, ...]:
    """Who may do it: the child answers, the parent withdraws, either ends."""
    if action is Action.END:
        return affiliation.parent_id, affiliation.child_id
    return (affiliation.parent_id,) if action is Action.WITHDRAW else (affiliation.child_id,)


def _close(work: Work, affiliation: Affiliation, action: Action, before: audit.Fields) -> Affiliation:
    touch(affiliation, work)
    work.audit(f"affiliations.{action}", "affiliation", affiliation.id, before, _audited(affiliation))
    return affiliation


def _audited(affiliation: Affiliation) -> audit.Fields:
    return audit.fields(affiliation, "parent_id", "child_id", "state", "reason")
