"""The REST door of the catalogue."""

from __future__ import annotations

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation

PATH = "/procurement/v1/materials"
HEADER = "code,name_zh,name_en,specification,units,retired\n"
CSV = {"Content-Type": "text/csv"}


def fresh_branch() -> str:
    """Two digits that no other test uses would be too few: a code from a fresh id."""
    return f"9{new_id().int % 10**5:05d}"


async def test_import_search_import_again(procurement: Harness) -> None:
    """Created, then unchanged, then updated; good rows are in although one is bad."""
    branch = fresh_branch()
    operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
    rows = f"{branch}01,螺纹钢,rebar,HRB400E 20,t|kg,no\n{branch}02,盘螺,coil,HRB400E 8,t,no\nbad,,,,,\n"
    async with procurement.client(operator) as client:
        first = await client.post(f"{PATH}:import", content=(HEADER + rows).encode(), headers=key() | CSV)
        again = await client.post(f"{PATH}:import", content=(HEADER + rows).encode(), headers=key() | CSV)
        other = rows.replace("coil", "wire rod coil").replace("HRB400E 20,t|kg", "HRB400E 20,t|kg|根")
        third = await client.post(f"{PATH}:import", content=(HEADER + other).encode(), headers=key() | CSV)
        found = await client.get(PATH, params={"code": branch, "text": "REBAR"})
        one = await client.get(f"{PATH}/{branch}01")
    assert first.status_code == 200, first.text
    assert [row["status"] for row in first.json()["rows"]] == ["created", "created", "refused"]
    assert {fault["pointer"] for fault in first.json()["rows"][2]["errors"]} == {"code", "name_zh", "units"}
    assert [row["status"] for row in again.json()["rows"]] == ["unchanged", "unchanged", "refused"]
    assert [row["status"] for row in third.json()["rows"]] == ["updated", "updated", "refused"]
    assert [item["code"] for item in found.json()["items"]] == [f"{branch}01"]
    assert one.json()["units"] == ["kg", "t", "根"]


async def test_only_the_operator_imports(procurement: Harness) -> None:
    """The catalogue is the platform's; a refused import changes nothing."""
    buyer = organisation(Kind.CONTRACTOR).as_(Role.BUYER, Role.ADMIN)
    before = await procurement.checksum()
    async with procurement.client(buyer) as client:
        answer = await client.post(f"{PATH}:import", content=HEADER.encode(), headers=key() | CSV)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


async def test_wrong_content(procurement: Harness) -> None:
    """A wrong type, a compressed body and an unknown code are told apart."""
    operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
    async with procurement.client(operator) as client:
        json = await client.post(f"{PATH}:import", json={}, headers=key())
        packed = await client.post(f"{PATH}:import", content=b"x", headers=key() | CSV | {"Content-Encoding": "gzip"})
        unknown = await client.get(f"{PATH}/00000000")
        no_code = await client.get(f"{PATH}/1")
    assert (json.status_code, json.json()["code"]) == (415, "CONTENT_TYPE_UNSUPPORTED")
    assert (packed.status_code, packed.json()["code"]) == (415, "CONTENT_ENCODING_UNSUPPORTED")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "MATERIAL_NOT_FOUND")
    assert no_code.status_code == 422
