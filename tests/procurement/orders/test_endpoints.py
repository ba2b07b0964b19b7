"""The REST door of orders."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import Orders, Site, body

PATH = "/procurement/v1/orders"


async def test_post_says_what_get_says(orders: Orders, procurement: Harness) -> None:
    """One serialisation: the decimals of the answer are those of the row."""
    async with procurement.client(orders.buyer) as client:
        made = await client.post(PATH, json=body(orders.site), headers=key())
        found = await client.get(f"{PATH}/{made.json()['id']}")
    assert made.status_code == 201
    assert made.json() | {"late": False} == found.json()
    assert made.headers["etag"] == found.headers["etag"] == '"1"'
    assert made.json()["lines"][0]["quantity"] == "100.000000"


async def test_a_hundred_posts_with_one_key_make_one_order(orders: Orders, procurement: Harness) -> None:
    """Every answer is the same order or "still running"; there is one row."""
    header = key()
    async with procurement.client(orders.buyer) as client:
        answers = await asyncio.gather(*(client.post(PATH, json=body(orders.site), headers=header) for _ in range(100)))
        listed = await client.get(PATH, params={"project_id": str(orders.site.project_id)})
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"IDEMPOTENCY_KEY_IN_USE"}
    assert [item["id"] for item in listed.json()["items"]] == list(made)


async def test_a_key_belongs_to_one_request(orders: Orders, procurement: Harness) -> None:
    """Same content in another order of members is the same request; other content is refused; no key is refused."""
    header = key()
    good = body(orders.site)
    async with procurement.client(orders.buyer) as client:
        first = await client.post(PATH, json=good, headers=header)
        again = await client.post(PATH, json=dict(reversed(good.items())), headers=header)
        before = await procurement.checksum()
        other = await client.post(PATH, json=good | {"note": "other"}, headers=header)
        none = await client.post(PATH, json=good)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert (none.status_code, none.json()["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert await procurement.checksum() == before


async def test_a_verb_is_replayed_although_the_state_has_moved(orders: Orders, procurement: Harness) -> None:
    """The second post of one approval gets the first one's answer, not INVALID_STATE."""
    order_id = await orders.submitted()
    header = key()
    async with procurement.client(orders.approver) as client:
        first = await client.post(f"{PATH}/{order_id}:approve", headers=header)
        again = await client.post(f"{PATH}/{order_id}:approve", headers=header)
        anew = await client.post(f"{PATH}/{order_id}:approve", headers=key())
    assert first.status_code == 200, first.text
    assert again.content == first.content
    assert (anew.status_code, anew.json()["code"]) == (409, "INVALID_STATE")
    assert anew.json()["metadata"]["allowed"] == "confirm,decline,cancel,amend"


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("float", {"lines": [{"quantity": 1.5}]}, "/lines/0/quantity", "DECIMAL_STRING"),
    ("negative", {"lines": [{"quantity": "-1"}]}, "/lines/0/quantity", "OUT_OF_RANGE"),
    ("nan", {"lines": [{"unit_price": "NaN"}]}, "/lines/0/unit_price", "FINITE_NUMBER"),
    ("too precise", {"lines": [{"quantity": "1.0000001"}]}, "/lines/0/quantity", "TOO_PRECISE"),
    (
        "unknown material",
        {"lines": [{"material_code": "99999999"}]},
        "/lines/0/material_code",
        "MATERIAL_UNIT_UNKNOWN",
    ),
    ("unit does not fit", {"lines": [{"unit": "m3"}]}, "/lines/0/material_code", "MATERIAL_UNIT_UNKNOWN"),
    (
        "more than can be kept",
        {"lines": [{"quantity": "999999999999", "unit_price": "999999999999"}]},
        "/lines",
        "TOTAL_TOO_LARGE",
    ),
    ("no lines", {"lines": []}, "/lines", "TOO_SHORT"),
    ("not an id", {"supplier_id": "x"}, "/supplier_id", "UUID_PARSING"),
    ("unknown field", {"state": "approved"}, "/state", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    orders: Orders, procurement: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    """A clear problem that points at the fault, in both languages."""
    bad = body(orders.site)
    if change.get("lines"):
        bad["lines"][0] = bad["lines"][0] | change["lines"][0]
    else:
        bad |= change
    before = await procurement.checksum()
    async with procurement.client(orders.buyer) as client:
        answer = await client.post(PATH, json=bad, headers=key())
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert fault["details"]["en"]
    assert await procurement.checksum() == before


async def test_a_project_of_others_does_not_exist(procurement: Harness, site: Site) -> None:
    """A contractor that is no party of the project is told that there is none."""
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    before = await procurement.checksum()
    async with procurement.client(stranger) as client:
        answer = await client.post(PATH, json=body(site), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    assert await procurement.checksum() == before


async def test_a_number_is_used_once(orders: Orders, procurement: Harness) -> None:
    """The buyer's own number is unique among the buyer's orders."""
    async with procurement.client(orders.buyer) as client:
        await client.post(PATH, json=body(orders.site, number="A-1"), headers=key())
        before = await procurement.checksum()
        answer = await client.post(PATH, json=body(orders.site, number="A-1"), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_NUMBER_TAKEN")
    assert await procurement.checksum() == before


async def test_pages_are_stable_while_rows_are_inserted(orders: Orders, procurement: Harness) -> None:
    """Going through the pages shows every order that stood at the start once, whatever comes in between."""
    made = [await orders.draft() for _ in range(5)]
    seen: list[UUID] = []
    token = ""
    async with procurement.client(orders.buyer) as client:
        while True:
            answer = await client.get(PATH, params={"page_size": 2, "page_token": token})
            seen += [UUID(item["id"]) for item in answer.json()["items"]]
            token = answer.json()["next_page_token"]
            if not token:
                break
            await orders.draft()
    assert seen == list(reversed(made))


@pytest.mark.parametrize("token", ["x", "W10", "WyJ4Il0", "é", "WzFd"])
async def test_a_made_up_token_is_refused(orders: Orders, procurement: Harness, token: str) -> None:
    """Not a 500."""
    async with procurement.client(orders.buyer) as client:
        answer = await client.get(PATH, params={"page_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "PAGE_TOKEN_INVALID")


async def test_revising_needs_the_version(orders: Orders, procurement: Harness) -> None:
    """Without If-Match 400, with a stale one 412, with the right one the lines are replaced."""
    order_id = await orders.draft()
    change = {"note": "n", "lines": body(orders.site)["lines"][:1]}
    async with procurement.client(orders.buyer) as client:
        none = await client.put(f"{PATH}/{order_id}", json=change)
        stale = await client.put(f"{PATH}/{order_id}", json=change, headers={"If-Match": '"7"'})
        right = await client.put(f"{PATH}/{order_id}", json=change, headers={"If-Match": '"1"'})
        missing = await client.put(f"{PATH}/{new_id()}", json=change, headers={"If-Match": '"1"'})
    assert (none.status_code, none.json()["code"]) == (400, "IF_MATCH_MISSING")
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert right.status_code == 200, right.text
    assert (right.json()["version"], len(right.json()["lines"])) == (2, 1)
    assert right.json()["total"] == "395000.00"
    assert missing.status_code == 404


async def test_the_hot_list_says_what_the_model_says(orders: Orders, procurement: Harness) -> None:
    """Rows that become JSON without a model have the same bytes as the order itself, in every filter."""
    order_id = await orders.approved()
    async with procurement.client(orders.sales) as client:
        one = (await client.get(f"{PATH}/{order_id}")).json()
        for name in ("project_id", "supplier_id", "buyer_id", "state", "number"):
            [listed] = (await client.get(PATH, params={name: one[name]})).json()["items"]
            assert listed == {field: value for field, value in one.items() if field != "lines"}
        assert (await client.get(PATH, params={"state": "draft"})).json()["items"] == []


@pytest.mark.parametrize(
    "instant", ["2026-01-31T16:00:00Z", "2026-01-31T16:00:00.120000Z", "2026-01-31T16:00:00.000001Z"]
)
async def test_the_hot_list_writes_texts_and_instants_as_the_model_does(
    orders: Orders, procurement: Harness, instant: str
) -> None:
    """PostgreSQL writes the list, Pydantic the order: quotes, control characters and fractions of a second agree."""
    order_id = await orders.draft()
    note = 'a "b" \\ / \t \n \x08 \x0c \x1f \x7f é 㛃 𬎆 \u2028'
    async with procurement.sql() as connection:
        await connection.execute(
            "UPDATE orders SET created_at = $2::text::timestamptz, note = $3 WHERE id = $1", order_id, instant, note
        )
    async with procurement.client(orders.buyer) as client:
        one = (await client.get(f"{PATH}/{order_id}")).json()
        [listed] = (await client.get(PATH)).json()["items"]
    assert (one["created_at"], one["note"]) == (instant, note)
    assert listed == {field: value for field, value in one.items() if field != "lines"}


async def test_a_hot_route_remembers_what_was_asked_not_who_asked(orders: Orders, procurement: Harness) -> None:
    """The same query string again: another's rows stay hidden, no token is no token, a fault is found beside it."""
    order_id = await orders.draft()
    asked = {"page_size": "7", "state": "draft"}
    async with procurement.client(orders.buyer) as client:
        first, again = [(await client.get(PATH, params=asked)).json() for _ in range(2)]
        wrong = [await client.get(PATH, params=asked | {"page_size": "0"}) for _ in range(2)]
        unknown = await client.get(PATH, params=asked | {"x": "1"})
    async with procurement.client(orders.sales) as client:
        theirs = (await client.get(PATH, params=asked)).json()
    async with procurement.client(None) as client:
        nobody = await client.get(PATH, params=asked)
    assert first == again
    assert [item["id"] for item in first["items"]] == [str(order_id)]
    assert [(answer.status_code, answer.json()["errors"][0]["pointer"]) for answer in wrong] == [
        (422, "query:page_size")
    ] * 2
    assert (unknown.status_code, theirs["items"], nobody.status_code) == (422, [], 401)
