"""The REST door of saved filters: keep, use, share, change, delete; bad input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from chassis.identity import Kind, Principal, Role
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import Orders

PATH = "/procurement/v1/saved-filters"


def body(**changes: Any) -> dict[str, Any]:
    """What waits for approval."""
    return {"list": "listOrders", "name": "待审批", "query": {"state": "submitted"}} | changes


@dataclass
class Members:
    """Two members of an organisation, and a stranger."""

    harness: Harness

    def __post_init__(self) -> None:
        ours = organisation(Kind.CONTRACTOR)
        self.me, self.colleague = ours.as_(Role.BUYER), ours.as_(*Role)
        self.stranger = organisation(Kind.CONTRACTOR).as_(*Role)

    async def call(self, who: Principal, method: str, path: str = "", **request: Any) -> httpx.Response:
        """One call; a POST gets a key of its own unless headers are given."""
        request.setdefault("headers", key() if method == "POST" else {})
        async with self.harness.client(who) as client:
            return await client.request(method, path if path.startswith("/procurement") else PATH + path, **request)

    async def saved(self, **changes: Any) -> dict[str, Any]:
        """A filter of mine."""
        answer = await self.call(self.me, "POST", json=body(**changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def names(self, who: Principal, **query: str) -> list[str]:
        """What somebody can use."""
        listed = await self.call(who, "GET", params=query)
        return [one["name"] for one in listed.json()["items"]]


@pytest.fixture
def members(procurement: Harness) -> Members:
    """Of a fresh organisation."""
    return Members(procurement)


async def test_a_saved_filter_is_used_by_its_link(orders: Orders) -> None:
    """The list answers what it answers for the same parameters."""
    members = Members(orders.harness)
    members.me = orders.buyer
    await orders.draft()
    submitted = await orders.submitted()
    saved = await members.saved()
    assert saved["link"] == "/procurement/v1/orders?state=submitted"
    used = await members.call(members.me, "GET", saved["link"])
    assert [one["id"] for one in used.json()["items"]] == [str(submitted)]
    assert (await members.call(members.me, "GET", f"/{saved['id']}")).json() == saved
    text = await members.saved(list="listMaterials", query={"text": "圆钢 φ8"})
    assert (await members.call(members.me, "GET", text["link"])).status_code == 200


async def test_own_and_shared(members: Members) -> None:
    """An own one is nobody else's; a shared one is the organisation's, and changed by its owner alone."""
    own, shared = await members.saved(), await members.saved(name="公用", shared=True)
    assert await members.names(members.me) == ["公用", "待审批"]
    assert await members.names(members.colleague) == ["公用"]
    assert await members.names(members.stranger) == []
    before = await members.harness.checksum()
    for who, one, expected in (
        (members.colleague, own, 404),
        (members.stranger, own, 404),
        (members.stranger, shared, 404),
        (members.colleague, shared, 403),
    ):
        headers = {"If-Match": '"1"'}
        changed = await members.call(who, "PUT", f"/{one['id']}", json=body(), headers=headers)
        deleted = await members.call(who, "DELETE", f"/{one['id']}", headers=headers)
        assert (changed.status_code, deleted.status_code) == (expected, expected)
    assert await members.harness.checksum() == before
    seen = (await members.call(members.colleague, "GET", f"/{shared['id']}")).json()
    assert (shared["own"], seen["own"]) == (True, False)


async def test_change_and_delete_take_if_match(members: Members) -> None:
    saved = await members.saved()
    path = f"/{saved['id']}"
    wanted = body(name="已批准", query={"state": "approved"})
    assert (await members.call(members.me, "PUT", path, json=wanted)).status_code == 400
    stale = await members.call(members.me, "PUT", path, json=wanted, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    changed = await members.call(members.me, "PUT", path, json=wanted, headers={"If-Match": '"1"'})
    assert (changed.json()["version"], changed.json()["query"]) == (2, {"state": "approved"})
    assert (await members.call(members.me, "DELETE", path, headers={"If-Match": '"1"'})).status_code == 412
    gone = await members.call(members.me, "DELETE", path, headers={"If-Match": '"2"'})
    assert gone.json()["name"] == "已批准"
    assert (await members.call(members.me, "GET", path)).status_code == 404


async def test_a_name_stands_once_per_member_and_list(members: Members) -> None:
    await members.saved()
    again = await members.call(members.me, "POST", json=body())
    assert (again.status_code, again.json()["code"]) == (409, "SAVED_FILTER_NAME_TAKEN")
    await members.saved(list="listInvoices", query={})
    assert await members.names(members.me, list="listInvoices") == ["待审批"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"query": {"colour": "red"}}, "/query/colour"),
        ({"query": {"state": "eaten"}}, "/query/state"),
        ({"query": {"project_id": "x"}}, "/query/project_id"),
        ({"query": {"state": 1}}, "/query/state"),
        ({"list": "listPeople"}, "/list"),
        ({"list": "createOrder"}, "/list"),
        ({"list": "listOrderChanges"}, "/list"),
        ({"name": ""}, "/name"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_bad_input_points_at_the_fault(members: Members, changes: dict[str, Any], pointer: str) -> None:
    before = await members.harness.checksum()
    answer = await members.call(members.me, "POST", json=body(**changes))
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await members.harness.checksum() == before
