"""The REST door of budgets."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import Site


def path(site: Site, what: str = "budget") -> str:
    """A route of the site's project."""
    return f"/projects/v1/projects/{site.project_id}/{what}"


def body(*lines: dict[str, Any]) -> dict[str, Any]:
    """A good request, with other lines when some are given."""
    good = [
        {"cost_code": "02-FRAME", "name": "主体结构", "amount": "50000"},
        {"cost_code": "01-STEEL", "name": "钢筋", "amount": "1200000.00"},
    ]
    return {"currency": "CNY", "lines": list(lines) or good}


async def test_set_read_replace(project_mgmt: Harness, site: Site) -> None:
    """Lines in cost-code order with what is reserved and left; totals beside them."""
    async with project_mgmt.client(site.contractor.as_(Role.COST_CONTROLLER)) as client:
        nothing = await client.get(path(site))
        made = await client.put(path(site), json=body())
        await site.commit(new_id(), **{"01_STEEL": "200000.00"})
        found = await client.get(path(site))
        unaware = await client.put(path(site), json=body())
        stale = await client.put(path(site), json=body(), headers={"If-Match": '"7"'})
        low = await client.put(
            path(site),
            json=body({"cost_code": "01-STEEL", "name": "钢筋", "amount": "1.00"}),
            headers={"If-Match": found.headers["etag"]},
        )
        replaced = await client.put(
            path(site),
            json=body({"cost_code": "01-STEEL", "name": "钢筋", "amount": "200000.00"}),
            headers={"If-Match": found.headers["etag"]},
        )
    assert (nothing.status_code, nothing.json()["code"]) == (404, "BUDGET_NOT_FOUND")
    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    assert found.json()["lines"] == [
        {
            "cost_code": "01-STEEL",
            "name": "钢筋",
            "amount": "1200000.00",
            "reserved": "200000.00",
            "confirmed": "0.00",
            "left": "1000000.00",
            "overdrawn": False,
        },
        {
            "cost_code": "02-FRAME",
            "name": "主体结构",
            "amount": "50000.00",
            "reserved": "0.00",
            "confirmed": "0.00",
            "left": "50000.00",
            "overdrawn": False,
        },
    ]
    assert {name: found.json()[name] for name in ("amount", "reserved", "left", "overdrawn")} == {
        "amount": "1250000.00",
        "reserved": "200000.00",
        "left": "1050000.00",
        "overdrawn": False,
    }
    assert (unaware.status_code, unaware.json()["code"]) == (409, "BUDGET_EXISTS")
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (low.status_code, low.json()["code"]) == (409, "BUDGET_BELOW_COMMITTED")
    assert low.json()["metadata"]["committed"] == "200000.00"
    assert (replaced.status_code, replaced.headers["etag"], replaced.json()["left"]) == (200, '"2"', "0.00")


async def test_commitments(project_mgmt: Harness, site: Site) -> None:
    """Newest first, in pages, narrowed by state and order."""
    await site.set_budget(A="100.00")
    orders = [new_id() for _ in range(3)]
    for order_id in orders:
        await site.commit(order_id, A="10.00")
    async with project_mgmt.client(site.manager) as client:
        first = (await client.get(path(site, "commitments"), params={"page_size": 2})).json()
        token = first["next_page_token"]
        second = (await client.get(path(site, "commitments"), params={"page_size": 2, "page_token": token})).json()
        one = (await client.get(path(site, "commitments"), params={"order_id": str(orders[1])})).json()
        none = (await client.get(path(site, "commitments"), params={"state": "confirmed"})).json()
        wrong = await client.get(path(site, "commitments"), params={"state": "forgotten"})
    assert [item["order_id"] for item in first["items"] + second["items"]] == [str(one) for one in orders[::-1]]
    assert second["next_page_token"] == ""
    [found] = one["items"]
    assert (found["state"], found["expires_at"]) == ("reserved", "2026-11-23T04:15:00Z")
    assert found["lines"] == [{"cost_code": "A", "amount": "10.00"}]
    assert none["items"] == []
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "query:state")


LINE = {"cost_code": "01-STEEL", "name": "钢筋", "amount": "1.00"}
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("float", body(LINE | {"amount": 1.5}), "/lines/0/amount", "DECIMAL_STRING"),
    ("negative", body(LINE | {"amount": "-1"}), "/lines/0/amount", "OUT_OF_RANGE"),
    ("too precise", body(LINE | {"amount": "1.001"}), "/lines/0/amount", "TOO_PRECISE"),
    ("too large", body(LINE | {"amount": "1" + "0" * 16}), "/lines/0/amount", "TOO_LARGE"),
    ("no lines", body() | {"lines": []}, "/lines", "TOO_SHORT"),
    ("twice", body(LINE, LINE), "", "DUPLICATE_COST_CODE"),
    ("code", body(LINE | {"cost_code": "钢"}), "/lines/0/cost_code", "STRING_PATTERN_MISMATCH"),
    ("currency", body() | {"currency": "yuan"}, "/currency", "STRING_PATTERN_MISMATCH"),
    ("unknown field", body(LINE | {"reserved": "1.00"}), "/lines/0/reserved", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "bad", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    project_mgmt: Harness, site: Site, name: str, bad: dict[str, Any], pointer: str, code: str
) -> None:
    """A clear problem that points at the fault."""
    before = await project_mgmt.checksum()
    async with project_mgmt.client(site.manager) as client:
        answer = await client.put(path(site), json=bad)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await project_mgmt.checksum() == before


async def test_who_sets_and_who_sees(project_mgmt: Harness, site: Site) -> None:
    """A supplier of the project sees no money; a steering party sees it but does not set it; strangers see nothing."""
    await site.set_budget(A="100.00")
    before = await project_mgmt.checksum()
    stranger = organisation(Kind.CONTRACTOR)
    cases = [
        (site.contractor.as_(Role.VIEWER), 200, 403, "ROLE_MISSING"),
        (site.contractor.as_(Role.GATE_DEVICE), 403, 403, "ROLE_MISSING"),
        (site.owner.as_(Role.COST_CONTROLLER), 200, 403, "PROJECT_READ_ONLY"),
        (site.supervisor.as_(Role.PROJECT_MANAGER), 200, 403, "ROLE_MISSING"),
        (site.supplier.as_(Role.VIEWER), 404, 403, "ROLE_MISSING"),
        (stranger.as_(Role.COST_CONTROLLER), 404, 404, "PROJECT_NOT_FOUND"),
        (organisation(Kind.AUTHORITY).as_(Role.VIEWER), 200, 403, "ROLE_MISSING"),
    ]
    for principal, reading, writing, code in cases:
        async with project_mgmt.client(principal) as client:
            for what in ("budget", "commitments"):
                assert (await client.get(path(site, what))).status_code == reading
            answer = await client.put(path(site), json=body(), headers=key() | {"If-Match": '"1"'})
            assert (answer.status_code, answer.json()["code"]) == (writing, code)
    async with project_mgmt.client(None) as client:
        assert (await client.get(path(site))).status_code == 401
    assert await project_mgmt.checksum() == before
