"""The REST door of sourcing."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import new_id
from tests.procurement.buying import Buying


async def test_post_says_what_get_says(buying: Buying) -> None:
    made = await buying.draft()
    assert made == await buying.get(buying.buyer, f"/sourcing/{made['id']}")


async def test_a_draft_is_not_there_for_its_guests(buying: Buying) -> None:
    """Neither by id nor in the list; a cancelled draft never was."""
    made = await buying.draft()
    sales = buying.sales(0)
    assert await buying.refused(sales, "GET", f"/sourcing/{made['id']}") == (404, "SOURCING_NOT_FOUND")
    await buying.post(buying.buyer, f"/sourcing/{made['id']}:cancel", {"reason": "not needed"})
    assert (await buying.get(sales, "/sourcing"))["items"] == []
    other = await buying.published()
    assert [one["id"] for one in (await buying.get(sales, "/sourcing"))["items"]] == [other["id"]]


async def test_a_guest_sees_no_other_guest(buying: Buying) -> None:
    """The buyer sees all three; each supplier itself."""
    made = await buying.published()
    assert len(made["guests"]) == 3
    seen = await buying.get(buying.sales(1), f"/sourcing/{made['id']}")
    assert [one["supplier_id"] for one in seen["guests"]] == [str(buying.suppliers[1].id)]
    for number in (0, 2):
        assert str(buying.suppliers[number].id) not in str(seen)


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("no lines", {"lines": []}, "/lines", "TOO_SHORT"),
    ("nobody asked", {"supplier_ids": []}, "/supplier_ids", "TOO_SHORT"),
    ("unknown field", {"state": "published"}, "/state", "EXTRA_FORBIDDEN"),
    ("no offset", {"deadline": "2026-12-01T08:00:00"}, "/deadline", "OFFSET_MISSING"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    buying: Buying, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/sourcing", buying.body(**change))
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


LINES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("material", {"material_code": "99999999"}, {}, "/lines/0/material_code", "MATERIAL_UNIT_UNKNOWN"),
    ("unit", {"unit": "m3"}, {}, "/lines/0/material_code", "MATERIAL_UNIT_UNKNOWN"),
    ("project", {}, {"project_id": str(new_id())}, "/lines/0/parts/0/project_id", "PROJECT_NOT_FOUND"),
    ("zero", {}, {"quantity": "0"}, "/lines/0/parts/0/quantity", "OUT_OF_RANGE"),
    ("negative", {}, {"quantity": "-1"}, "/lines/0/parts/0/quantity", "OUT_OF_RANGE"),
    ("too precise", {}, {"quantity": "1.0000001"}, "/lines/0/parts/0/quantity", "TOO_PRECISE"),
]


@pytest.mark.parametrize(("name", "line", "part", "pointer", "code"), LINES, ids=[case[0] for case in LINES])
async def test_bad_lines_change_nothing(
    buying: Buying, name: str, line: dict[str, Any], part: dict[str, Any], pointer: str, code: str
) -> None:
    body = buying.body()
    body["lines"][0] |= line
    body["lines"][0]["parts"][0] |= part
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/sourcing", body)
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_nobody_asks_itself_or_another_twice(buying: Buying) -> None:
    own = buying.body(supplier_ids=[str(buying.site.contractor.id)])
    twice = buying.body(supplier_ids=[str(buying.suppliers[0].id)] * 2)
    for body, code in ((own, "SUPPLIER_IS_BUYER"), (twice, "SUPPLIER_TWICE")):
        async with buying.same():
            answer = await buying.call(buying.buyer, "POST", "/sourcing", body)
        assert [fault["code"] for fault in answer.json()["errors"]] == [code]


async def test_an_old_version_is_not_published(buying: Buying) -> None:
    made = await buying.draft()
    path = f"/sourcing/{made['id']}:publish"
    answer = await buying.call(buying.buyer, "POST", path, **{"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "VERSION_MISMATCH")


async def test_a_filter_is_a_filter(buying: Buying) -> None:
    await buying.draft()
    shown = await buying.published()
    found = await buying.get(buying.buyer, "/sourcing?state=published&kind=inquiry")
    assert [one["id"] for one in found["items"]] == [shown["id"]]
    assert (await buying.get(buying.buyer, f"/sourcing?buyer_id={new_id()}"))["items"] == []
