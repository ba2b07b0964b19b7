"""The REST door of guarantees: both sides, filters, verbs, bad input."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from tests.chassis.files.samples import uploaded
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import Site

PATH = "/procurement/v1/guarantees"


def body(site: Site, **changes: Any) -> dict[str, Any]:
    """A performance guarantee of the site's supplier."""
    return {
        "kind": "performance",
        "form": "bank_guarantee",
        "project_id": str(site.project_id),
        "applicant_id": str(site.supplier.id),
        "issuer": "中国建设银行深圳市分行",
        "number": f"BG-{new_id()}",
        "amount": "100000.00",
        "valid_until": "2027-06-30",
    } | changes


async def call(harness: Harness, who: Principal, method: str, path: str, **request: Any) -> httpx.Response:
    """One call; a POST gets a key of its own unless headers are given."""
    request.setdefault("headers", key() if method == "POST" else {})
    async with harness.client(who) as client:
        return await client.request(method, PATH + path, **request)


async def recorded(harness: Harness, site: Site, **changes: Any) -> UUID:
    """A guarantee on record."""
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    answer = await call(harness, accountant, "POST", "", json=body(site, **changes))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def test_both_sides_see_it_and_nobody_else(procurement: Harness, site: Site) -> None:
    made = await recorded(procurement, site)
    sides = [site.contractor.as_(Role.APPROVER), site.supplier.as_(Role.SALES), site.supplier.as_(Role.ACCOUNTANT)]
    for who in sides:
        found = await call(procurement, who, "GET", f"/{made}")
        assert (found.json()["state"], found.json()["amount"]) == ("active", "100000.00")
        listed = await call(procurement, who, "GET", "")
        assert [one["id"] for one in listed.json()["items"]] == [str(made)]
    for kind in (Kind.CONTRACTOR, Kind.SUPPLIER):
        stranger = organisation(kind).as_(*Role)
        assert (await call(procurement, stranger, "GET", f"/{made}")).status_code == 404
        assert (await call(procurement, stranger, "GET", "")).json()["items"] == []


async def test_what_expires_soon(procurement: Harness, site: Site) -> None:
    """Counted from today in Shanghai, the last day included, the first to end first; only what is active."""
    ends = {"2026-11-23": 0, "2026-11-30": 7, "2026-12-23": 30, "2027-06-30": 219}
    made = {end: await recorded(procurement, site, valid_until=end) for end in reversed(ends)}
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    gone = await call(procurement, accountant, "POST", f"/{made['2026-11-23']}:release", json={"reason": "验收合格"})
    assert gone.status_code == 200, gone.text
    for within, expected in [(6, []), (7, ["2026-11-30"]), (30, ["2026-11-30", "2026-12-23"])]:
        listed = await call(procurement, accountant, "GET", "", params={"expiring_within": within})
        assert [one["valid_until"] for one in listed.json()["items"]] == expected
    pages = []
    token = ""
    for _ in range(3):
        listed = await call(procurement, accountant, "GET", "", params={"page_size": 2, "page_token": token})
        pages.append([one["valid_until"] for one in listed.json()["items"]])
        token = listed.json()["next_page_token"]
        if not token:
            break
    assert pages == [list(ends)[:2], list(ends)[2:]]
    filtered = await call(procurement, accountant, "GET", "", params={"state": "released"})
    assert [one["id"] for one in filtered.json()["items"]] == [str(made["2026-11-23"])]


@pytest.mark.parametrize(
    ("role", "verb", "request_body", "state"),
    [
        (Role.ACCOUNTANT, "release", {"reason": "验收合格"}, "released"),
        (Role.COST_CONTROLLER, "release", {"reason": "验收合格"}, "released"),
        (Role.APPROVER, "claim", {"amount": "100000.00", "reason": "未供货"}, "claimed"),
        (Role.ACCOUNTANT, "extend", {"valid_until": "2027-07-01"}, "active"),
    ],
)
async def test_verbs(
    procurement: Harness, site: Site, role: Role, verb: str, request_body: dict[str, Any], state: str
) -> None:
    """The beneficiary's people do them; the applicant and a stranger cannot; what is over takes no more of them."""
    made = await recorded(procurement, site)
    everybody = frozenset({Kind.CONTRACTOR, Kind.SUPPLIER})
    applicant = type(site.supplier)(everybody, site.supplier.id).as_(*Role)
    before = await procurement.checksum()
    refused = [
        await call(procurement, who, "POST", f"/{made}:{verb}", json=request_body)
        for who in (applicant, organisation(Kind.CONTRACTOR).as_(*Role), site.contractor.as_(Role.VIEWER))
    ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (403, "OTHER_SIDE"),
        (404, "GUARANTEE_NOT_FOUND"),
        (403, "ROLE_MISSING"),
    ]
    assert await procurement.checksum() == before
    done = await call(procurement, site.contractor.as_(role), "POST", f"/{made}:{verb}", json=request_body)
    assert (done.status_code, done.json()["state"]) == (200, state)
    if state != "active":
        again = await call(procurement, site.contractor.as_(role), "POST", f"/{made}:{verb}", json=request_body)
        assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")


@pytest.mark.parametrize(
    ("role", "verb", "request_body", "code"),
    [
        (Role.APPROVER, "claim", {"amount": "100000.01", "reason": "x"}, "CLAIM_OVER_AMOUNT"),
        (Role.APPROVER, "claim", {"amount": "0.00", "reason": "x"}, "CLAIM_OVER_AMOUNT"),
        (Role.ACCOUNTANT, "extend", {"valid_until": "2027-06-30"}, "ENDS_TOO_EARLY"),
        (Role.ACCOUNTANT, "extend", {"valid_until": "2026-01-01"}, "ENDS_TOO_EARLY"),
    ],
)
async def test_bad_verbs_change_nothing(
    procurement: Harness, site: Site, role: Role, verb: str, request_body: dict[str, Any], code: str
) -> None:
    made = await recorded(procurement, site)
    before = await procurement.checksum()
    answer = await call(procurement, site.contractor.as_(role), "POST", f"/{made}:{verb}", json=request_body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert await procurement.checksum() == before


async def test_the_same_paper_is_recorded_once(procurement: Harness, site: Site) -> None:
    await recorded(procurement, site, number="BG-1")
    again = await call(
        procurement, site.contractor.as_(Role.ACCOUNTANT), "POST", "", json=body(site, number="BG-1", amount="1.00")
    )
    assert (again.status_code, again.json()["code"]) == (409, "GUARANTEE_NUMBER_TAKEN")
    await recorded(procurement, site, number="BG-1", issuer="平安银行")


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("over already", {"valid_until": "2026-11-22"}, "/valid_until"),
    ("nothing", {"amount": "0.00"}, "/amount"),
    ("negative", {"amount": "-1.00"}, "/amount"),
    ("state", {"state": "claimed"}, "/state"),
    ("kind", {"kind": "promise"}, "/kind"),
]


@pytest.mark.parametrize(("name", "change", "pointer"), BAD, ids=[case[0] for case in BAD])
async def test_bad_papers_change_nothing(
    procurement: Harness, site: Site, name: str, change: dict[str, Any], pointer: str
) -> None:
    before = await procurement.checksum()
    answer = await call(procurement, site.contractor.as_(Role.ACCOUNTANT), "POST", "", json=body(site, **change))
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert await procurement.checksum() == before


async def test_nobody_secures_itself_or_a_project_of_others(procurement: Harness, site: Site) -> None:
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    before = await procurement.checksum()
    own = await call(procurement, accountant, "POST", "", json=body(site, applicant_id=str(site.contractor.id)))
    strange = await call(procurement, accountant, "POST", "", json=body(site, project_id=str(new_id())))
    assert own.json()["errors"][0]["code"] == "APPLICANT_IS_BENEFICIARY"
    assert (strange.status_code, strange.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    assert await procurement.checksum() == before


async def test_the_scan_is_shown_to_the_applicant(procurement: Harness, site: Site) -> None:
    """An id that the caller has not uploaded is refused, whoever has."""
    accountant, applicant = site.contractor.as_(Role.ACCOUNTANT), site.supplier.as_(Role.SALES)
    async with procurement.client(applicant) as client:
        theirs = await uploaded(client)
    before = await procurement.checksum()
    for foreign in (theirs, str(new_id())):
        refused = await call(procurement, accountant, "POST", "", json=body(site, file_id=foreign))
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/file_id", "FILE_UNKNOWN")]
    assert await procurement.checksum() == before
    async with procurement.client(accountant) as client:
        scan = await uploaded(client)
    await recorded(procurement, site, file_id=scan)
    async with procurement.client(applicant) as client:
        assert (await client.get(f"/procurement/v1/files/{scan}")).status_code == 200
