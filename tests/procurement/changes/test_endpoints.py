"""The REST door of changes."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from chassis.ids import new_id
from tests.harness import Harness, key
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import body


async def test_post_says_what_get_says_and_the_history_reads(changes: Changes, procurement: Harness) -> None:
    """Before and after of every line, newest first; a repeated post is one change."""
    order_id = await changes.order()
    line = (await changes.orders.read(order_id)).lines[0]
    path = f"/procurement/v1/orders/{order_id}/changes"
    wanted = {"reason": "轴线 C 加量", "edits": [{"line_id": str(line.id), "quantity": "12.5"}]}
    header = key()
    async with procurement.client(changes.orders.buyer) as client:
        made = await client.post(path, json=wanted, headers=header)
        again = await client.post(path, json=wanted, headers=header)
        found = await client.get(f"{path}/{made.json()['id']}")
        withdrawn = await client.post(f"{found.request.url}:withdraw", json={"reason": "x"}, headers=key())
        smaller = await client.post(
            path,
            json={"reason": "less", "edits": [{"line_id": str(line.id), "quantity": "9"}], "added": []},
            headers=key(),
        )
        listed = (await client.get(path)).json()["items"]
        open_ones = (await client.get(path, params={"state": "offered"})).json()["items"]
    assert (made.status_code, again.content) == (201, made.content)
    assert made.json() == found.json()
    assert made.json()["adds"] == {"A": "250.00"}
    [changed] = made.json()["lines"]
    assert (changed["before_quantity"], changed["quantity"], changed["is_new"]) == ("10.000000", "12.500000", False)
    assert withdrawn.json()["state"] == "withdrawn"
    assert [one["number"] for one in listed] == [2, 1]
    assert [one["id"] for one in open_ones] == [smaller.json()["id"]]


async def test_the_verbs_over_rest(changes: Changes, procurement: Harness) -> None:
    """Approve and accept; If-Match of another version is refused before anything is asked."""
    order_id = await changes.order()
    change = await changes.more(order_id)
    path = f"/procurement/v1/orders/{order_id}/changes/{change.id}"
    async with procurement.client(changes.orders.approver) as client:
        stale = await client.post(f"{path}:approve", headers=key() | {"If-Match": '"9"'})
        approved = await client.post(f"{path}:approve", headers=key() | {"If-Match": '"1"'})
        again = await client.post(f"{path}:approve", headers=key())
    async with procurement.client(changes.orders.sales) as client:
        accepted = await client.post(f"{path}:accept", headers=key())
        order = await client.get(f"/procurement/v1/orders/{order_id}")
    assert (stale.status_code, approved.status_code) == (412, 200)
    assert (again.status_code, again.json()["metadata"]["allowed"]) == (409, "accept,decline,withdraw")
    assert (accepted.json()["state"], order.json()["total"]) == ("accepted", "2500.00")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"edits": [], "added": []}, "", "CHANGE_EMPTY"),
    ({"edits": [{"quantity": "0"}]}, "/edits/0/quantity", "OUT_OF_RANGE"),
    ({"edits": [{"quantity": "-5"}]}, "/edits/0/quantity", "OUT_OF_RANGE"),
    ({"edits": [{"quantity": 5}]}, "/edits/0/quantity", "DECIMAL_STRING"),
    ({"edits": [{"quantity": "10"}]}, "/edits/0", "NOTHING_CHANGES"),
    ({"edits": [{"line_id": str(new_id()), "quantity": "5"}]}, "/edits/0/line_id", "LINE_UNKNOWN"),
    ({"reason": ""}, "/reason", "TOO_SHORT"),
    ({"edits": [{"cost_code": "B"}]}, "/edits/0/cost_code", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
async def test_bad_input_changes_nothing(
    changes: Changes, procurement: Harness, change: dict[str, Any], pointer: str, code: str
) -> None:
    order_id = await changes.order()
    line = (await changes.orders.read(order_id)).lines[0]
    wanted: dict[str, Any] = {"reason": "x", "added": [], "edits": [{"quantity": "12"}]} | change
    wanted["edits"] = [{"line_id": str(line.id)} | edit for edit in wanted["edits"]]
    before = await procurement.checksum()
    async with procurement.client(changes.orders.buyer) as client:
        answer = await client.post(f"/procurement/v1/orders/{order_id}/changes", json=wanted, headers=key())
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert await procurement.checksum() == before


async def test_the_wrong_roles_change_nothing(changes: Changes, procurement: Harness) -> None:
    """A buyer does not approve, an approver does not propose, a buyer does not answer for the supplier."""
    order_id = await changes.order()
    change = await changes.more(order_id)
    path = f"/procurement/v1/orders/{order_id}/changes"
    before = await procurement.checksum()
    wanted = {"reason": "x", "added": [body(changes.orders.site)["lines"][0]]}
    another = changes.orders.site.contractor.as_(Role.BUYER)
    for who, verb, payload, code in (
        (changes.orders.approver, "", wanted, "ROLE_MISSING"),
        (changes.orders.buyer, f"/{change.id}:approve", None, "SELF_APPROVAL"),
        (changes.orders.buyer, f"/{change.id}:reject", {"reason": "x"}, "SELF_APPROVAL"),
        (another, f"/{change.id}:approve", None, "STEP_NEEDS_ROLE"),
        (another, f"/{change.id}:reject", {"reason": "x"}, "STEP_NEEDS_ROLE"),
        (changes.orders.buyer, f"/{change.id}:accept", None, "ROLE_MISSING"),
        (changes.orders.approver, f"/{change.id}:decline", {"reason": "x"}, "ROLE_MISSING"),
        (changes.orders.sales, f"/{change.id}:withdraw", {"reason": "x"}, "ROLE_MISSING"),
    ):
        async with procurement.client(who) as client:
            answer = await client.post(path + verb, json=payload, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, code), verb
    assert await procurement.checksum() == before
