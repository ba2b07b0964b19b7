"""Which steps a supplement needs: by what it adds at most.

The steps themselves are tested for every kind of document in `approvals/test_documents.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chassis.identity import Role
from procurement.agreements.models import Agreement
from procurement.agreements.service import Entitled
from procurement.approvals.models import DocumentKind
from procurement.supplements.rules import added
from procurement.supplements.service import Heights, ItemCaps
from tests.harness import Harness
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.approvals.papers import Office, Paper, with_every_role
from tests.procurement.buying import Buying
from tests.procurement.conftest import Site
from tests.procurement.supplements.conftest import Supplements

LIMIT = Decimal("3900.00")


@pytest.fixture
def office(procurement: Harness, site: Site, buying: Buying, noon: None) -> Office:
    """A buyer at noon of the 23rd."""
    return Office(procurement, site, buying)


def _supplements(office: Office) -> Supplements:
    return Supplements(Agreements(office.harness, office.site, office.site.contractor))


async def _submitted(office: Office, agreement: Agreement, **changes: Any) -> Paper:
    drafted = await _supplements(office).drafted(agreement, **changes)
    buyer, path = office.site.contractor.as_(Role.BUYER), f"/agreements/{agreement.id}/supplements/{drafted.id}"
    await office.good(buyer, "POST", f"{path}:submit")
    return Paper(DocumentKind.SUPPLEMENT, drafted.id, path, buyer, "submitted", "proposed", "draft")


@pytest.mark.parametrize(
    ("before", "after", "widens", "adds"),
    [
        ("100.00", "150.00", True, "50.00"),
        ("150.00", "100.00", False, "0"),
        ("100.00", "100.00", True, "0"),
        ("100.00", None, True, None),
        (None, "100.00", False, "0"),
        (None, None, True, None),
        (None, None, False, "0"),
    ],
)
def test_what_is_added(before: str | None, after: str | None, widens: bool, adds: str | None) -> None:
    values = [None if one is None else Decimal(one) for one in (before, after, adds)]
    assert added(values[0], values[1], widens=widens) == values[2]


async def test_two_halves_need_the_steps_of_the_whole(office: Office) -> None:
    """By the matrix of agreements while there is none of supplements; a lower cap needs the lowest band alone."""
    bands = (LIMIT, (Role.APPROVER,)), (None, (Role.APPROVER, Role.ADMIN))
    await office.matrix(DocumentKind.AGREEMENT, *bands)
    agreement = await _supplements(office).agreements.active(item(hard_cap=Decimal(1)))
    [own] = [one.id for one in agreement.items]
    first = await _submitted(office, agreement, item_caps=(ItemCaps(own, None, Decimal(2)),))
    assert [(one["role"], Decimal(one["amount"])) for one in await office.steps(first)] == [("approver", LIMIT)]
    await office.approve(office.approver, first)
    await office.good(office.site.supplier.as_(Role.SALES), "POST", f"{first.path}:sign")
    second = await _submitted(office, agreement, item_caps=(ItemCaps(own, None, Decimal("2.000003")),))
    assert [one["role"] for one in await office.steps(second)] == ["approver", "admin"]
    await office.good(second.author, "POST", f"{second.path}:withdraw", {"reason": "x"})
    assert [state for _, _, state in await office.stood(second)] == ["withdrawn", "withdrawn"]
    assert second.path not in await office.todo(office.approver)
    lower = await _submitted(office, agreement, item_caps=(ItemCaps(own, None, Decimal("0.5")),))
    assert [(one["role"], Decimal(one["amount"])) for one in await office.steps(lower)] == [("approver", Decimal(0))]


async def test_a_matrix_of_supplements_goes_before_that_of_agreements(office: Office) -> None:
    agreement = await _supplements(office).agreements.active(hard_cap=Decimal("100.00"))
    await office.matrix(DocumentKind.AGREEMENT, (None, (Role.ADMIN,)))
    own = await office.matrix(DocumentKind.SUPPLEMENT, (None, (Role.PROJECT_MANAGER,)))
    [step] = await office.steps(await _submitted(office, agreement, valid_to=date(2027, 12, 31)))
    assert (step["role"], step["matrix_ref"]) == ("project_manager", own)


async def test_what_nothing_bounds_needs_the_last_band(office: Office) -> None:
    """A cap that falls away, a later day or somebody more where nothing is capped; a new cap adds nothing."""
    await office.matrix(DocumentKind.SUPPLEMENT, (LIMIT, (Role.APPROVER,)), (None, (Role.ADMIN,)))
    making = _supplements(office).agreements
    project = Entitled(office.site.contractor.id, office.site.project_id, None, Decimal("10.00"))
    capped: dict[str, Any] = {"hard_cap": Decimal("100.00")}
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        (capped, {"heights": Heights(None, None)}, "admin"),
        ({}, {"valid_to": date(2027, 12, 31)}, "admin"),
        ({}, {"entitlements": (project,)}, "admin"),
        ({}, {"valid_to": date(2027, 9, 30)}, "approver"),
        ({}, {"heights": Heights(None, Decimal("100.00"))}, "approver"),
        (capped, {"valid_to": date(2027, 12, 31)}, "approver"),
    ]
    for terms, changes, role in cases:
        paper = await _submitted(office, await making.active(**terms), **changes)
        assert [one["role"] for one in await office.steps(paper)] == [role], changes


async def test_the_supplier_is_shown_it_with_the_last_approval(office: Office) -> None:
    """Also on its work list and on paper; whoever drafts or submits does not approve."""
    await office.matrix(DocumentKind.SUPPLEMENT, (None, (Role.APPROVER, Role.PROJECT_MANAGER)))
    agreement = await _supplements(office).agreements.active(hard_cap=Decimal("100.00"))
    drafted = await _supplements(office).drafted(agreement, valid_to=date(2027, 12, 31))
    path = f"/agreements/{agreement.id}/supplements/{drafted.id}"
    seller = office.site.supplier.as_(Role.SALES)

    async def shown() -> tuple[int, bool, int]:
        items = (await office.good(seller, "GET", "/worklist/supplements_to_sign"))["items"]
        links = [one["link"] for one in items]
        read = (await office.call(seller, "GET", path)).status_code
        printed = (await office.call(seller, "GET", f"{path}/document")).status_code
        return read, any(link.endswith(path) for link in links), printed

    drafter = replace(with_every_role(office.site.contractor.as_(Role.BUYER)), subject=drafted.drafted_by)
    assert await office.refused(drafter, f"{path}:propose") == "SELF_APPROVAL"
    assert (await office.good(office.approver, "POST", f"{path}:propose"))["state"] == "submitted"
    assert await shown() == (404, False, 404)
    assert (await office.call(seller, "POST", f"{path}:sign")).status_code == 404
    assert (await office.good(office.manager, "POST", f"{path}:approve"))["state"] == "proposed"
    assert await shown() == (200, True, 200)
    await office.good(office.approver, "POST", f"/agreements/{agreement.id}:end", {"reason": "x"})
    assert (await shown())[1] is False
