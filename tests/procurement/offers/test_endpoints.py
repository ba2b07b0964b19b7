"""The REST door of offers."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import organisation
from tests.procurement.buying import Buying


@pytest.mark.parametrize("path", ["/offers/{offer}", "/sourcing/{sourcing}/comparison"])
async def test_others_offers_are_not_there(buying: Buying, path: str) -> None:
    """Another buyer is told what it is told of an id that nobody has."""
    sourcing = await buying.opened(("4000", None))
    [offer] = (await buying.get(buying.buyer, "/offers"))["items"]
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    answers = [
        await buying.refused(stranger, "GET", path.format(offer=one, sourcing=two))
        for one, two in ((offer["id"], sourcing["id"]), (new_id(), new_id()))
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


async def test_a_guest_compares_nothing(buying: Buying) -> None:
    """A supplier that also buys, with every role: what it is only invited to, it cannot compare."""
    sourcing = await buying.opened(("4000", None))
    both = type(buying.suppliers[1])(frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}), buying.suppliers[1].id)
    path = f"/sourcing/{sourcing['id']}/comparison"
    assert await buying.refused(both.as_(*Role), "GET", path) == (404, "SOURCING_NOT_FOUND")


@pytest.mark.parametrize("token", ["x", "W10", "WyJ4Il0"])
async def test_a_wrong_page_token_is_refused(buying: Buying, token: str) -> None:
    sourcing = await buying.opened(("4000", None))
    path = f"/sourcing/{sourcing['id']}/comparison?page_token={token}"
    assert await buying.refused(buying.buyer, "GET", path) == (400, "PAGE_TOKEN_INVALID")
