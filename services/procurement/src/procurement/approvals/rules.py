"""Who has to approve an amount, and who may. Pure.

A matrix (审批权限表) has bands of amounts; each asks for roles one after the other. Nobody decides on a document of
their own, or, unless the matrix lets them, twice on one document, neither themselves nor through a delegate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.identity import Role
from procurement.approvals import errors
from procurement.approvals.models import DocumentKind
from procurement.approvals.states import State

DECIDERS = (Role.APPROVER, Role.COST_CONTROLLER, Role.PROJECT_MANAGER, Role.ACCOUNTANT, Role.ADMIN)
"""Roles that a matrix may ask for."""

OPTIONAL = frozenset({DocumentKind.AWARD})
"""Kinds of which a band may ask for nobody: the orders that follow are approved themselves."""

LIKE = {DocumentKind.SUPPLEMENT: DocumentKind.AGREEMENT}
"""Kinds that go by the organisation's matrix of another kind until it sets one of their own: what bounds an agreement
bounds what is added to it."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts up to and including `up_to` (None: without end), in CNY with tax, and the roles they need in sequence."""

    up_to: Decimal | None
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The bands in rising order; `ref` is what a step keeps."""

    ref: str
    bands: tuple[Band, ...]
    valid_from: date
    source: str
    same_person: bool = False


class Decided(Protocol):
    """A step as far as the rules look at it; `ApprovalStep` is one."""

    position: int
    state: State
    role: Role
    authors: list[str]
    same_person: bool
    decided_by: str | None
    decided_for: str | None


@dataclass(frozen=True, slots=True)
class Mandate:
    """A delegation: `from_subject` lets `to_subject` decide in `roles` from the first to the last day."""

    id: UUID
    from_subject: str
    to_subject: str
    roles: frozenset[Role]
    valid_from: date
    valid_to: date
    absent: bool

    def counts_on(self, day: date) -> bool:
        """First and last day included."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Acting:
    """Who decides: for whom and by which delegation when it is not for themselves."""

    by: str
    for_subject: str | None = None
    delegation_id: UUID | None = None


def band_faults(kind: DocumentKind, bands: Sequence[Band]) -> list[tuple[int, str]]:
    """(index, code) of bands that make no matrix for a kind of document.

    BANDS_NOT_RISING, LAST_BAND_NOT_OPEN (or another one is), NOBODY_DECIDES, ROLE_TWICE, ROLE_CANNOT_DECIDE.
    """
    faults: list[tuple[int, str]] = []
    before = Decimal(0)
    for index, band in enumerate(bands):
        is_last = index == len(bands) - 1
        if (band.up_to is None) != is_last:
            faults.append((index, "LAST_BAND_NOT_OPEN"))
        elif band.up_to is not None and band.up_to <= before:
            faults.append((index, "BANDS_NOT_RISING"))
        before = band.up_to if band.up_to is not None else before
        if not band.roles and kind not in OPTIONAL:
            faults.append((index, "NOBODY_DECIDES"))
        if len(set(band.roles)) != len(band.roles):
            faults.append((index, "ROLE_TWICE"))
        if not set(band.roles) <= set(DECIDERS):
            faults.append((index, "ROLE_CANNOT_DECIDE"))
    return faults


def required_steps(amount: Decimal | None, matrix: Matrix) -> tuple[Role, ...]:
    """The roles that have to approve an amount (None: without end), in sequence; a band's end still belongs to it."""
    return next(
        band.roles for band in matrix.bands if band.up_to is None or (amount is not None and amount <= band.up_to)
    )


def limits(matrix: Matrix) -> dict[Role, Decimal | None]:
    """How much each role approves as the last one: the limit per role (权限额度), None without end."""
    found: dict[Role, Decimal | None] = {}
    for band in matrix.bands:
        if band.roles:
            found[band.roles[-1]] = band.up_to
    return found


def applicable(matrices: Iterable[Matrix], on: date) -> Matrix | None:
    """The matrix that counts on a day: the latest day, and of the same day what was set last (ids grow with time)."""
    return max(
        (matrix for matrix in matrices if matrix.valid_from <= on),
        key=lambda matrix: (matrix.valid_from, matrix.ref),
        default=None,
    )


def next_step(steps: Iterable[Decided]) -> Decided | None:
    """The step that waits now, None when none does."""
    waiting = [step for step in steps if step.state == State.WAITING]
    return min(waiting, key=lambda step: step.position, default=None)


def may_decide(
    subject: str, roles: frozenset[Role], steps: Sequence[Decided], mandates: Iterable[Mandate], on: date
) -> Acting:
    """As whom somebody may decide the step that waits: for themselves first, else for who delegated to them.

    What was delegated is not passed on: only a role of one's own can be given.
    PermissionDenied SELF_APPROVAL, DECIDED_BEFORE, DECIDER_ABSENT, STEP_NEEDS_ROLE. ValueError when no step waits.
    """
    step = next_step(steps)
    if step is None:
        raise ValueError("no step waits")
    before = () if step.same_person else steps
    decided = {who for one in before for who in (one.decided_by, one.decided_for) if who is not None}
    if subject in step.authors:
        raise errors.self_approval()
    if subject in decided:
        raise errors.decided_before()
    today = [mandate for mandate in mandates if mandate.counts_on(on)]
    if any(mandate.absent and mandate.from_subject == subject for mandate in today):
        raise errors.decider_absent()
    if step.role in roles:
        return Acting(subject)
    given = [mandate for mandate in today if mandate.to_subject == subject and step.role in mandate.roles]
    for mandate in given:
        if mandate.from_subject not in step.authors and mandate.from_subject not in decided:
            return Acting(subject, mandate.from_subject, mandate.id)
    if not given:
        raise errors.step_needs_role(step.role)
    raise errors.decided_before() if {one.from_subject for one in given} & decided else errors.self_approval()


def closes_loop(mandates: Iterable[Mandate], new: Mandate) -> bool:
    """Whether a new delegation would lead back to its giver through others of the same days and a common role."""
    edges = [
        one
        for one in mandates
        if one.valid_from <= new.valid_to and new.valid_from <= one.valid_to and one.roles & new.roles
    ]
    reached, frontier = {new.to_subject}, [new.to_subject]
    while frontier:
        here = frontier.pop()
        onward = {one.to_subject for one in edges if one.from_subject == here} - reached
        reached |= onward
        frontier += onward
    return new.from_subject in reached
