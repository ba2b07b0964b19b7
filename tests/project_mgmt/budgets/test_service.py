"""Budgets and commitments on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.ids import new_id
from chassis.jobs import enqueue
from chassis.pages import PageRequest
from chassis.work import Work, Works
from project_mgmt.budgets import service
from project_mgmt.budgets.models import Commitment
from project_mgmt.budgets.rules import CommitmentFilters
from project_mgmt.budgets.service import OrderCosts
from project_mgmt.budgets.states import State
from project_mgmt.projects import service as projects
from project_mgmt.projects.states import Action
from tests.harness import NOON, Harness, organisation
from tests.project_mgmt.conftest import KEEP, PROCUREMENT, Site, part, registration

OURSELVES = service_principal("project-mgmt")
ZERO = Decimal(0)


async def confirm(site: Site, order_id: UUID, **amounts: str) -> None:
    """OrderApproved."""
    async with site.harness.work(OURSELVES) as work:
        await service.confirm(work, site.costs(order_id, **amounts))


async def cancel(site: Site, order_id: UUID, **amounts: str) -> None:
    """OrderCancelled."""
    async with site.harness.work(OURSELVES) as work:
        await service.cancel(work, site.costs(order_id, **amounts))


async def release(site: Site, order_id: UUID) -> None:
    """ReleaseBudget."""
    async with site.harness.work(PROCUREMENT) as work:
        await service.release(work, site.project_id, order_id)


async def refused(site: Site, reason: str, attempt: Callable[[], Awaitable[Any]]) -> FailedPrecondition:
    """The attempt is refused for a reason and changes nothing."""
    before = await site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await attempt()
    assert refusal.value.reason == reason
    assert await site.harness.checksum() == before
    return refusal.value


async def jobs(harness: Harness, commitment_id: UUID) -> int:
    """How many jobs wait to let the commitment lapse."""
    async with harness.sql() as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND position($2 IN convert_from(payload, 'utf8')) > 0",
            service.LAPSE,
            str(commitment_id),
        )
    return count


async def test_setting_and_replacing(project_mgmt: Harness, site: Site) -> None:
    """The first needs no version; a replacement needs the present one; what is left out is removed."""
    first = await site.set_budget(A="100.00", B="50.00")
    assert first.version == 1
    with pytest.raises(AlreadyExists):
        await site.set_budget(A="1.00")
    with pytest.raises(Aborted):
        await site.set_budget(7, A="1.00")
    second = await site.set_budget(1, B="60.00", C="1.00")
    assert (second.version, [line.cost_code for line in second.lines]) == (2, ["B", "C"])
    assert await project_mgmt.audited(first.id) == ["budgets.set", "budgets.set"]


async def test_a_first_budget_has_no_version_to_match(site: Site) -> None:
    """If-Match on what does not stand is stale; "0" says that one knows that."""
    with pytest.raises(Aborted):
        await site.set_budget(1, A="1.00")
    assert (await site.set_budget(0, A="1.00")).version == 1


async def test_never_below_what_is_committed(site: Site) -> None:
    """Reserved counts as confirmed does; leaving the line out is asking for nothing."""
    await site.set_budget(A="100.00", B="50.00")
    await site.commit(new_id(), A="40.00")
    order_id = new_id()
    await site.commit(order_id, A="30.00")
    await confirm(site, order_id, A="30.00")
    refusal = await refused(site, "BUDGET_BELOW_COMMITTED", lambda: site.set_budget(1, A="69.99", B="50.00"))
    assert refusal.metadata == {"cost_code": "A", "committed": "70.00", "currency": "CNY"}
    await refused(site, "BUDGET_BELOW_COMMITTED", lambda: site.set_budget(1, B="50.00"))
    await site.set_budget(1, A="70.00")
    assert await site.lines() == {"A": (Decimal("40.00"), Decimal("30.00"), False)}


async def test_a_reservation_is_confirmed_by_its_fact(project_mgmt: Harness, site: Site) -> None:
    """Reserved first, then confirmed; both in the audit; the job waits."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    commitment = await site.commit(order_id, A="40.00")
    assert (commitment.state, commitment.expires_at) == (State.RESERVED, NOON + KEEP)
    assert await site.lines() == {"A": (Decimal("40.00"), ZERO, False)}
    assert await jobs(project_mgmt, commitment.id) == 1
    await confirm(site, order_id, A="40.00")
    await confirm(site, order_id, A="40.00")
    assert await site.lines() == {"A": (ZERO, Decimal("40.00"), False)}
    assert await project_mgmt.audited(commitment.id) == ["budgets.commit", "budgets.confirm"]


async def test_what_is_left_is_told(site: Site) -> None:
    """The first cost code in the metadata, every one among the violations."""
    await site.set_budget(A="100.00", B="50.00", C="10.00")
    await site.commit(new_id(), A="99.00")
    refusal = await refused(site, "BUDGET_EXCEEDED", lambda: site.commit(new_id(), A="1.01", B="50.00", C="11.00"))
    assert refusal.metadata == {"cost_code": "A", "left": "1.00", "asked": "1.01", "currency": "CNY"}
    assert [fault.pointer for fault in refusal.violations] == ["cost_code:A", "cost_code:C"]


async def test_what_has_no_budget(site: Site) -> None:
    """No budget at all; no such cost code; another currency."""
    await refused(site, "BUDGET_NOT_SET", lambda: site.commit(new_id(), A="1.00"))
    await site.set_budget(A="100.00")
    refusal = await refused(site, "BUDGET_NOT_SET", lambda: site.commit(new_id(), A="1.00", X="1.00", Y="1.00"))
    assert refusal.metadata["cost_codes"] == "X,Y"

    async def in_dollars() -> None:
        async with site.harness.work(PROCUREMENT) as work:
            asked = OrderCosts(site.project_id, new_id(), site.contractor.id, "USD", {"A": Decimal(1)})
            await service.commit(work, asked, KEEP)

    await refused(site, "CURRENCY_MISMATCH", in_dollars)


async def test_who_may_order(site: Site) -> None:
    """The buyer is a party today; a project at a stop orders nothing."""
    await site.set_budget(A="100.00")

    async def by_stranger() -> None:
        async with site.harness.work(PROCUREMENT) as work:
            asked = OrderCosts(site.project_id, new_id(), new_id(), "CNY", {"A": Decimal(1)})
            await service.commit(work, asked, KEEP)

    await refused(site, "BUYER_NOT_PARTY", by_stranger)
    await site.move(Action.ACTIVATE, Action.SUSPEND)
    await refused(site, "PROJECT_NOT_ORDERING", lambda: site.commit(new_id(), A="1.00"))


async def test_asking_twice_takes_once(project_mgmt: Harness, site: Site) -> None:
    """Same amounts: the same reservation. Other amounts: they replace it. Confirmed: it stands."""
    await site.set_budget(A="100.00", B="50.00")
    order_id = new_id()
    first = await site.commit(order_id, A="60.00")
    again = await site.commit(order_id, A="60.00")
    assert (again.id, again.version, again.expires_at) == (first.id, first.version, first.expires_at)
    replaced = await site.commit(order_id, A="90.00", B="5.00")
    assert replaced.id == first.id
    assert await site.lines() == {"A": (Decimal("90.00"), ZERO, False), "B": (Decimal("5.00"), ZERO, False)}
    await refused(site, "BUDGET_EXCEEDED", lambda: site.commit(order_id, A="100.01"))
    await confirm(site, order_id, A="90.00", B="5.00")
    assert (await site.commit(order_id, A="90.00", B="5.00")).state is State.CONFIRMED
    await refused(site, "COMMITMENT_CONFIRMED", lambda: site.commit(order_id, A="1.00"))
    assert await jobs(project_mgmt, first.id) == 2


async def test_releasing(site: Site) -> None:
    """What was taken is free again; twice and unknown are no errors; the order may ask anew."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    await site.commit(order_id, A="60.00")
    await release(site, order_id)
    await release(site, order_id)
    await release(site, new_id())
    assert await site.lines() == {"A": (ZERO, ZERO, False)}
    await site.commit(order_id, A="100.00")
    await confirm(site, order_id, A="100.00")
    await release(site, order_id)
    assert await site.lines() == {"A": (ZERO, ZERO, False)}


async def test_a_reservation_lapses_when_its_time_is_over(project_mgmt: Harness, site: Site) -> None:
    """Not before; twice is once; an order that asks again in between keeps what it has."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    commitment = await site.commit(order_id, A="60.00")

    async def lapse_at(minutes: int) -> State:
        project_mgmt.clock.advance(timedelta(minutes=minutes))
        try:
            async with project_mgmt.work(OURSELVES) as work:
                await service.lapse(work, commitment.id)
            async with project_mgmt.work(site.manager) as work:
                return (await _commitment(work, site, order_id)).state
        finally:
            project_mgmt.clock.advance(timedelta(minutes=-minutes))

    assert await lapse_at(14) is State.RESERVED
    assert await lapse_at(15) is State.LAPSED
    assert await lapse_at(16) is State.LAPSED
    assert await site.lines() == {"A": (ZERO, ZERO, False)}
    await site.commit(order_id, A="70.00")
    waiting = await jobs(project_mgmt, commitment.id)
    assert await lapse_at(0) is State.RESERVED
    assert await jobs(project_mgmt, commitment.id) == waiting + 1
    await confirm(site, order_id, A="70.00")
    assert await lapse_at(60) is State.CONFIRMED


async def _commitment(work: Work, site: Site, order_id: UUID) -> Commitment:
    page = await service.commitment_page(work, site.project_id, CommitmentFilters(order_id=order_id), PageRequest())
    [commitment] = page.items
    return commitment


async def test_a_late_fact_confirms_all_the_same_and_may_overdraw(site: Site) -> None:
    """The fact is the truth: the line is flagged, takes nothing more, and is mended by a cancellation or more money."""
    await site.set_budget(A="100.00")
    late, other = new_id(), new_id()
    await site.commit(late, A="60.00")
    await release(site, late)
    await site.commit(other, A="80.00")
    await confirm(site, late, A="60.00")
    assert await site.lines() == {"A": (Decimal("80.00"), Decimal("60.00"), True)}
    refusal = await refused(site, "BUDGET_EXCEEDED", lambda: site.commit(new_id(), A="0.01"))
    assert refusal.metadata["left"] == "-40.00"
    await site.commit(other, A="40.00")
    assert await site.lines() == {"A": (Decimal("40.00"), Decimal("60.00"), False)}


async def test_a_fact_without_a_budget(site: Site) -> None:
    """Nobody set one: the line is made with nothing in it, overdrawn, until somebody does."""
    order_id = new_id()
    await confirm(site, order_id, A="60.00")
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), True)}
    await site.set_budget(1, A="100.00")
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), False)}


async def test_a_fact_may_say_other_amounts(site: Site) -> None:
    """What was approved counts, not what was asked for."""
    await site.set_budget(A="100.00", B="50.00")
    order_id = new_id()
    await site.commit(order_id, A="60.00")
    await confirm(site, order_id, A="10.00", B="20.00")
    assert await site.lines() == {"A": (ZERO, Decimal("10.00"), False), "B": (ZERO, Decimal("20.00"), False)}


async def test_cancelled_is_the_last_word(site: Site) -> None:
    """Before or after the approval, known order or not; asking again is refused."""
    await site.set_budget(A="100.00")
    first, second, third = new_id(), new_id(), new_id()
    await site.commit(first, A="60.00")
    await confirm(site, first, A="60.00")
    await cancel(site, first, A="60.00")
    await cancel(site, second, A="60.00")
    await confirm(site, second, A="60.00")
    await site.commit(third, A="60.00")
    await cancel(site, third, A="60.00")
    await confirm(site, third, A="60.00")
    assert await site.lines() == {"A": (ZERO, ZERO, False)}
    refusal = await refused(site, "INVALID_STATE", lambda: site.commit(first, A="1.00"))
    assert refusal.metadata["state"] == "cancelled"


async def test_two_hundred_at_once_never_pass_the_budget(project_mgmt: Harness, site: Site) -> None:
    """Each asks for two lines, on thirty connections; the smaller line has room for thirty-seven."""
    await site.set_budget(A="1000.00", B="370.00")
    database = Database(project_mgmt.addresses.runtime_url, size=30, wait=60)
    works = Works(database, project_mgmt.clock, enqueue)

    async def attempt() -> str:
        try:
            async with works.open(PROCUREMENT) as work:
                await service.commit(work, site.costs(new_id(), A="12.00", B="10.00"), KEEP)
        except FailedPrecondition as refusal:
            return refusal.reason
        return "taken"

    try:
        answers = await asyncio.gather(*(attempt() for _ in range(200)))
    finally:
        await database.close()
    assert Counter(answers) == {"taken": 37, "BUDGET_EXCEEDED": 163}
    assert await site.lines() == {"A": (Decimal("444.00"), ZERO, False), "B": (Decimal("370.00"), ZERO, False)}


async def test_thirty_calls_for_one_order_take_once(site: Site) -> None:
    """Procurement may ask as often as it likes."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    made = await asyncio.gather(*(site.commit(order_id, A="60.00") for _ in range(30)))
    assert len({commitment.id for commitment in made}) == 1
    assert await site.lines() == {"A": (Decimal("60.00"), ZERO, False)}


async def test_crossed_orders_do_not_deadlock(site: Site) -> None:
    """Commitments, confirmations, cancellations and settings on the same lines, all at once."""
    await site.set_budget(A="100000.00", B="100000.00", C="100000.00")
    orders = [new_id() for _ in range(24)]

    async def life(number: int, order_id: UUID) -> None:
        amounts = dict.fromkeys(("CAB", "BCA", "ACB")[number % 3][: 1 + number % 3], "10.00")
        await site.commit(order_id, **amounts)
        await confirm(site, order_id, **amounts)
        if number % 2:
            await cancel(site, order_id, **amounts)

    await asyncio.gather(*(life(number, order_id) for number, order_id in enumerate(orders)))
    lines = await site.lines()
    assert all(reserved == 0 and not overdrawn for reserved, _, overdrawn in lines.values())
    expected = sum(10 * (1 + number % 3) for number in range(24) if not number % 2)
    assert sum(confirmed for _, confirmed, _ in lines.values()) == expected


async def test_the_database_refuses_what_the_rules_would_let_through(site: Site) -> None:
    """A reservation may not set the flag: the CHECK holds even when the row lock were forgotten."""
    await site.set_budget(A="100.00")
    async with site.harness.sql() as connection:
        with pytest.raises(Exception, match="budget_lines_overdrawn_true"):
            await connection.execute(
                """
                UPDATE budget_lines SET reserved = 100.01
                FROM budgets WHERE budgets.id = budget_id AND budgets.project_id = $1
                """,
                site.project_id,
            )


async def test_an_order_belongs_to_one_project(site: Site, project_mgmt: Harness) -> None:
    """Its budget cannot be taken from, confirmed in or given back to another one."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    await site.commit(order_id, A="1.00")
    async with project_mgmt.work(site.manager) as work:
        other = await projects.register(work, registration(part(site.contractor, "general_contractor")))
    costs = OrderCosts(other.id, order_id, site.contractor.id, "CNY", {"A": Decimal(1)})
    attempts: list[tuple[Principal, Callable[[Work], Awaitable[Any]]]] = [
        (PROCUREMENT, lambda work: service.commit(work, costs, KEEP)),
        (PROCUREMENT, lambda work: service.release(work, other.id, order_id)),
        (OURSELVES, lambda work: service.confirm(work, costs)),
        (OURSELVES, lambda work: service.cancel(work, costs)),
    ]
    before = await project_mgmt.checksum()
    for principal, attempt in attempts:
        with pytest.raises(FailedPrecondition) as refusal:
            async with project_mgmt.work(principal) as work:
                await attempt(work)
        assert refusal.value.reason == "ORDER_OF_OTHER_PROJECT"
    assert await project_mgmt.checksum() == before


async def test_who_sees_money(project_mgmt: Harness, site: Site) -> None:
    """Those who steer the project and the authority; a supplier sees the project, not its budget."""
    await site.set_budget(A="100.00")
    await site.commit(new_id(), A="1.00")
    for who in (site.contractor, site.owner, site.supervisor, organisation(Kind.AUTHORITY)):
        async with project_mgmt.work(who.as_(Role.COST_CONTROLLER)) as work:
            assert (await service.get(work, site.project_id)).version == 1
            assert (await service.commitment_page(work, site.project_id, ANY, PageRequest())).items
    for who in (site.supplier, organisation(Kind.CONTRACTOR)):
        with pytest.raises(NotFound):
            async with project_mgmt.work(who.as_(Role.COST_CONTROLLER)) as work:
                await service.get(work, site.project_id)
        with pytest.raises(NotFound):
            async with project_mgmt.work(who.as_(Role.COST_CONTROLLER)) as work:
                await service.commitment_page(work, site.project_id, ANY, PageRequest())


ANY = CommitmentFilters()


async def test_only_procurement_takes_budget(project_mgmt: Harness, site: Site) -> None:
    """Not a person, not another service; facts come through our own consumers alone."""
    await site.set_budget(A="100.00")
    before = await project_mgmt.checksum()
    costs = site.costs(new_id(), A="1.00")
    for principal in (site.manager, service_principal("labour")):
        for attempt in (
            lambda work: service.commit(work, costs, KEEP),
            lambda work: service.release(work, site.project_id, costs.order_id),
            lambda work: service.confirm(work, costs),
            lambda work: service.cancel(work, costs),
            lambda work: service.lapse(work, new_id()),
        ):
            with pytest.raises(PermissionDenied):
                async with project_mgmt.work(principal) as work:
                    await attempt(work)
    assert await project_mgmt.checksum() == before
