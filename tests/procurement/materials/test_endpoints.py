"""The REST door of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.tabular import XLSX, write_csv, write_xlsx
from procurement.materials import exchange
from procurement.materials.exchange import FORMATS, XML, Item
from procurement.materials.rules import COLUMNS
from tests.harness import Harness, key, organisation

PATH = "/procurement/v1/materials"
HEADER = "code,name_zh,name_en,specification,units,retired\n"
CLASSES = (Path(__file__).parents[1] / "data" / "branches-sample.csv").read_bytes()
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


def rows_of(branch: str) -> list[tuple[str, ...]]:
    """Two materials as a table; one name would be a formula."""
    return [
        (f"{branch}01", "圆钢", "round bar", "HPB300 φ8", "kg|t", "no", "material"),
        (f"{branch}02", "=1+1", "-", "@x <&>", "台班", "yes", "machinery"),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xml"])
async def test_out_and_in_again(procurement: Harness, kind: str) -> None:
    """Each kind of file that goes out comes in: as it was it changes nothing, after a change it changes it back."""
    branch, media_type = fresh_branch(), FORMATS[kind]
    columns = (*COLUMNS, "cost_type")
    operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
    file = b"".join(write_xlsx(columns, rows_of(branch)))
    async with procurement.client(operator) as client:
        made = await client.post(f"{PATH}:import", content=file, headers=key() | {"Content-Type": XLSX})
        out = await client.get(f"{PATH}:export", params={"code": branch, "retired": "true", "format": kind})
        again = await client.post(f"{PATH}:import", content=out.content, headers=key() | {"Content-Type": media_type})
        changed = HEADER + f"{branch}02,别的,,,台班,no\n"
        await client.post(f"{PATH}:import", content=changed.encode(), headers=key() | CSV)
        back = await client.post(f"{PATH}:import", content=out.content, headers=key() | {"Content-Type": media_type})
        found = (await client.get(f"{PATH}/{branch}02")).json()
    assert [row["status"] for row in made.json()["rows"]] == ["created", "created"]
    assert (out.status_code, out.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert out.headers["content-disposition"] == f'attachment; filename="materials.{kind}"'
    assert [row["status"] for row in again.json()["rows"]] == ["unchanged", "unchanged"]
    assert [row["status"] for row in back.json()["rows"]] == ["unchanged", "updated"]
    assert (found["name_zh"], found["name_en"], found["specification"]) == ("=1+1", "-", "@x <&>")
    assert (found["cost_type"], found["retired"], found["units"]) == ("machinery", True, ["台班"])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xml"])
async def test_a_dry_run_says_the_same_and_writes_nothing(procurement: Harness, kind: str) -> None:
    """Row, column and reason of every error, before anything is at stake."""
    branch = fresh_branch()
    good = Item(code=f"{branch}01", name_zh="圆钢", units=("t",))
    bad = Item(code="0109", name_zh="", units=("a b",), retired="maybe", cost_type="gift")
    cells = [(one.code, one.name_zh, "", "", one.units[0], one.retired, one.cost_type) for one in (good, bad)]
    columns = (*COLUMNS, "cost_type")
    file = {
        "csv": write_csv(columns, cells),
        "xlsx": write_xlsx(columns, cells),
        "xml": exchange.write([good, bad]),
    }[kind]
    content, headers = b"".join(file), {"Content-Type": FORMATS[kind]}
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        dry = await client.post(f"{PATH}:import", params={"dry_run": True}, content=content, headers=key() | headers)
        kept = await procurement.checksum()
        made = await client.post(f"{PATH}:import", content=content, headers=key() | headers)
    assert dry.json() == made.json() | {"dry_run": True}
    assert kept.split("/")[:-1] == before.split("/")[:-1]  # the last is the stored answer
    rows = dry.json()["rows"]
    assert [(row["row"], row["status"]) for row in rows] == [(0, "created"), (1, "refused")]
    assert [(fault["pointer"], fault["code"]) for fault in rows[1]["errors"]] == [
        ("code", "CODE_INVALID"),
        ("name_zh", "NAME_INVALID"),
        ("units", "UNIT_INVALID"),
        ("retired", "YES_OR_NO"),
        ("cost_type", "COST_TYPE_UNKNOWN"),
    ]


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><MaterialExchange><Item>&b;</Item></MaterialExchange>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><MaterialExchange><Item>&a;</Item></MaterialExchange>'


@pytest.mark.parametrize(
    ("content", "media_type", "status", "reason"),
    [
        (ENTITIES, XML, 400, "XML_UNREADABLE"),
        (OUTSIDE, XML, 400, "XML_UNREADABLE"),
        (b"<Other/>", XML, 400, "XML_UNREADABLE"),
        (b"<MaterialExchange>", XML, 400, "XML_UNREADABLE"),
        (b"<?xml version='1.0' encoding='klingon'?><MaterialExchange/>", XML, 400, "XML_UNREADABLE"),
        (b"<MaterialExchange>" + b"<Item/>" * 5_001 + b"</MaterialExchange>", XML, 413, "TOO_MANY_ROWS"),
        (b"%PDF-1.7", XLSX, 400, "XLSX_UNREADABLE"),
    ],
)
async def test_files_that_are_made_to_do_harm(
    procurement: Harness, content: bytes, media_type: str, status: int, reason: str
) -> None:
    before = await procurement.checksum()
    async with procurement.client(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        answer = await client.post(f"{PATH}:import", content=content, headers=key() | {"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (status, reason)
    assert await procurement.checksum() == before


async def test_a_price_in_a_catalogue_is_not_lost_in_silence(procurement: Harness) -> None:
    """The exchange form carries prices; they belong to a publication, with region, month and source."""
    item = Item(code=f"{fresh_branch()}01", name_zh="圆钢", units=("t",), price_with_tax="3950", region="440300")
    async with procurement.client(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as client:
        answer = await client.post(
            f"{PATH}:import", content=b"".join(exchange.write([item])), headers=key() | {"Content-Type": XML}
        )
    [row] = answer.json()["rows"]
    assert {(fault["pointer"], fault["code"]) for fault in row["errors"]} == {
        ("price", "PRICE_IN_CATALOGUE"),
        ("region", "PRICE_IN_CATALOGUE"),
    }


async def test_the_tree_of_classes(procurement: Harness) -> None:
    """A major class, then what is below it; names are data that the operator may change."""
    operator = organisation(Kind.OPERATOR).as_(Role.ADMIN)
    path = "/procurement/v1/material-branches"
    async with procurement.client(operator) as client:
        answers = [
            await client.post(f"{path}:import", content=content, headers=key() | CSV)
            for content in (CLASSES, CLASSES, CLASSES.replace("圆钢".encode(), "圆 钢".encode()) + b"9,bad,\n")
        ]
        tree = await client.get(path, params={"code": "01"})
        majors = await client.get(path, params={"majors": "true"})
    assert {row["status"] for row in answers[1].json()["rows"]} == {"unchanged"}
    assert [row["status"] for row in answers[2].json()["rows"] if row["status"] != "unchanged"] == [
        "updated",
        "refused",
    ]
    shown = [(item["code"], item["parent"], item["name_zh"]) for item in tree.json()["items"]]
    assert shown == [
        ("01", "", "黑色及有色金属"),
        ("0109", "01", "圆 钢"),
        ("0111", "01", "方钢"),
        ("0113", "01", "扁钢"),
        ("0115", "01", "六角钢"),
    ]
    assert {item["parent"] for item in majors.json()["items"]} == {""}


async def test_only_the_operator_imports(procurement: Harness) -> None:
    """The catalogue is the platform's; a refused import changes nothing."""
    buyer = organisation(Kind.CONTRACTOR).as_(Role.BUYER, Role.ADMIN)
    before = await procurement.checksum()
    async with procurement.client(buyer) as client:
        answer = await client.post(f"{PATH}:import", content=HEADER.encode(), headers=key() | CSV)
        classes = await client.post("/procurement/v1/material-branches:import", content=CLASSES, headers=key() | CSV)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert (classes.status_code, classes.json()["code"]) == (403, "ROLE_MISSING")
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
