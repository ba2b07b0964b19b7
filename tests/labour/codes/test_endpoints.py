"""The REST door of codes."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, organisation

READER = organisation(Kind.SUPPLIER).as_(Role.SALES)


async def test_every_member_of_the_platform_reads_the_tables(labour: Harness) -> None:
    async with labour.client(READER) as client:
        tables = await client.get("/labour/v1/codes")
        codes = await client.get("/labour/v1/codes/id_card_type")
    sizes = {one["name"]: (one["size"], one["edition"]) for one in tables.json()["items"]}
    assert (sizes["work_type"], sizes["nation"]) == ((37, "2019"), (58, "1991"))
    passport = {"code": "08", "zh": "护照", "en": "passport", "valid_from": "2019-01-01", "valid_to": None}
    assert passport in codes.json()["items"]


async def test_age_rules_name_their_source(labour: Harness) -> None:
    async with labour.client(READER) as client:
        answer = await client.get("/labour/v1/age-rules")
    assert all(rule["source"] and rule["valid_from"] and rule["status"] for rule in answer.json()["items"])


@pytest.mark.parametrize(("path", "status"), [("/labour/v1/codes/nonsense", 404), ("/labour/v1/codes?x=1", 200)])
async def test_odd_paths(labour: Harness, path: str, status: int) -> None:
    async with labour.client(READER) as client:
        assert (await client.get(path)).status_code == status


async def test_nobody_reads_without_a_token(labour: Harness) -> None:
    async with labour.client(None) as client:
        assert (await client.get("/labour/v1/codes")).status_code == 401
