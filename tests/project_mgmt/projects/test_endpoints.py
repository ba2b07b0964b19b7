"""The REST door of projects."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from project_mgmt.projects import codes
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import Site

PATH = "/projects/v1/projects"


def body(**changes: Any) -> dict[str, Any]:
    """A good request."""
    return {
        "code": f"PS-{new_id().hex[-12:]}",
        "name_zh": "坪山区第三小学",
        "name_en": "Pingshan No. 3 Primary School",
        "investment_kind": "government",
        "building_type": "school",
        "city": "440300",
        "district": "pingshan",
        "planned_start": "2026-12-01",
        "planned_finish": "2028-06-30",
        "floor_area": "48600.5",
        "risk_class": "normal",
        "parties": [
            {"organisation_id": str(new_id()), "role": "owner", "valid_from": "2026-01-01"},
            {"organisation_id": str(new_id()), "role": "ipmt", "valid_from": "2026-01-01", "valid_to": "2028-12-31"},
        ],
    } | changes


def contractor() -> Principal:
    """A project manager of a new contractor."""
    return organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER)


async def test_post_says_what_get_says(project_mgmt: Harness) -> None:
    """Decimals, codes and dates of the answer are those of the row."""
    async with project_mgmt.client(contractor()) as client:
        made = await client.post(PATH, json=body(), headers=key())
        found = await client.get(f"{PATH}/{made.json()['id']}")
    assert made.status_code == 201, made.text
    assert made.json() == found.json()
    assert made.headers["etag"] == found.headers["etag"] == '"1"'
    assert made.json()["floor_area"] == "48600.50"
    assert [(party["role"], party["corp_type"]) for party in made.json()["parties"]] == [
        ("owner", "008"),
        ("ipmt", None),
    ]


async def test_a_verb_and_its_replay(project_mgmt: Harness, site: Site) -> None:
    """The second post of one activation gets the first one's answer; a new one is told what is allowed."""
    header = key()
    async with project_mgmt.client(site.manager) as client:
        first = await client.post(f"{PATH}/{site.project_id}:activate", headers=header)
        again = await client.post(f"{PATH}/{site.project_id}:activate", headers=header)
        anew = await client.post(f"{PATH}/{site.project_id}:activate", headers=key())
    assert (first.status_code, first.json()["state"], first.json()["started_on"]) == (200, "active", "2026-11-23")
    assert again.content == first.content
    assert (anew.status_code, anew.json()["code"]) == (409, "INVALID_STATE")
    assert anew.json()["metadata"]["allowed"] == "suspend,complete"


async def test_all_verbs(project_mgmt: Harness, site: Site) -> None:
    """Each through its route, with If-Match."""
    verbs: list[tuple[str, Any, str]] = [
        ("activate", None, "active"),
        ("suspend", {"reason": "台风红色预警"}, "suspended"),
        ("resume", None, "active"),
        ("complete", None, "completed"),
        ("archive", None, "archived"),
    ]
    async with project_mgmt.client(site.manager) as client:
        for version, (verb, content, state) in enumerate(verbs, start=1):
            stale = key() | {"If-Match": f'"{version + 7}"'}
            refused = await client.post(f"{PATH}/{site.project_id}:{verb}", json=content, headers=stale)
            assert (refused.status_code, refused.json()["code"]) == (412, "VERSION_MISMATCH")
            fresh = key() | {"If-Match": f'"{version}"'}
            answer = await client.post(f"{PATH}/{site.project_id}:{verb}", json=content, headers=fresh)
            assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
            assert answer.headers["etag"] == f'"{version + 1}"'


async def test_patch(project_mgmt: Harness, site: Site) -> None:
    """Only what is given changes; If-Match is required; the state is no field."""
    async with project_mgmt.client(site.manager) as client:
        path = f"{PATH}/{site.project_id}"
        missing = await client.patch(path, json={"name_zh": "新校区"})
        state = await client.patch(path, json={"state": "active"}, headers={"If-Match": '"1"'})
        backwards = await client.patch(path, json={"planned_start": "2029-01-01"}, headers={"If-Match": '"1"'})
        elsewhere = await client.patch(path, json={"city": "310000"}, headers={"If-Match": '"1"'})
        changed = await client.patch(path, json={"name_zh": "新校区"}, headers={"If-Match": '"1"'})
    assert (missing.status_code, missing.json()["code"]) == (400, "IF_MATCH_MISSING")
    assert state.json()["errors"][0]["code"] == "EXTRA_FORBIDDEN"
    assert (backwards.status_code, backwards.json()["errors"][0]["code"]) == (422, "DATES_BACKWARDS")
    assert elsewhere.json()["errors"][0]["code"] == "UNKNOWN_CODE"
    assert (changed.status_code, changed.json()["name_zh"], changed.json()["version"]) == (200, "新校区", 2)
    assert changed.json()["name_en"] == "Pingshan No. 3 Primary School"


async def test_parties_by_verbs(project_mgmt: Harness, site: Site) -> None:
    """Add, list with filters, end."""
    who = organisation(Kind.LABOUR_SUBCONTRACTOR)
    new = {"organisation_id": str(who.id), "role": "labour_subcontractor", "valid_from": "2026-11-01"}
    path = f"{PATH}/{site.project_id}"
    async with project_mgmt.client(site.manager) as client:
        added = await client.post(f"{path}:add-party", json=new, headers=key())
        listed = await client.get(f"{path}/parties", params={"role": "labour_subcontractor"})
        [party] = listed.json()["items"]
        ended = await client.post(
            f"{path}:end-party", json={"party_id": party["id"], "valid_to": "2026-11-30"}, headers=key()
        )
        later = await client.get(f"{path}/parties", params={"on": "2026-12-01"})
        by_party = await client.get(PATH, params={"party_id": str(who.id)})
    assert added.status_code == ended.status_code == 200, ended.text
    assert (party["organisation_id"], party["corp_type"]) == (str(who.id), "006")
    assert [one["role"] for one in later.json()["items"]] == ["owner", "general_contractor", "supervisor", "supplier"]
    assert [one["id"] for one in by_party.json()["items"]] == [str(site.project_id)]


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("unknown building type", {"building_type": "pyramid"}, "/building_type", "UNKNOWN_CODE"),
    ("unknown district", {"district": "南山"}, "/district", "UNKNOWN_CODE"),
    ("unknown city", {"city": "310000"}, "/city", "UNKNOWN_CODE"),
    ("unknown investment", {"investment_kind": "stolen"}, "/investment_kind", "ENUM"),
    ("float", {"floor_area": 48600.5}, "/floor_area", "DECIMAL_STRING"),
    ("negative", {"floor_area": "-1"}, "/floor_area", "OUT_OF_RANGE"),
    ("nan", {"floor_area": "NaN"}, "/floor_area", "FINITE_NUMBER"),
    ("too precise", {"floor_area": "1.005"}, "/floor_area", "TOO_PRECISE"),
    ("dates backwards", {"planned_finish": "2026-11-30"}, "", "DATES_BACKWARDS"),
    ("no date", {"planned_start": "2026-02-30"}, "/planned_start", "DATE_FROM_DATETIME_PARSING"),
    ("a number for a date", {"planned_start": 20261123}, "/planned_start", "DATE_FROM_DATETIME_INEXACT"),
    ("a slip of the pen", {"planned_finish": "3026-11-30"}, "/planned_finish", "LESS_THAN_EQUAL"),
    ("empty name", {"name_zh": " "}, "/name_zh", "TOO_SHORT"),
    ("control character", {"name_zh": "a\u0000b"}, "/name_zh", "CONTROL_CHARACTER"),
    ("code", {"code": "项目 1"}, "/code", "STRING_PATTERN_MISMATCH"),
    ("state", {"state": "active"}, "/state", "EXTRA_FORBIDDEN"),
    (
        "party's role",
        {"parties": [{"organisation_id": str(new_id()), "role": "king", "valid_from": "2026-01-01"}]},
        "/parties/0/role",
        "UNKNOWN_CODE",
    ),
    (
        "party's id",
        {"parties": [{"organisation_id": "1", "role": "owner", "valid_from": "2026-01-01"}]},
        "/parties/0/organisation_id",
        "UUID_PARSING",
    ),
    (
        "party's days",
        {
            "parties": [
                {
                    "organisation_id": str(new_id()),
                    "role": "owner",
                    "valid_from": "2026-01-02",
                    "valid_to": "2026-01-01",
                }
            ]
        },
        "/parties/0",
        "DATES_BACKWARDS",
    ),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    project_mgmt: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    """A clear problem that points at the fault, in both languages."""
    before = await project_mgmt.checksum()
    async with project_mgmt.client(contractor()) as client:
        answer = await client.post(PATH, json=body(**change), headers=key())
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert fault["details"]["en"]
    assert await project_mgmt.checksum() == before


async def test_a_district_of_another_city(project_mgmt: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both codes are known, but they do not belong together."""
    monkeypatch.setattr(codes, "CITIES", {**codes.CITIES, "440100": frozenset({"tianhe"})})
    before = await project_mgmt.checksum()
    async with project_mgmt.client(contractor()) as client:
        answer = await client.post(PATH, json=body(city="440100"), headers=key())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "DISTRICT_OF_OTHER_CITY")
    assert await project_mgmt.checksum() == before


async def test_a_party_named_twice(project_mgmt: Harness) -> None:
    """The same organisation, role and days in one registration."""
    twice = [body()["parties"][0]] * 2
    before = await project_mgmt.checksum()
    async with project_mgmt.client(contractor()) as client:
        answer = await client.post(PATH, json=body(parties=twice), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "PARTY_DOUBLED")
    assert await project_mgmt.checksum() == before


DENIED: list[tuple[Kind, Role]] = [
    (Kind.CONTRACTOR, Role.VIEWER),
    (Kind.CONTRACTOR, Role.INTEGRATOR),
    (Kind.CONTRACTOR, Role.COST_CONTROLLER),
    (Kind.SUPPLIER, Role.PROJECT_MANAGER),
    (Kind.LABOUR_SUBCONTRACTOR, Role.PROJECT_MANAGER),
    (Kind.AUTHORITY, Role.PROJECT_MANAGER),
    (Kind.OPERATOR, Role.ADMIN),
]


@pytest.mark.parametrize(("kind", "role"), DENIED)
async def test_who_may_not_register(project_mgmt: Harness, kind: Kind, role: Role) -> None:
    """Project managers of owners and contractors only."""
    before = await project_mgmt.checksum()
    async with project_mgmt.client(organisation(kind).as_(role)) as client:
        answer = await client.post(PATH, json=body(), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await project_mgmt.checksum() == before


async def test_strangers_and_readers_change_nothing(project_mgmt: Harness, site: Site) -> None:
    """To a stranger the project does not exist; a party without the right is told that it may only read."""
    path = f"{PATH}/{site.project_id}"
    requests: list[tuple[str, str, Any]] = [
        ("PATCH", path, {"name_zh": "x"}),
        ("POST", f"{path}:activate", None),
        ("POST", f"{path}:suspend", {"reason": "x"}),
        ("POST", f"{path}:resume", None),
        ("POST", f"{path}:complete", None),
        ("POST", f"{path}:archive", None),
        (
            "POST",
            f"{path}:add-party",
            {"organisation_id": str(new_id()), "role": "design", "valid_from": "2026-01-01"},
        ),
        ("POST", f"{path}:end-party", {"party_id": str(new_id()), "valid_to": "2026-12-01"}),
    ]
    before = await project_mgmt.checksum()
    for principal, status, code in (
        (contractor(), 404, "PROJECT_NOT_FOUND"),
        (site.owner.as_(Role.PROJECT_MANAGER), 403, "PROJECT_READ_ONLY"),
        (site.supplier.as_(Role.SALES), 403, "ROLE_MISSING"),
    ):
        async with project_mgmt.client(principal) as client:
            for method, url, content in requests:
                headers = key() | {"If-Match": '"1"'}
                answer = await client.request(method, url, json=content, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (status, code), (method, url)
    async with project_mgmt.client(contractor()) as client:
        for url in (path, f"{path}/parties"):
            answer = await client.get(url)
            assert (answer.status_code, answer.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    assert await project_mgmt.checksum() == before


async def test_pages_and_filters(project_mgmt: Harness) -> None:
    """Newest first, stable, narrowed by code tables; an unknown filter is refused."""
    principal = contractor()
    async with project_mgmt.client(principal) as client:
        bodies = [body(district=district) for district in ("pingshan", "nanshan", "pingshan")]
        made = [(await client.post(PATH, json=one, headers=key())).json()["id"] for one in bodies]
        first = (await client.get(PATH, params={"page_size": 2})).json()
        second = (await client.get(PATH, params={"page_size": 2, "page_token": first["next_page_token"]})).json()
        south = (await client.get(PATH, params={"district": "nanshan", "state": "planned"})).json()
        unknown = await client.get(PATH, params={"district": "pudong"})
        other = await client.get(PATH, params={"colour": "red"})
        made_up = await client.get(PATH, params={"page_token": "W10"})
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next_page_token"] == ""
    assert [item["id"] for item in south["items"]] == [made[1]]
    assert "parties" not in south["items"][0]
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "query:district")
    assert other.status_code == 422
    assert (made_up.status_code, made_up.json()["code"]) == (400, "PAGE_TOKEN_INVALID")
