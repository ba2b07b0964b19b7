"""The REST door of devices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Harness, key
from tests.labour.conftest import GATE_CLIENT, Site

PATH = "/labour/v1/attendance"

DEVICE: list[tuple[dict[str, Any], str, str]] = [
    ({"name": " "}, "/name", "TOO_SHORT"),
    ({"client_id": "a b"}, "/client_id", "STRING_PATTERN_MISMATCH"),
    ({"project_id": 5}, "/project_id", "UUID_TYPE"),
    ({"state": "retired"}, "/state", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), DEVICE, ids=[code for _, _, code in DEVICE])
async def test_a_bad_device_is_named(
    labour: Harness, site: Site, changes: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"project_id": str(site.project_id), "name": "1号门", "client_id": GATE_CLIENT} | changes
    before = await labour.checksum()
    async with labour.client(site.engineer) as client:
        answer = await client.post(f"{PATH}/devices", json=body, headers=key())
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await labour.checksum() == before


async def test_device_by_device(labour: Harness, site: Site) -> None:
    device_id = await site.device("1号门")
    async with labour.client(site.engineer) as client:
        found = await client.get(f"{PATH}/devices/{device_id}")
        listed = await client.get(f"{PATH}/devices", params={"project_id": str(site.project_id)})
        stale = await client.post(f"{PATH}/devices/{device_id}:retire", headers=key() | {"If-Match": '"7"'})
        retired = await client.post(f"{PATH}/devices/{device_id}:retire", headers=key())
        again = await client.post(f"{PATH}/devices/{device_id}:retire", headers=key())
    assert (found.json()["name"], found.json()["last_sequence"], found.headers["etag"]) == ("1号门", -1, '"1"')
    assert listed.json()["items"] == [found.json()]
    assert stale.status_code == 412
    assert retired.json()["state"] == "retired"
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")


async def test_replaced_and_rotated(labour: Harness, site: Site) -> None:
    device_id = await site.device("1号门")
    async with labour.client(site.engineer) as client:
        rotated = await client.post(f"{PATH}/devices/{device_id}:rotate", json={"client_id": "gate-07"}, headers=key())
        body = {"name": "1号门(新)", "client_id": "gate-08"}
        new = await client.post(f"{PATH}/devices/{device_id}:replace", json=body, headers=key())
        old = await client.get(f"{PATH}/devices/{device_id}")
        odd = await client.get(f"{PATH}/device-incidents", params={"project_id": str(site.project_id)})
    assert (rotated.json()["client_id"], rotated.json()["version"]) == ("gate-07", 2)
    assert (new.status_code, new.json()["predecessor_id"], new.json()["client_id"]) == (201, str(device_id), "gate-08")
    assert (old.json()["state"], odd.json()["items"]) == ("retired", [])
