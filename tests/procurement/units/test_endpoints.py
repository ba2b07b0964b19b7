"""The REST door of conversions."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.procurement.catalogue import CONVERSIONS, OPERATOR, bar, fresh_code

PATH = "/procurement/v1/unit-conversions"
CSV = {"Content-Type": "text/csv"}
ANYBODY = organisation(Kind.SUPPLIER).as_(Role.VIEWER)


async def test_a_quantity_in_another_unit(procurement: Harness) -> None:
    """m → t over kg, which is the same for every material; the factor is exact."""
    code = await bar(procurement)
    asked = {"material_code": code, "quantity": "1000", "from_unit": "m", "to_unit": "t"}
    async with procurement.client(ANYBODY) as client:
        found = await client.get(f"{PATH}:convert", params=asked)
        volume = await client.get(f"{PATH}:convert", params=asked | {"to_unit": "m3"})
        listed = await client.get(PATH, params={"material_code": code})
    assert found.json() == {"quantity": "0.395000", "unit": "t", "numerator": 79, "denominator": 200_000}
    assert (volume.status_code, volume.json()["code"]) == (409, "UNITS_DO_NOT_CONVERT")
    own = [row for row in listed.json()["items"] if row["material_code"] == code]
    assert [(row["numerator"], row["denominator"], row["source"]) for row in own] == [(395, 1000, "sample")]
    assert {row["material_code"] for row in listed.json()["items"]} == {code, "*"}


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"quantity": "0"}, 422, "INVALID_ARGUMENT"),
        ({"quantity": "-1"}, 422, "INVALID_ARGUMENT"),
        ({"quantity": "1e3000"}, 422, "INVALID_ARGUMENT"),
        ({"material_code": "1"}, 422, "INVALID_ARGUMENT"),
        ({"material_code": "00000000"}, 404, "MATERIAL_NOT_FOUND"),
    ],
)
async def test_bad_questions(procurement: Harness, changes: dict[str, str], status: int, reason: str) -> None:
    asked = {"material_code": await bar(procurement), "quantity": "1", "from_unit": "m", "to_unit": "t"}
    async with procurement.client(ANYBODY) as client:
        answer = await client.get(f"{PATH}:convert", params=asked | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, reason)


async def test_what_stands_is_never_changed(procurement: Harness) -> None:
    """The same again is unchanged; another factor needs a later day; a second way is refused; bad rows leave others."""
    code = await bar(procurement)
    rows = [
        f"{code},m,kg,79,200,sample,2018-09-01",
        f"{code},kg,m,1000,400,sample,2018-09-01",
        f"{code},m,kg,2,5,sample,2026-01-01",
        f"{code},t,m,2532,1,sample,2018-09-01",
        f"{code},m,m,1,1,sample,2018-09-01",
        f"{fresh_code()},m,kg,1,1,sample,2018-09-01",
    ]
    content = (CONVERSIONS + "\n".join(rows)).encode()
    before = await procurement.checksum()
    async with procurement.client(OPERATOR) as client:
        dry = await client.post(f"{PATH}:import", params={"dry_run": "true"}, content=content, headers=key() | CSV)
        kept = await procurement.checksum()
        made = await client.post(f"{PATH}:import", content=content, headers=key() | CSV)
    expected = [
        ("unchanged", []),
        ("refused", ["CONVERSION_STANDS"]),
        ("created", []),
        ("refused", ["CONVERSION_KNOWN_OTHERWISE"]),
        ("refused", ["UNITS_ARE_THE_SAME"]),
        ("refused", ["MATERIAL_NOT_FOUND"]),
    ]
    for answer in (dry, made):
        shown = [(row["status"], [fault["code"] for fault in row["errors"]]) for row in answer.json()["rows"]]
        assert shown == expected
    assert kept.split("/")[:-1] == before.split("/")[:-1]  # the last is the stored answer of the dry run
    async with procurement.client(ANYBODY) as client:
        asked = {"material_code": code, "quantity": "10", "from_unit": "m", "to_unit": "kg"}
        assert (await client.get(f"{PATH}:convert", params=asked)).json()["quantity"] == "4.000000"


async def test_only_the_operator_imports(procurement: Harness) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.ADMIN, Role.BUYER)) as client:
        answer = await client.post(f"{PATH}:import", content=CONVERSIONS.encode(), headers=key() | CSV)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before
