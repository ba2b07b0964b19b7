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
        site.contractor.as_(Role.LABOUR_CLERK): ["materials"],
        site.supplier.as_(Role.SALES): ["orders", "materials"],
        organisation(Kind.AUTHORITY).as_(*Role): ["materials"],
    }
    for who, kinds in expected.items():
        assert list(await search(procurement, who, q="圆钢")) == kinds
        assert list(await search(procurement, who, q="圆钢", kinds=["suppliers", "orders"])) == [
            kind for kind in kinds if kind != "materials"
        ]


async def test_the_best_hits_and_their_next_pages(shelf: Shelf) -> None:
    """By rank, then by code: the code itself, then those that begin so, then the rest, each once, in any page size."""
    who, codes = organisation(Kind.OWNER).as_(Role.VIEWER), [shelf.codes[2], shelf.codes[0], shelf.codes[1]]
    query: dict[str, Any] = {"q": codes[0]}
    async with shelf.harness.sql() as connection:
        for code in codes[1:]:
            await connection.execute(
                "UPDATE materials SET specification = $1 WHERE code = $2", f"replaces {codes[0]}", code
            )
    async with shelf.harness.client(who) as client:
        for size in (1, 2, 3):
            [first] = (await client.get(PATH, params=query | {"kinds": "materials", "limit": size})).json()["kinds"]
            seen, token = [one["code"] for one in first["items"]], first["next_page_token"]
            assert bool(token) is (size < 3)
            while token:
                page = (
                    await client.get(f"{PATH}/materials", params=query | {"page_size": size, "page_token": token})
                ).json()
                seen, token = seen + [one["code"] for one in page["items"]], page["next_page_token"]
            assert seen == codes


async def test_pages_of_orders_and_suppliers(orders: Orders) -> None:
    """The newest order first; pages stay as they are while orders are written; another firm has none."""
    note = f"塔楼{new_id().hex[-8:]}"
    written = [str(await orders.draft(note=note)) for _ in range(3)]
    async with orders.harness.client(orders.buyer) as client:
        query: dict[str, Any] = {"q": note, "page_size": 2}
        first = (await client.get(f"{PATH}/orders", params=query)).json()
        await orders.draft(note=note)
        query["page_token"] = first["next_page_token"]
        second = (await client.get(f"{PATH}/orders", params=query)).json()
        assert [one["id"] for one in first["items"] + second["items"]] == written[::-1]
        assert second["next_page_token"] == ""
    dealing = Dealing(orders.harness)
    files = [str((await dealing.invited())[0]) for _ in range(1)]
    async with orders.harness.client(dealing.buyer) as client:
        page = (await client.get(f"{PATH}/suppliers", params={"q": "宝钢", "page_size": 1})).json()
    assert [one["id"] for one in page["items"]] == files
    for who in (organisation(Kind.CONTRACTOR).as_(*Role), orders.site.contractor.as_(Role.LABOUR_CLERK)):
        async with orders.harness.client(who) as client:
            assert (await client.get(f"{PATH}/orders", params={"q": note})).json()["items"] == []


@pytest.mark.parametrize(
    ("kind", "query", "status", "code"),
    [
        ("people", {"q": "圆钢"}, 422, "INVALID_ARGUMENT"),
        ("orders", {"q": "钢"}, 422, "INVALID_ARGUMENT"),
        ("orders", {"q": "钢 管"}, 422, "QUERY_TOO_SHORT"),
        ("orders", {"q": "圆钢", "limit": 5}, 422, "INVALID_ARGUMENT"),
        ("orders", {"q": "圆钢", "page_token": "WzFd"}, 400, "PAGE_TOKEN_INVALID"),
    ],
)
async def test_bad_pages(procurement: Harness, kind: str, query: dict[str, Any], status: int, code: str) -> None:
    async with procurement.client(organisation(Kind.OWNER).as_(Role.BUYER)) as client:
        answer = await client.get(f"{PATH}/{kind}", params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


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
