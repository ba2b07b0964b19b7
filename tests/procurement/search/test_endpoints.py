"""The REST door of search: what is found, in which order, by whom; bad input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders, Site, body
from tests.procurement.suppliers.conftest import Dealing

PATH = "/procurement/v1/search"


async def search(harness: Harness, who: Principal, **query: Any) -> dict[str, list[dict[str, Any]]]:
    """Hits by kind."""
    async with harness.client(who) as client:
        answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return {one["kind"]: one["items"] for one in answer.json()["kinds"]}


@dataclass
class Shelf:
    """Materials with a mark of this test's own, so that other tests' rows are not in the way."""

    harness: Harness
    mark: str
    codes: list[str]

    async def codes_of(self, query: str, **more: Any) -> list[str]:
        """The codes of this test's materials that are found."""
        who = organisation(Kind.LESSOR).as_(Role.VIEWER)
        found = await search(self.harness, who, q=query, kinds="materials", limit=50, **more)
        return [one["code"] for one in found["materials"] if one["code"] in self.codes]


ROWS = (
    ("热轧带肋钢筋", "hot rolled ribbed bar", "HRB400 Φ12"),
    ("热镀锌钢管", "galvanised tube", "DN100 100%镀锌"),
    ("乳胶漆", "latex paint", "A_1 ＤＮ型"),
)


@pytest.fixture
async def shelf(procurement: Harness) -> Shelf:
    """Three materials."""
    mark = f"m{new_id().hex[-10:]}"
    first = new_id().int % 90_000_000
    codes = [f"{first + number:08d}" for number in range(len(ROWS))]
    async with procurement.sql() as connection:
        await connection.executemany(
            "INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification,"
            " retired) VALUES (gen_random_uuid(), 1, now(), now(), $1, $2, $3, $4, false)",
            [(code, zh, en, f"{spec} {mark}") for code, (zh, en, spec) in zip(codes, ROWS, strict=True)],
        )
    return Shelf(procurement, mark, codes)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("钢筋", [0]),
        ("带肋钢", [0]),
        ("热轧 钢筋", [0]),
        ("筋钢", []),
        ("hrb400", [0]),
        ("HRB400 钢筋", [0]),
        ("HRB400 钢管", []),
        ("TUBE", [1]),
        ("100%", [1]),
        ("0%镀", [1]),
        ("A_1", [2]),
        ("A%1", []),
        ("D_1", []),
        ("dn型", [2]),
        ("Ｄｎ１００", [1]),
        ("φ12", [0]),
        ("热 钢管", [1]),
        ("\\", None),
    ],
)
async def test_words_are_found_as_they_are_written(shelf: Shelf, query: str, expected: list[int] | None) -> None:
    """Two Chinese characters, parts of words, full and half width, both cases; wildcards are characters."""
    if expected is None:
        assert await shelf.codes_of(f"{query} {shelf.mark}") == []
        return
    assert await shelf.codes_of(f"{query} {shelf.mark}") == [shelf.codes[number] for number in expected]


async def test_the_code_itself_comes_first(shelf: Shelf) -> None:
    """Before a material that names the code in its specification, whatever its own code is; prefixes come next."""
    code = shelf.codes[2]
    async with shelf.harness.sql() as connection:
        await connection.execute(
            "UPDATE materials SET specification = $1 WHERE code = $2", f"replaces {code}", shelf.codes[0]
        )
    assert await shelf.codes_of(code) == [code, shelf.codes[0]]
    assert code in await shelf.codes_of(code[:7])


async def test_retired_materials_are_not_found(shelf: Shelf) -> None:
    async with shelf.harness.sql() as connection:
        await connection.execute("UPDATE materials SET retired = true WHERE code = $1", shelf.codes[1])
    assert await shelf.codes_of(f"热 {shelf.mark}") == [shelf.codes[0]]


async def test_orders_by_number_note_and_material(orders: Orders) -> None:
    """Each once, the newest first; the supplier finds what it has been shown."""
    site, note = orders.site, f"塔楼{new_id().hex[-8:]}"
    noted = await orders.draft(note=f"{note} 加急")
    number = (await orders.read(noted)).number
    shown = await orders.approved(note=note)
    found = await search(orders.harness, orders.buyer, q=note, kinds="orders")
    assert [one["id"] for one in found["orders"]] == [str(shown), str(noted)]
    assert [one["id"] for one in (await search(orders.harness, orders.buyer, q=number))["orders"]] == [str(noted)]
    by_material = (await search(orders.harness, orders.buyer, q="圆钢"))["orders"]
    assert [one["id"] for one in by_material] == [str(shown), str(noted)]
    assert by_material[0]["link"] == f"/procurement/v1/orders/{shown}"
    assert [one["id"] for one in (await search(orders.harness, orders.sales, q=note))["orders"]] == [str(shown)]
    for who in (organisation(Kind.CONTRACTOR), organisation(Kind.SUPPLIER), organisation(*Kind)):
        for query in (note, number, "圆钢"):
            assert (await search(orders.harness, who.as_(*Role), q=query, kinds="orders"))["orders"] == []
    assert body(site)["lines"][0]["material_code"] == "01090001"


async def test_suppliers_by_name_and_uscc_are_the_buyers_own(procurement: Harness) -> None:
    dealing = Dealing(procurement)
    file_id, _ = await dealing.invited()
    for query in ("宝钢", "钢商贸", dealing.supplier.uscc, dealing.supplier.uscc[:6].lower(), "bao steel"):
        found = await search(dealing.harness, dealing.buyer, q=query, kinds="suppliers")
        assert [one["id"] for one in found["suppliers"]] == [str(file_id)], query
        for who in (organisation(Kind.CONTRACTOR).as_(*Role), dealing.supplier.as_(*Role)):
            assert not (await search(dealing.harness, who, q=query)).get("suppliers"), query


async def test_kinds_that_a_role_may_not_read_are_left_out(procurement: Harness, site: Site) -> None:
    expected = {
        site.contractor.as_(Role.BUYER): ["orders", "materials", "suppliers"],
        site.contractor.as_(Role.ACCOUNTANT): ["materials", "suppliers"],
        site.supplier.as_(Role.SALES): ["orders", "materials"],
        organisation(Kind.AUTHORITY).as_(*Role): ["materials"],
    }
    for who, kinds in expected.items():
        assert list(await search(procurement, who, q="圆钢")) == kinds
        assert list(await search(procurement, who, q="圆钢", kinds=["suppliers", "orders"])) == [
            kind for kind in kinds if kind != "materials"
        ]


async def test_the_best_hits_and_whether_there_are_more(shelf: Shelf) -> None:
    who = organisation(Kind.OWNER).as_(Role.VIEWER)
    async with shelf.harness.client(who) as client:
        for limit, more in ((1, True), (2, True), (3, False), (50, False)):
            query: dict[str, Any] = {"q": shelf.mark, "kinds": "materials", "limit": limit}
            [found] = (await client.get(PATH, params=query)).json()["kinds"]
            assert [one["code"] for one in found["items"]] == shelf.codes[:limit]
            assert found["more"] is more


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "INVALID_ARGUMENT"),
        ({"q": "钢"}, "INVALID_ARGUMENT"),
        ({"q": "钢 管"}, "QUERY_TOO_SHORT"),
        ({"q": "  "}, "QUERY_TOO_SHORT"),
        ({"q": "a\x00b"}, "INVALID_ARGUMENT"),
        ({"q": "圆钢", "kinds": "people"}, "INVALID_ARGUMENT"),
        ({"q": "圆钢", "limit": 51}, "INVALID_ARGUMENT"),
        ({"q": "圆钢", "page": 2}, "INVALID_ARGUMENT"),
    ],
)
async def test_bad_input(procurement: Harness, query: dict[str, Any], code: str) -> None:
    async with procurement.client(organisation(Kind.OWNER).as_(Role.BUYER)) as client:
        answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"]
