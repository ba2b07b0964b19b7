"""The REST door of the rulebook."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation

PATH = "/procurement/v1"
ANYBODY = organisation(Kind.SUPPLIER).as_(Role.VIEWER)
GOOD = {"kind": "direct_limit", "value": "45", "valid_from": "2026-12-01", "source": "采购管理办法 2026"}


async def test_the_calendar_of_a_year(procurement: Harness) -> None:
    async with procurement.client(ANYBODY) as client:
        year = (await client.get(f"{PATH}/calendar/2026")).json()
        unknown = await client.get(f"{PATH}/calendar/2031")
        end = (await client.get(f"{PATH}/working-days", params={"from_day": "2026-12-31", "count": 1})).json()
        beyond = await client.get(f"{PATH}/working-days", params={"from_day": "2027-12-30", "count": 5})
    assert year["provisional"] is False
    assert "国办发明电〔2025〕7号" in year["source"]
    assert year["holidays"][0] == {"day": "2026-01-01", "name": "元旦"}
    assert year["working_weekends"][0] == "2026-01-04"
    assert (unknown.status_code, unknown.json()["code"]) == (404, "CALENDAR_YEAR_NOT_FOUND")
    assert (end["day"], end["provisional"]) == ("2027-01-04", True)
    assert (beyond.status_code, beyond.json()["code"]) == (409, "CALENDAR_ENDS")


async def test_tax_rates_and_price_sources(procurement: Harness) -> None:
    """Page by page, as of a day."""
    async with procurement.client(ANYBODY) as client:
        first = (await client.get(f"{PATH}/tax-rates", params={"page_size": 3})).json()
        rest = (
            await client.get(f"{PATH}/tax-rates", params={"page_size": 3, "page_token": first["next_page_token"]})
        ).json()
        old = (await client.get(f"{PATH}/tax-rates", params={"on": "2019-03-31"})).json()
        sources = (await client.get(f"{PATH}/price-sources")).json()
    assert [rate["percent"] for rate in first["items"] + rest["items"]] == ["13.00", "9.00", "6.00", "3.00", "1.00"]
    assert rest["next_page_token"] == ""
    assert [rate["percent"] for rate in old["items"]] == ["6.00", "3.00"]
    assert {"440300"} <= {source["region"] for source in sources["items"]}


async def test_a_rule_of_ones_own(procurement: Harness) -> None:
    """Set by an administrator, in force from its day on, listed with its source."""
    buyer = organisation(Kind.OWNER)
    async with procurement.client(buyer.as_(Role.ADMIN)) as client:
        made = await client.post(f"{PATH}/rules", json=GOOD, headers=key())
        now = (await client.get(f"{PATH}/rules/direct_limit")).json()
        then = (await client.get(f"{PATH}/rules/direct_limit", params={"on": "2026-12-01"})).json()
        listed = (await client.get(f"{PATH}/rules", params={"kind": "direct_limit"})).json()
    assert made.status_code == 201, made.text
    assert (now["value"], now["own"]) == ("1999999.99", False)
    assert (then["value"], then["own"], then["ref"]) == ("45.00", True, made.json()["id"])
    assert listed["items"] == [made.json()]


@pytest.mark.parametrize("role", [Role.BUYER, Role.APPROVER, Role.SITE_ENGINEER])
async def test_only_an_administrator_sets(procurement: Harness, role: Role) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(role)) as client:
        answer = await client.post(f"{PATH}/rules", json=GOOD, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "mood"}, "/kind", "ENUM"),
        ({"value": "-1"}, "/value", "OUT_OF_RANGE"),
        ({"value": 45}, "/value", "DECIMAL_STRING"),
        ({"value": "30.001"}, "/value", "TOO_PRECISE"),
        ({"valid_from": "2026-02-30"}, "/valid_from", "DATE_FROM_DATETIME_PARSING"),
        ({"valid_from": "2026-11-22"}, "/valid_from", "RULE_IN_THE_PAST"),
        ({"kind": "payment_days"}, "/kind", "SAID_BY_TERMS"),
        ({"source": " "}, "/source", "TOO_SHORT"),
        ({"material_prefix": "x"}, "/material_prefix", "STRING_PATTERN_MISMATCH"),
        ({"value": "2000000"}, "/value", "OVER_THE_CAP"),
    ],
)
async def test_bad_input_changes_nothing(procurement: Harness, change: dict[str, Any], pointer: str, code: str) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.ADMIN)) as client:
        answer = await client.post(f"{PATH}/rules", json=GOOD | change, headers=key())
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await procurement.checksum() == before
