"""Use cases of approval on a real PostgreSQL. Any document may have steps: here one that is only an id."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, ServiceError
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.approvals import service
from procurement.approvals.models import ApprovalStep, Delegation, DocumentKind
from procurement.approvals.repository import StepFilter
from procurement.approvals.rules import Band
from procurement.approvals.service import Delegate, Document, Revoke, SetMatrix
from procurement.approvals.states import Action, State
from tests.harness import Harness, Organisation, organisation

TODAY = date(2026, 11, 23)
ORDER = DocumentKind.ORDER


@dataclass
class Office:
    """A contractor with people who decide."""

    harness: Harness
    firm: Organisation = field(default_factory=lambda: organisation(Kind.CONTRACTOR))
    matrix: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self.buyer = self.firm.as_(Role.BUYER)
        self.approver = self.firm.as_(Role.APPROVER)
        self.manager = self.firm.as_(Role.PROJECT_MANAGER)
        self.deputy = self.firm.as_(Role.SITE_ENGINEER)
        self.admin = self.firm.as_(Role.ADMIN)

    async def open(self, amount: str = "500000.01") -> UUID:
        """An order's steps: above half a million the approver and the project manager."""
        document = Document(ORDER, new_id(), "PO-1", self.firm.id, [self.buyer.subject], Decimal(amount))
        async with self.harness.work(self.buyer) as work:
            await service.open_steps(work, document)
        return document.id

    async def decide(self, who: Principal, document: UUID, action: Action = Action.APPROVE) -> bool:
        async with self.harness.work(who) as work:
            return await service.decide(work, ORDER, document, action, "因为")

    async def steps(self, document: UUID) -> list[ApprovalStep]:
        async with self.harness.work(self.buyer) as work:
            return await service.steps_of(work, ORDER, document)

    async def delegate(self, giver: Principal, taker: Principal, *roles: Role, absent: bool = False) -> Delegation:
        command = Delegate(taker.subject, roles, TODAY, TODAY + timedelta(days=7), absent, "年假")
        async with self.harness.work(giver) as work:
            return await service.delegate(work, command)

    async def set_matrix(self, *bands: Band, since: date = TODAY) -> UUID:
        async with self.harness.work(self.admin) as work:
            row = await service.set_matrix(work, SetMatrix(ORDER, bands, since, "公司授权手册"))
        return row.id

    async def waiting(self, who: Principal) -> list[UUID]:
        async with self.harness.work(who) as work:
            page = await service.step_page(work, StepFilter(mine=True), PageRequest())
        return [step.document_id for step in page.items]


@pytest.fixture
async def office(procurement: Harness) -> Office:
    """A fresh one; orders above half a million need the project manager as well."""
    found = Office(procurement)
    found.matrix = await found.set_matrix(
        Band(Decimal("500000.00"), (Role.APPROVER,)), Band(None, (Role.APPROVER, Role.PROJECT_MANAGER))
    )
    return found


async def refused(office: Office, who: Principal, document: UUID) -> str:
    """The reason of a refusal that changed nothing."""
    before = await office.harness.checksum()
    with pytest.raises(ServiceError) as refusal:
        await office.decide(who, document)
    assert await office.harness.checksum() == before
    return refusal.value.reason


async def test_step_by_step(office: Office) -> None:
    """In sequence, each by its role; the last one finishes."""
    document = await office.open()
    assert await refused(office, office.manager, document) == "STEP_NEEDS_ROLE"
    assert await office.decide(office.approver, document) is False
    assert await office.decide(office.manager, document) is True
    assert [(step.role, step.state, step.decided_by) for step in await office.steps(document)] == [
        (Role.APPROVER, State.APPROVED, office.approver.subject),
        (Role.PROJECT_MANAGER, State.APPROVED, office.manager.subject),
    ]
    assert await refused(office, office.manager, document) == "NO_STEP_WAITS"
    [first, _] = await office.steps(document)
    assert await office.harness.audited(first.id) == ["approvals.approve"]


async def test_a_rejection_ends_it(office: Office) -> None:
    """What would have come later is nobody's work any more."""
    document = await office.open()
    assert await office.decide(office.approver, document, Action.REJECT) is True
    assert [step.state for step in await office.steps(document)] == [State.REJECTED, State.WITHDRAWN]


async def test_nobody_approves_their_own_not_even_with_every_role(office: Office) -> None:
    document = await office.open("1.00")
    author = replace(office.buyer, roles=frozenset(Role))
    assert await refused(office, author, document) == "SELF_APPROVAL"


async def test_a_delegate_decides_and_both_names_stand_there(office: Office) -> None:
    """Who, for whom, by which delegation; not before it was given and not after it was revoked."""
    document = await office.open()
    assert await refused(office, office.deputy, document) == "STEP_NEEDS_ROLE"
    given = await office.delegate(office.approver, office.deputy, Role.APPROVER, absent=True)
    assert await refused(office, office.approver, document) == "DECIDER_ABSENT"
    await office.decide(office.deputy, document)
    [step, _] = await office.steps(document)
    assert (step.decided_by, step.decided_for, step.delegation_id, step.decided_at) == (
        office.deputy.subject,
        office.approver.subject,
        given.id,
        office.harness.clock.now(),
    )
    async with office.harness.work(office.approver) as work:
        await service.revoke(work, Revoke(given.id, given.version))
    other = await office.open()
    assert await refused(office, office.deputy, other) == "STEP_NEEDS_ROLE"
    assert await office.decide(office.approver, other) is False
    assert await office.harness.audited(given.id) == ["approvals.delegate", "approvals.revoke"]


async def test_another_organisations_delegation_is_worth_nothing(office: Office) -> None:
    """A delegation counts where it was given."""
    other = Office(office.harness)
    await other.delegate(other.approver, office.deputy, Role.APPROVER)
    assert await refused(office, office.deputy, await office.open()) == "STEP_NEEDS_ROLE"


async def test_one_person_decides_once(office: Office) -> None:
    """Also when the approver of the first step holds the role of the second one."""
    document = await office.open()
    both = replace(office.approver, roles=frozenset({Role.APPROVER, Role.PROJECT_MANAGER}))
    await office.decide(both, document)
    assert await refused(office, both, document) == "DECIDED_BEFORE"


async def test_fifty_approvals_at_once_are_one(office: Office) -> None:
    document = await office.open("1.00")

    async def attempt() -> str:
        try:
            return "finished" if await office.decide(office.firm.as_(Role.APPROVER), document) else "more"
        except FailedPrecondition as refusal:
            return refusal.reason

    outcomes = await asyncio.gather(*(attempt() for _ in range(50)))
    assert sorted(set(outcomes)) == ["NO_STEP_WAITS", "finished"]
    assert outcomes.count("finished") == 1


async def test_a_later_matrix_changes_nothing_for_what_is_submitted(office: Office) -> None:
    """The steps that a document got when it was submitted stay, with the matrix they came from."""
    old = await office.open()
    before = [(step.role, step.matrix_ref) for step in await office.steps(old)]
    matrix = await office.set_matrix(Band(None, (Role.COST_CONTROLLER,)))
    tomorrow = await office.set_matrix(Band(None, (Role.ADMIN,)), since=TODAY + timedelta(days=1))
    new = await office.open()
    assert [(step.role, step.matrix_ref) for step in await office.steps(old)] == before
    assert before == [(Role.APPROVER, str(office.matrix)), (Role.PROJECT_MANAGER, str(office.matrix))]
    assert [(step.role, step.matrix_ref) for step in await office.steps(new)] == [(Role.COST_CONTROLLER, str(matrix))]
    async with office.harness.work(office.buyer) as work:
        then = await service.get_matrix_in_force(work, ORDER, TODAY + timedelta(days=1))
        yesterday = await service.get_matrix_in_force(work, ORDER, TODAY - timedelta(days=1))
    assert (then.ref, yesterday.ref) == (str(tomorrow), "order@2026-01-01")
    assert await office.decide(office.approver, old) is False


async def test_in_another_currency_the_last_band_decides(office: Office) -> None:
    """No rate is known here, so no band bounds one euro; what is covered is released by the first band."""
    document = Document(ORDER, new_id(), "PO-1", office.firm.id, [office.buyer.subject], Decimal("1.00"), "EUR")
    covered = replace(document, id=new_id(), covered=True)
    async with office.harness.work(office.buyer) as work:
        last = await service.open_steps(work, document)
        first = await service.open_steps(work, covered)
    assert [(step.role, step.amount) for step in last] == [(Role.APPROVER, None), (Role.PROJECT_MANAGER, None)]
    assert [step.role for step in first] == [Role.APPROVER]


async def test_another_organisations_steps_are_nobodys_to_decide(office: Office) -> None:
    document = await office.open("1.00")
    assert await refused(office, organisation(Kind.CONTRACTOR).as_(Role.APPROVER), document) == "NO_STEP_WAITS"


async def test_a_matrix_of_yesterday_cannot_be_set(office: Office) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        await office.set_matrix(Band(None, (Role.APPROVER,)), since=TODAY - timedelta(days=1))
    assert refusal.value.violations[0].code == "MATRIX_IN_THE_PAST"


async def test_what_waits_for_me(office: Office) -> None:
    """The next step only, of others' documents, also by delegation; not while absent, not what one has decided."""
    document = await office.open()
    assert await office.waiting(office.approver) == [document]
    assert await office.waiting(office.manager) == []
    assert await office.waiting(office.deputy) == []
    assert await office.waiting(replace(office.buyer, roles=frozenset({Role.APPROVER}))) == []
    await office.delegate(office.approver, office.deputy, Role.APPROVER, absent=True)
    assert await office.waiting(office.approver) == []
    assert await office.waiting(office.deputy) == [document]
    await office.decide(office.deputy, document)
    assert await office.waiting(office.deputy) == []
    assert await office.waiting(office.manager) == [document]
    assert await office.waiting(replace(office.deputy, roles=frozenset({Role.PROJECT_MANAGER}))) == []


async def test_two_who_delegate_to_each_other_at_once(office: Office) -> None:
    """One of them is refused, whoever comes first; several such pairs, because two may miss each other by luck."""

    async def attempt(giver: Principal, taker: Principal) -> str:
        try:
            await office.delegate(giver, taker, Role.APPROVER)
        except FailedPrecondition as refusal:
            return refusal.reason
        return "given"

    pairs = [(office.firm.as_(Role.APPROVER), office.firm.as_(Role.APPROVER)) for _ in range(10)]
    outcomes = await asyncio.gather(*(attempt(*way) for one, other in pairs for way in ((one, other), (other, one))))
    assert [sorted(outcomes[at : at + 2]) for at in range(0, 20, 2)] == [["DELEGATION_LOOP", "given"]] * 10


async def test_whose_delegation_may_be_revoked(office: Office) -> None:
    """The giver's own and, for an administrator, the organisation's; another organisation's does not exist."""
    given = await office.delegate(office.approver, office.deputy, Role.APPROVER)
    before = await office.harness.checksum()
    cases: list[tuple[Principal, type[ServiceError]]] = [
        (office.manager, PermissionDenied),
        (office.deputy, PermissionDenied),
        (organisation(Kind.CONTRACTOR).as_(Role.ADMIN), NotFound),
    ]
    for who, kind in cases:
        with pytest.raises(kind):
            async with office.harness.work(who) as work:
                await service.revoke(work, Revoke(given.id, None))
    assert await office.harness.checksum() == before
    async with office.harness.work(office.admin) as work:
        assert (await service.revoke(work, Revoke(given.id, None))).state == "revoked"
    with pytest.raises(FailedPrecondition):
        async with office.harness.work(office.admin) as work:
            await service.revoke(work, Revoke(given.id, None))
