"""Scans of licences: whose they are, what they may be, who sees them."""

from __future__ import annotations

from uuid import UUID

from chassis.files.rules import MediaType
from chassis.identity import Principal
from chassis.ids import new_id
from tests.chassis.files.samples import upload, uploaded, xlsx
from tests.harness import Harness
from tests.procurement.suppliers.conftest import PATH, Dealing, licence


async def scan_of(dealing: Dealing, who: Principal) -> str:
    """The id of somebody's upload."""
    async with dealing.harness.client(who) as client:
        return await uploaded(client)


async def test_a_scan_is_the_buyers_own_upload(dealing: Dealing, procurement: Harness) -> None:
    """What others uploaded, what nobody has and what is no scan is refused at its pointer, and nothing changes."""
    file_id = await dealing.joined()
    await dealing.licensed(file_id)
    wrong = {
        await scan_of(dealing, dealing.sales): "FILE_UNKNOWN",
        str(new_id()): "FILE_UNKNOWN",
    }
    async with procurement.client(dealing.buyer) as client:
        wrong[(await upload(client, xlsx(), "licence.xlsx", MediaType.XLSX)).json()["id"]] = "SCAN_WRONG_TYPE"
    before = await procurement.checksum()
    for scan, code in wrong.items():
        for number in ("L-1", "L-2"):
            body = licence(file_id=scan, number=number)
            refused = await dealing.call(dealing.buyer, "POST", f"{PATH}/{file_id}/licences", json=body)
            assert refused.status_code == 422
            assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/file_id", code)]
    assert await procurement.checksum() == before
    infected = await scan_of(dealing, dealing.buyer)
    async with procurement.sql() as connection:
        await connection.execute("UPDATE files SET state = 'infected' WHERE id = $1", UUID(infected))
    before = await procurement.checksum()
    refused = await dealing.call(dealing.buyer, "POST", f"{PATH}/{file_id}/licences", json=licence(file_id=infected))
    assert (refused.status_code, refused.json()["code"]) == (409, "FILE_INFECTED")
    assert await procurement.checksum() == before


async def test_a_scan_is_shown_to_the_supplier_once_it_has_joined(dealing: Dealing) -> None:
    """Whether it was recorded before or after."""
    file_id, token = await dealing.invited()
    early, late = await scan_of(dealing, dealing.buyer), await scan_of(dealing, dealing.buyer)
    await dealing.licensed(file_id, file_id=early)
    assert (await dealing.call(dealing.sales, "GET", f"/procurement/v1/files/{early}")).status_code == 404
    await dealing.redeem(token)
    await dealing.licensed(file_id, file_id=late, number="L-2")
    for scan in (early, late):
        assert (await dealing.call(dealing.sales, "GET", f"/procurement/v1/files/{scan}")).status_code == 200
