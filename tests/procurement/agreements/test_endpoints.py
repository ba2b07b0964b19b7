"""The REST door of agreements."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from chassis.ids import new_id
from tests.harness import Harness, key
from tests.procurement.agreements.conftest import Agreements
from tests.procurement.catalogue import bar
from tests.procurement.prices.deals import publish

PATH = "/procurement/v1/agreements"


def body(agreements: Agreements, **changes: Any) -> dict[str, Any]:
    """A good request: one fixed price, one formula."""
    return {
        "name": "2027年度钢材集中采购",
        "kind": "centralised",
        "supplier_id": str(agreements.site.supplier.id),
        "valid_from": "2026-11-01",
        "valid_to": "2027-10-31",
        "hard_cap": "1000000.00",
        "items": [
            {"material_code": "01090001", "unit": "t", "unit_price": "3900.00", "hard_cap": "200"},
            {
                "material_code": "01090001",
                "unit": "t",
                "formula": {"region": "440300", "discount_percent": "1.50", "surcharge": True},
            },
        ],
        "entitlements": [{"organisation_id": str(agreements.site.contractor.id), "hard_cap": "500000.00"}],
    } | changes


async def test_from_the_draft_to_the_call_off(agreements: Agreements, procurement: Harness) -> None:
    """Each side does its part over REST; a repeated call-off is one order; what is left is shown."""
    head, site = agreements.head, agreements.site
    boss = procurement.client(head.as_(Role.APPROVER))
    async with procurement.client(head.as_(Role.BUYER)) as client, boss as approver:
        made = await client.post(PATH, json=body(agreements, number="FA-1"), headers=key())
        taken = await client.post(PATH, json=body(agreements, number="FA-1"), headers=key())
        path = f"{PATH}/{made.json()['id']}"
        found = await client.get(path)
        revised = await client.put(path, json=terms(body(agreements, note="n")), headers={"If-Match": '"1"'})
        proposed = await approver.post(f"{path}:propose", headers=key())
        late = await client.put(path, json=terms(body(agreements)), headers={"If-Match": proposed.headers["ETag"]})
    assert (made.status_code, made.json()) == (201, found.json())
    assert made.json()["items"][1]["discount_percent"] == "-1.50"
    assert (taken.status_code, taken.json()["code"]) == (409, "AGREEMENT_NUMBER_TAKEN")
    assert (revised.json()["version"], revised.json()["note"], len(revised.json()["items"])) == (2, "n", 2)
    assert (proposed.json()["state"], late.json()["code"]) == ("proposed", "INVALID_STATE")
    async with procurement.client(site.supplier.as_(Role.SALES)) as client:
        signed = await client.post(f"{path}:sign", headers=key())
    assert signed.json()["state"] == "active"
    item = signed.json()["items"][0]["id"]
    line = {"item_id": item, "quantity": "100", "cost_code": "01-STEEL", "needed_by": "2026-12-20"}
    wanted = {"orders": [{"project_id": str(site.project_id), "lines": [line]}]}
    header = key()
    async with procurement.client(site.contractor.as_(Role.BUYER)) as client:
        first = await client.post(f"{path}:call-off", json=wanted, headers=header)
        again = await client.post(f"{path}:call-off", json=wanted, headers=header)
        more = await client.post(f"{path}:call-off", json=wanted, headers=key())
        usage = (await client.get(f"{path}/usage")).json()["levels"]
        [listed] = (await client.get(f"{path}/call-offs")).json()["items"]
        order = (await client.get(f"/procurement/v1/orders/{listed['order_id']}")).json()
    assert (first.status_code, again.content) == (201, first.content)
    assert [listed] == first.json()["call_offs"]
    assert (more.status_code, more.json()["code"]) == (409, "CAP_EXCEEDED")
    assert more.json()["metadata"]["left"] == "110000.00"
    assert (order["origin"], order["lines"][0]["unit_price"]) == ("agreement", "3900.000000")
    by_scope = {level["scope"]: level for level in usage}
    assert (by_scope["item:1"]["ordered"], by_scope["item:1"]["left"]) == ("100.000000", "100.000000")
    assert by_scope["item:2"]["left"] is None
    assert by_scope["agreement"]["left"] == "610000.00"


def terms(full: dict[str, Any]) -> dict[str, Any]:
    """The part of a request that a revision takes."""
    return {name: value for name, value in full.items() if name != "supplier_id"}


ITEM = {"material_code": "01090001", "unit": "t", "unit_price": "3900.00"}
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"items": []}, "/items", "TOO_SHORT"),
    ({"items": [ITEM | {"unit_price": "-1"}]}, "/items/0/unit_price", "OUT_OF_RANGE"),
    ({"items": [ITEM | {"formula": {"region": "440300"}}]}, "/items/0", "ONE_PRICE"),
    ({"items": [{"material_code": "01090001", "unit": "t"}]}, "/items/0", "ONE_PRICE"),
    ({"items": [ITEM | {"hard_cap": "0"}]}, "/items/0/hard_cap", "OUT_OF_RANGE"),
    ({"items": [ITEM | {"soft_cap": "2", "hard_cap": "1"}]}, "/items/0", "SOFT_ABOVE_HARD"),
    ({"items": [ITEM | {"unit": "m3"}]}, "/items/0/material_code", "MATERIAL_UNIT_UNKNOWN"),
    (
        {
            "items": [
                {
                    "material_code": "01090001",
                    "unit": "t",
                    "formula": {"region": "440300", "discount_percent": "1.00", "discount_amount": "1"},
                }
            ]
        },
        "/items/0/formula",
        "TWO_DISCOUNTS",
    ),
    ({"valid_to": "2026-10-31"}, "", "VALIDITY_REVERSED"),
    ({"entitlements": []}, "/entitlements", "TOO_SHORT"),
    ({"kind": "gentlemen"}, "/kind", "ENUM"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
async def test_bad_input_changes_nothing(
    agreements: Agreements, procurement: Harness, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = await procurement.checksum()
    async with procurement.client(agreements.head.as_(Role.BUYER)) as client:
        answer = await client.post(PATH, json=body(agreements, **change), headers=key())
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert await procurement.checksum() == before


CALLS: list[tuple[dict[str, Any], int, str]] = [
    ({"item_id": str(new_id())}, 422, "INVALID_ARGUMENT"),
    ({"quantity": "0"}, 422, "INVALID_ARGUMENT"),
    ({"unit_price": "1.00"}, 422, "INVALID_ARGUMENT"),
]


@pytest.mark.parametrize(("change", "status", "code"), CALLS)
async def test_a_bad_call_off_changes_nothing(
    agreements: Agreements, procurement: Harness, change: dict[str, Any], status: int, code: str
) -> None:
    """Above all the price is not the caller's to say."""
    agreement = await agreements.active()
    line = {"item_id": str(agreement.items[0].id), "quantity": "1", "cost_code": "A"} | change
    wanted = {"orders": [{"project_id": str(agreements.site.project_id), "lines": [line]}]}
    before = await procurement.checksum()
    async with procurement.client(agreements.site.contractor.as_(Role.BUYER)) as client:
        answer = await client.post(f"{PATH}/{agreement.id}:call-off", json=wanted, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("published", "currency", "expected"),
    [
        ("t,4000.00,3539.82", "CNY", (201, "4060.000000")),
        ("kg,4.00,3.53982", "CNY", (201, "4060.000000")),
        ("m,1.58,1.40", "CNY", (201, "4060.000000")),
        ("根,100,90", "CNY", (409, "UNITS_DO_NOT_CONVERT")),
        ("", "CNY", (409, "PUBLISHED_PRICE_MISSING")),
        ("t,4000.00,3539.82", "EUR", (409, "PUBLISHED_PRICE_MISSING")),
    ],
)
async def test_a_formula_takes_the_published_price(
    agreements: Agreements, procurement: Harness, published: str, currency: str, expected: tuple[int, str]
) -> None:
    """Through the door as it is wired: 1.5 % above what is published for the region, tax included, per the item's
    unit; without a published price the call-off is refused, not guessed."""
    code = await bar(procurement, "t", "kg", "m", "根")
    if published:
        await publish(procurement, f"{code},{published}")
    agreed = body(agreements, currency=currency)
    agreed["items"][1]["material_code"] = code
    async with procurement.client(agreements.head.as_(Role.BUYER)) as client:
        made = (await client.post(PATH, json=agreed, headers=key())).json()
    async with procurement.client(agreements.head.as_(Role.APPROVER)) as client:
        await client.post(f"{PATH}/{made['id']}:propose", headers=key())
    async with procurement.client(agreements.site.supplier.as_(Role.SALES)) as client:
        await client.post(f"{PATH}/{made['id']}:sign", headers=key())
    line = {"item_id": made["items"][1]["id"], "quantity": "1", "cost_code": "A"}
    wanted = {"orders": [{"project_id": str(agreements.site.project_id), "lines": [line]}]}
    async with procurement.client(agreements.site.contractor.as_(Role.BUYER)) as client:
        answer = await client.post(f"{PATH}/{made['id']}:call-off", json=wanted, headers=key())
    found = answer.json()
    said = found["call_offs"][0]["lines"][0]["unit_price"] if answer.is_success else found["code"]
    assert (answer.status_code, said) == expected


async def test_the_wrong_roles_change_nothing(agreements: Agreements, procurement: Harness) -> None:
    """A buyer binds nobody, an approver does not call off, a supplier does not suspend."""
    agreement = await agreements.active()
    path = f"{PATH}/{agreement.id}"
    head, site = agreements.head, agreements.site
    line = {"item_id": str(agreement.items[0].id), "quantity": "1", "cost_code": "A"}
    order = {"orders": [{"project_id": str(site.project_id), "lines": [line]}]}
    before = await procurement.checksum()
    for who, verb, payload, code in (
        (head.as_(Role.BUYER), ":end", {"reason": "x"}, "ROLE_MISSING"),
        (site.contractor.as_(Role.APPROVER), ":suspend", {"reason": "x"}, "OTHER_SIDE"),
        (site.contractor.as_(Role.APPROVER), ":call-off", order, "ROLE_MISSING"),
        (site.supplier.as_(Role.SALES), ":suspend", {"reason": "x"}, "ROLE_MISSING"),
        (head.as_(Role.APPROVER), ":sign", None, "ROLE_MISSING"),
    ):
        async with procurement.client(who) as client:
            answer = await client.post(path + verb, json=payload, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, code), verb
    assert await procurement.checksum() == before
