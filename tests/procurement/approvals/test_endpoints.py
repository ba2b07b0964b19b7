"""The REST door of approval."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation

PATH = "/procurement/v1"
MATRIX: dict[str, Any] = {
    "document_kind": "payment",
    "bands": [
        {"up_to": "1000.00", "roles": ["cost_controller"]},
        {"up_to": None, "roles": ["cost_controller", "project_manager"]},
    ],
    "valid_from": "2026-11-23",
    "source": "公司授权手册 2026",
}
DELEGATION: dict[str, Any] = {
    "to_subject": "deputy",
    "roles": ["approver"],
    "valid_from": "2026-11-23",
    "valid_to": "2026-12-01",
    "absent": True,
    "reason": "年假",
}


async def test_a_matrix_of_ones_own(procurement: Harness) -> None:
    """What POST says the list says; in force it shows the limit of each role."""
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.ADMIN)) as client:
        default = (await client.get(f"{PATH}/approval-matrices/payment")).json()
        made = await client.post(f"{PATH}/approval-matrices", json=MATRIX, headers=key())
        now = (await client.get(f"{PATH}/approval-matrices/payment")).json()
        before = (await client.get(f"{PATH}/approval-matrices/payment", params={"on": "2026-11-22"})).json()
        listed = (await client.get(f"{PATH}/approval-matrices", params={"document_kind": "payment"})).json()
        others = (await client.get(f"{PATH}/approval-matrices", params={"document_kind": "order"})).json()
    assert made.status_code == 201, made.text
    assert made.json()["bands"] == MATRIX["bands"]
    assert (now["ref"], before) == (made.json()["id"], default)
    assert now["limits"] == [
        {"role": "cost_controller", "up_to": "1000.00"},
        {"role": "project_manager", "up_to": None},
    ]
    assert listed["items"] == [made.json()]
    assert others["items"] == []


async def test_a_delegation_and_its_end(procurement: Harness) -> None:
    firm = organisation(Kind.CONTRACTOR)
    approver = firm.as_(Role.APPROVER)
    async with procurement.client(approver) as client:
        made = await client.post(f"{PATH}/delegations", json=DELEGATION, headers=key())
        assert made.status_code == 201, made.text
        one = f"{PATH}/delegations/{made.json()['id']}:revoke"
        stale = await client.post(one, headers=key() | {"If-Match": '"7"'})
        ended = await client.post(one, headers=key() | {"If-Match": '"1"'})
        listed = (await client.get(f"{PATH}/delegations", params={"to_subject": "deputy", "state": "revoked"})).json()
    assert made.json()["from_subject"] == approver.subject
    assert stale.status_code == 412
    assert ended.json()["state"] == "revoked"
    assert listed["items"] == [ended.json()]


MATRICES, DELEGATIONS = "approval-matrices", "delegations"
BAD: list[tuple[str, str, dict[str, Any], str, str]] = [
    (MATRICES, "no bands", {"bands": []}, "/bands", "TOO_SHORT"),
    (MATRICES, "no roles", {"bands": [{"up_to": None, "roles": []}]}, "/bands/0", "NOBODY_DECIDES"),
    (MATRICES, "no end", {"bands": [{"up_to": "1", "roles": ["approver"]}]}, "/bands/0", "LAST_BAND_NOT_OPEN"),
    (MATRICES, "a seller", {"bands": [{"up_to": None, "roles": ["sales"]}]}, "/bands/0", "ROLE_CANNOT_DECIDE"),
    (MATRICES, "yesterday", {"valid_from": "2026-11-22"}, "/valid_from", "MATRIX_IN_THE_PAST"),
    (MATRICES, "no such kind", {"document_kind": "mood"}, "/document_kind", "ENUM"),
    (DELEGATIONS, "ends first", {"valid_to": "2026-11-22"}, "/valid_to", "ENDS_BEFORE_START"),
    (DELEGATIONS, "yesterday", {"valid_from": "2026-11-22"}, "/valid_from", "IN_THE_PAST"),
    (DELEGATIONS, "not one's role", {"roles": ["cost_controller"]}, "/roles", "ROLE_NOT_YOURS"),
    (DELEGATIONS, "blank", {"to_subject": "a b"}, "/to_subject", "STRING_PATTERN_MISMATCH"),
]


@pytest.mark.parametrize(("route", "name", "change", "pointer", "code"), BAD, ids=[case[1] for case in BAD])
async def test_bad_input_changes_nothing(
    procurement: Harness, route: str, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    good = MATRIX if route == MATRICES else DELEGATION
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.CONTRACTOR).as_(Role.ADMIN, Role.APPROVER)) as client:
        answer = await client.post(f"{PATH}/{route}", json=good | change, headers=key())
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await procurement.checksum() == before


async def test_nobody_delegates_to_themselves(procurement: Harness) -> None:
    approver = organisation(Kind.CONTRACTOR).as_(Role.APPROVER)
    async with procurement.client(approver) as client:
        answer = await client.post(
            f"{PATH}/delegations", json=DELEGATION | {"to_subject": approver.subject}, headers=key()
        )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "SAME_PERSON")


@pytest.mark.parametrize(
    ("route", "body", "role"),
    [("approval-matrices", MATRIX, Role.APPROVER), ("delegations", DELEGATION, Role.BUYER)],
)
async def test_who_may_not(procurement: Harness, route: str, body: dict[str, Any], role: Role) -> None:
    before = await procurement.checksum()
    for kind, roles in ((Kind.CONTRACTOR, [role]), (Kind.SUPPLIER, [Role.ADMIN, Role.APPROVER])):
        async with procurement.client(organisation(kind).as_(*roles)) as client:
            answer = await client.post(f"{PATH}/{route}", json=body, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before
