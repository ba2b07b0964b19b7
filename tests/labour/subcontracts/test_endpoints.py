"""The REST door of subcontracts."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site
from tests.labour.subcontracts.conftest import draft, keeper

PATH = "/labour/v1/subcontracts"


def body(site: Site, **changes: Any) -> dict[str, Any]:
    """A subcontract as it comes in."""
    return {
        "project_id": str(site.project_id),
        "subcontractor_id": str(site.subcontractor.id),
        "number": "FB-2026-001",
        "scope": "主体结构劳务",
        "amount": "1200000.00",
        "starts_on": "2026-03-01",
        "qualification": {"number": "D344000001", "category": "施工劳务", "valid_until": "2027-06-30"},
    } | changes


async def test_record_change_activate_end(labour: Harness, site: Site) -> None:
    async with labour.client(keeper(site)) as client:
        made = await client.post(PATH, json=body(site), headers=key())
        id_ = made.json()["id"]
        changed = await client.patch(f"{PATH}/{id_}", json={"amount": "99.50"}, headers={"If-Match": '"1"'})
        active = await client.post(f"{PATH}/{id_}:activate", headers=key())
        qualification = {"number": "D2", "category": "施工劳务", "valid_until": "2028-06-30"}
        renewed = await client.post(f"{PATH}/{id_}:renew-qualification", json=qualification, headers=key())
        ended = await client.post(f"{PATH}/{id_}:end", json={"reason": "完工"}, headers=key())
        listed = await client.get(PATH, params={"project_id": str(site.project_id)})
    assert (made.status_code, made.json()["state"], made.json()["currency"]) == (201, "draft", "CNY")
    assert (changed.json()["amount"], active.json()["state"]) == ("99.50", "active")
    assert renewed.json()["qualification_valid_until"] == "2028-06-30"
    assert (ended.json()["state"], ended.json()["ended_on"]) == ("ended", "2026-11-23")
    assert [one["id"] for one in listed.json()["items"]] == [id_]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"amount": "-1.00"}, "/amount", "OUT_OF_RANGE"),
    ({"amount": 12}, "/amount", "DECIMAL_STRING"),
    ({"ends_on": "2026-02-01"}, "/ends_on", "DATES_BACKWARDS"),
    ({"state": "active"}, "/state", "EXTRA_FORBIDDEN"),
    ({"qualification": {"number": "D", "category": "x"}}, "/qualification/valid_until", "MISSING"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BAD, ids=[code + pointer for _, pointer, code in BAD])
async def test_bad_input_is_named_and_changes_nothing(
    labour: Harness, site: Site, changes: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    async with labour.client(keeper(site)) as client:
        answer = await client.post(PATH, json=body(site, **changes), headers=key())
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await labour.checksum() == before


DENIED = [
    (Kind.CONTRACTOR, Role.VIEWER),
    (Kind.LABOUR_SUBCONTRACTOR, Role.LABOUR_CLERK),
    (Kind.OWNER, Role.PROJECT_MANAGER),
    (Kind.AUTHORITY, Role.LABOUR_CLERK),
]


@pytest.mark.parametrize(("kind", "role"), DENIED)
async def test_who_may_not_changes_nothing(labour: Harness, site: Site, kind: Kind, role: Role) -> None:
    made = await draft(site)
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answers = [
            await client.post(PATH, json=body(site), headers=key()),
            await client.patch(f"{PATH}/{made.id}", json={"scope": "x"}, headers={"If-Match": '"1"'}),
            await client.post(f"{PATH}/{made.id}:activate", headers=key()),
            await client.post(f"{PATH}/{made.id}:end", json={}, headers=key()),
        ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert await labour.checksum() == before
