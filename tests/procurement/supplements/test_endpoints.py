"""The REST door of supplemental agreements."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from tests.harness import Harness, key
from tests.procurement.supplements.conftest import Supplements


async def test_from_the_draft_to_the_signature(supplements: Supplements, procurement: Harness) -> None:
    """Over REST, with versions; a repeated POST is one supplement; a refusal says why."""
    agreements = supplements.agreements
    agreement = await agreements.active()
    path = f"/procurement/v1/agreements/{agreement.id}/supplements"
    body = {
        "reason": "增加地下室",
        "valid_to": "2027-12-31",
        "caps": {"soft_cap": None, "hard_cap": "900000.00"},
        "item_caps": [{"item_id": str(agreement.items[0].id), "soft_cap": "10", "hard_cap": "20"}],
        "items": [{"material_code": "01090001", "unit": "t", "unit_price": "4100.00", "hard_cap": "5"}],
    }
    header = key()
    async with procurement.client(agreements.head.as_(Role.BUYER)) as client:
        made = await client.post(path, json=body, headers=header)
        again = await client.post(path, json=body, headers=header)
    async with procurement.client(agreements.head.as_(Role.APPROVER)) as client:
        stale = await client.post(f"{path}/{made.json()['id']}:propose", headers=key() | {"If-Match": '"7"'})
        proposed = await client.post(f"{path}/{made.json()['id']}:propose", headers=key() | {"If-Match": '"1"'})
    assert (made.status_code, again.content) == (201, made.content)
    assert (stale.status_code, proposed.json()["state"]) == (412, "proposed")
    async with procurement.client(agreements.site.supplier.as_(Role.SALES)) as client:
        signed = (await client.post(f"{path}/{made.json()['id']}:sign", headers=key())).json()
        [listed] = (await client.get(path, params={"state": "signed"})).json()["items"]
        read = (await client.get(f"/procurement/v1/agreements/{agreement.id}")).json()
    assert listed == signed
    assert (signed["number"], signed["before_valid_to"], signed["before_hard_cap"]) == (1, "2027-10-31", None)
    assert [(one["position"], one["is_new"]) for one in signed["items"]] == [(1, False), (2, True)]
    assert (read["valid_to"], read["hard_cap"], read["items"][1]["unit_price"]) == (
        "2027-12-31",
        "900000.00",
        "4100.000000",
    )


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"caps": {"soft_cap": "2.00", "hard_cap": "1.00"}}, "/caps", "SOFT_ABOVE_HARD"),
        ({"caps": {"hard_cap": "1.00"}}, "/caps/soft_cap", "MISSING"),
        ({"reason": ""}, "/reason", "TOO_SHORT"),
        ({"valid_to": "2026-13-01"}, "/valid_to", "DATE_FROM_DATETIME_PARSING"),
    ],
)
async def test_bad_input(
    supplements: Supplements, procurement: Harness, changes: dict[str, Any], pointer: str, code: str
) -> None:
    agreements = supplements.agreements
    agreement = await agreements.active()
    before = await procurement.checksum()
    async with procurement.client(agreements.head.as_(Role.BUYER)) as client:
        answer = await client.post(
            f"/procurement/v1/agreements/{agreement.id}/supplements", json={"reason": "x"} | changes, headers=key()
        )
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await procurement.checksum() == before
