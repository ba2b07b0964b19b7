"""The REST door of own codes."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.procurement.catalogue import bar

PATH = "/procurement/v1/buyer-codes"


def row(own_code: str, material_code: str, name: str = "") -> dict[str, str]:
    return {"own_code": own_code, "material_code": material_code, "name": name}


async def test_map_look_up_map_again(procurement: Harness) -> None:
    """Created, then unchanged, then updated; the mapping before is in the audit."""
    buyer = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    first, second = await bar(procurement), await bar(procurement)
    async with procurement.client(buyer) as client:
        answers = [
            await client.post(f"{PATH}:batch", json={"rows": [row("GJ/08", code, "圆钢 φ8")]}, headers=key())
            for code in (first, first, second)
        ]
        found = await client.get(PATH, params={"own_code": "GJ/08"})
        by_material = await client.get(PATH, params={"material_code": first})
    assert [answer.json()["rows"][0]["status"] for answer in answers] == ["created", "unchanged", "updated"]
    [item] = found.json()["items"]
    assert (item["material_code"], item["name"], item["version"]) == (second, "圆钢 φ8", 2)
    assert by_material.json()["items"] == []
    async with procurement.sql() as connection:
        changes = await connection.fetch("SELECT verb, before FROM audit WHERE entity_id = $1 ORDER BY id", item["id"])
    assert [change["verb"] for change in changes] == ["buyer-codes.created", "buyer-codes.updated"]
    assert changes[1]["before"] == {"material_code": first, "name": "圆钢 φ8"}


async def test_a_bad_row_leaves_the_others(procurement: Harness) -> None:
    code = await bar(procurement)
    rows = [
        row("A-1", code),
        row("A-1", code),
        row("", code),
        row("A\t2", code),
        row("A-3", "00000000"),
        row("A-4", code, "x\x07"),
        row("A-5", code),
    ]
    async with procurement.client(organisation(Kind.OWNER).as_(Role.INTEGRATOR)) as client:
        answer = await client.post(f"{PATH}:batch", json={"rows": rows}, headers=key())
    shown = [(one["row"], one["status"], [fault["code"] for fault in one["errors"]]) for one in answer.json()["rows"]]
    assert shown == [
        (0, "created", []),
        (1, "refused", ["OWN_CODE_TWICE"]),
        (2, "refused", ["OWN_CODE_INVALID"]),
        (3, "refused", ["OWN_CODE_INVALID"]),
        (4, "refused", ["MATERIAL_NOT_FOUND"]),
        (5, "refused", ["TEXT_INVALID"]),
        (6, "created", []),
    ]


async def test_a_thousand_rows_in_one_batch(procurement: Harness) -> None:
    """All pages of the list together hold them once each; one more row is refused whole."""
    buyer = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    code = await bar(procurement)
    rows = [row(f"N-{number:04d}", code) for number in range(1_000)]
    async with procurement.client(buyer) as client:
        made = await client.post(f"{PATH}:batch", json={"rows": rows}, headers=key())
        many = await client.post(f"{PATH}:batch", json={"rows": [*rows, row("N-X", code)]}, headers=key())
        listed: list[str] = []
        token = ""
        while not listed or token:
            page = (await client.get(PATH, params={"page_size": 400, "page_token": token})).json()
            listed += [item["own_code"] for item in page["items"]]
            token = page["next_page_token"]
    assert made.json()["taken"] == 1_000
    assert (many.status_code, many.json()["errors"][0]["pointer"]) == (422, "/rows")
    assert listed == [one["own_code"] for one in rows]


async def test_own_codes_are_their_owners(procurement: Harness) -> None:
    """Another buyer neither sees nor changes them; the same code is its own."""
    code, other_code = await bar(procurement), await bar(procurement)
    mine, other = organisation(Kind.CONTRACTOR).as_(Role.BUYER), organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    async with procurement.client(mine) as client:
        await client.post(f"{PATH}:batch", json={"rows": [row("X", code)]}, headers=key())
    async with procurement.client(other) as client:
        assert (await client.get(PATH, params={"own_code": "X"})).json()["items"] == []
        made = await client.post(f"{PATH}:batch", json={"rows": [row("X", other_code)]}, headers=key())
    assert made.json()["rows"][0]["status"] == "created"
    async with procurement.client(mine) as client:
        assert (await client.get(PATH)).json()["items"][0]["material_code"] == code


BAD: list[dict[str, Any]] = [{"rows": []}, {}, {"rows": [{"own_code": 1, "material_code": "01090001"}]}]


@pytest.mark.parametrize("body", BAD)
async def test_bad_input_changes_nothing(procurement: Harness, body: dict[str, Any]) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.BUYER)) as client:
        answer = await client.post(f"{PATH}:batch", json=body, headers=key())
    assert answer.status_code == 422
    assert await procurement.checksum() == before


async def test_who_may_not(procurement: Harness) -> None:
    """A supplier buys nothing, a viewer changes nothing."""
    code = await bar(procurement)
    before = await procurement.checksum()
    for who in (organisation(Kind.SUPPLIER).as_(Role.BUYER), organisation(Kind.CONTRACTOR).as_(Role.VIEWER)):
        async with procurement.client(who) as client:
            answer = await client.post(f"{PATH}:batch", json={"rows": [row("X", code)]}, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before
