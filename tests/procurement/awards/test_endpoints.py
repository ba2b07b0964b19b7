"""The REST door of awards."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import organisation
from tests.procurement.awards.test_service import award_body
from tests.procurement.buying import Buying

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("zero", {"quantity": "0"}, "/lines/0/quantity", "OUT_OF_RANGE"),
    ("negative", {"quantity": "-1"}, "/lines/0/quantity", "OUT_OF_RANGE"),
    ("float", {"quantity": 1.5}, "/lines/0/quantity", "DECIMAL_STRING"),
    ("no offer", {"offer_line_id": "x"}, "/lines/0/offer_line_id", "UUID_PARSING"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    buying: Buying, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    sourcing = await buying.opened(("4000", None))
    body = award_body(sourcing, ((await buying.offered(sourcing))[0, 0], "1"))
    body["lines"][0] |= change
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/awards", body)
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_others_awards_are_not_there(buying: Buying) -> None:
    sourcing = await buying.opened(("4000", None))
    body = award_body(sourcing, ((await buying.offered(sourcing))[0, 0], "1"))
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    assert await buying.refused(stranger, "POST", "/awards", body) == (404, "SOURCING_NOT_FOUND")
    award = await buying.post(buying.buyer, "/awards", body)
    for one in (award["id"], new_id()):
        assert await buying.refused(stranger, "GET", f"/awards/{one}") == (404, "AWARD_NOT_FOUND")
    assert (await buying.get(stranger, f"/awards?sourcing_id={sourcing['id']}"))["items"] == []


async def test_the_buyer_has_no_outcome_and_a_stranger_none_to_see(buying: Buying) -> None:
    """An outcome is a guest's."""
    sourcing = await buying.opened(("4000", None))
    both = type(buying.site.contractor)(frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}), buying.site.contractor.id)
    for who in (both.as_(*Role), organisation(Kind.SUPPLIER).as_(Role.SALES)):
        path = f"/sourcing/{sourcing['id']}/outcome"
        assert await buying.refused(who, "GET", path) == (404, "SOURCING_NOT_FOUND")
