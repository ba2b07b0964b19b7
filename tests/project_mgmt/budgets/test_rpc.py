"""The gRPC door of budgets, over a real socket."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.ids import new_id
from tests.harness import NOON
from tests.project_mgmt.conftest import Door, Site
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.projects.v1.project_directory_pb2 import CommitBudgetRequest, ReleaseBudgetRequest


def line(code: str = "A", amount: str = "10.00", currency: str = "CNY") -> CostLine:
    """An amount against a cost code."""
    return CostLine(cost_code=code, amount=Money(amount=amount, currency=currency))


def commit(site: Site, *lines: CostLine, order_id: UUID | None = None) -> CommitBudgetRequest:
    """A request of the contractor."""
    return CommitBudgetRequest(
        project_id=str(site.project_id),
        order_id=str(order_id or new_id()),
        organisation_id=str(site.contractor.id),
        lines=lines,
    )


async def test_commit_and_release(door: Door, site: Site) -> None:
    """Lines of one cost code are added up; the answer names the reservation's end; both are idempotent."""
    await site.set_budget(A="100.00", B="50.00")
    order_id = new_id()
    request = commit(site, line("B", "1"), line("A", "10.5"), line("A", "20.00"), order_id=order_id)
    first = await door.ask("procurement", "CommitBudget", request)
    again = await door.ask("procurement", "CommitBudget", request)
    assert first == again
    assert first.expires_at.ToDatetime(UTC) == NOON + timedelta(minutes=15)
    assert (await site.lines())["A"] == (Decimal("30.50"), Decimal(0), False)
    release = ReleaseBudgetRequest(project_id=str(site.project_id), order_id=str(order_id))
    for _ in range(2):
        await door.ask("procurement", "ReleaseBudget", release)
    assert (await site.lines())["A"] == (Decimal(0), Decimal(0), False)


async def test_the_refusal_reaches_the_caller(door: Door, site: Site) -> None:
    """With the amount that is left, so that a person can act on it."""
    await site.set_budget(A="100.00")
    before = await site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await door.ask("procurement", "CommitBudget", commit(site, line("A", "100.01")))
    assert refusal.value.reason == "BUDGET_EXCEEDED"
    assert refusal.value.metadata == {"cost_code": "A", "left": "100.00", "asked": "100.01", "currency": "CNY"}
    assert "100.00" in refusal.value.zh
    assert await site.harness.checksum() == before


@pytest.mark.parametrize(
    ("lines", "pointer", "code"),
    [
        ([], "/lines", "LINES_COUNT"),
        ([line(amount="ten")], "/lines/0/amount/amount", "DECIMAL_INVALID"),
        ([line(amount="1.005")], "/lines/0/amount/amount", "DECIMAL_INVALID"),
        ([line(amount="NaN")], "/lines/0/amount/amount", "DECIMAL_INVALID"),
        ([line(amount="1e30")], "/lines/0/amount/amount", "DECIMAL_INVALID"),
        ([line(amount="-1")], "/lines/0/amount/amount", "OUT_OF_RANGE"),
        ([line(), line(code="")], "/lines/1/cost_code", "CODE_INVALID"),
        ([line(), line(currency="USD")], "/lines/0/amount/currency", "CURRENCY_INVALID"),
        ([line(currency="yuan")], "/lines/0/amount/currency", "CURRENCY_INVALID"),
    ],
)
async def test_wrong_lines(door: Door, site: Site, lines: list[CostLine], pointer: str, code: str) -> None:
    """Nothing is taken."""
    before = await site.harness.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await door.ask("procurement", "CommitBudget", commit(site, *lines))
    assert [(fault.pointer, fault.code) for fault in refusal.value.violations] == [(pointer, code)]
    assert await site.harness.checksum() == before


async def test_an_unknown_project(door: Door, site: Site) -> None:
    """NOT_FOUND, as for GetProject."""
    request = commit(site, line())
    request.project_id = str(new_id())
    with pytest.raises(NotFound) as refusal:
        await door.ask("procurement", "CommitBudget", request)
    assert refusal.value.reason == "PROJECT_NOT_FOUND"


@pytest.mark.parametrize("caller", ["labour", "equipment-leasing", "gateway", "project-mgmt"])
async def test_only_procurement_may(door: Door, site: Site, caller: str) -> None:
    """Nobody else takes or gives budget."""
    await site.set_budget(A="100.00")
    before = await site.harness.checksum()
    with pytest.raises(PermissionDenied):
        await door.ask(caller, "CommitBudget", commit(site, line()))
    with pytest.raises(PermissionDenied):
        await door.ask(caller, "ReleaseBudget", ReleaseBudgetRequest(project_id=str(site.project_id)))
    assert await site.harness.checksum() == before
