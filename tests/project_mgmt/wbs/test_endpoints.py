"""The REST door of the work breakdown."""

from __future__ import annotations

import gzip

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import SAMPLE, Site
from tests.project_mgmt.wbs.test_mspdi import BOMB, EXTERNAL

XML = {"Content-Type": "application/xml"}


def path(site: Site, what: str) -> str:
    """A route of the site's project."""
    return f"/projects/v1/projects/{site.project_id}/{what}"


async def test_import_replay_and_list(project_mgmt: Harness, site: Site) -> None:
    """The report of the first import is also the answer to its repetition; pages go through all tasks."""
    header = key() | XML
    async with project_mgmt.client(site.manager) as client:
        first = await client.post(path(site, "wbs:import"), content=SAMPLE, headers=header)
        again = await client.post(path(site, "wbs:import"), content=SAMPLE, headers=header)
        other = await client.post(path(site, "wbs:import"), content=SAMPLE + b"\n", headers=header)
        anew = await client.post(path(site, "wbs:import"), content=SAMPLE, headers=key() | {"Content-Type": "text/xml"})
        seen, token = [], ""
        while True:
            answer = await client.get(path(site, "wbs"), params={"page_size": 7, "page_token": token})
            seen += answer.json()["items"]
            token = answer.json()["next_page_token"]
            if not token:
                break
    assert first.status_code == 200, first.text
    assert again.content == first.content
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(first.json()["added"]) == 20
    assert first.json()["added"][2] == {"uid": 2, "wbs": "1.1", "name": "Second Task"}
    assert anew.json() == {"added": [], "changed": [], "gone": [], "unchanged": 20}
    assert [item["uid"] for item in seen] == [0, 1, 2, 3, 6, 7, 8, 19, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21]
    assert (seen[2]["start"], seen[2]["duration_minutes"]) == ("2003-01-07T00:00:00Z", "48000.0")
    assert seen[13]["predecessors"][0]["link"] == "FS"


@pytest.mark.parametrize(
    ("name", "content", "headers", "status", "code"),
    [
        ("entities", BOMB, XML, 422, "XML_FORBIDDEN"),
        ("external DTD", EXTERNAL, XML, 422, "XML_FORBIDDEN"),
        ("truncated", SAMPLE[:40_000], XML, 422, "MSPDI_TRUNCATED"),
        ("no MSPDI", b"<rss/>", XML, 422, "MSPDI_WRONG_NAMESPACE"),
        ("JSON", b"{}", {"Content-Type": "application/json"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        ("no type", SAMPLE, {}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        ("compressed", gzip.compress(SAMPLE), XML | {"Content-Encoding": "gzip"}, 415, "CONTENT_ENCODING_UNSUPPORTED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_other_files(
    project_mgmt: Harness, site: Site, name: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    """A clear problem, and nothing changed."""
    before = await project_mgmt.checksum()
    async with project_mgmt.client(site.manager) as client:
        answer = await client.post(path(site, "wbs:import"), content=content, headers=key() | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await project_mgmt.checksum() == before


async def test_large_files(project_mgmt: Harness, site: Site) -> None:
    """Two megabytes are read; eleven are too many, whatever stands in them."""
    two = SAMPLE + b"<!--" + b"x" * 2**21 + b"-->"
    async with project_mgmt.client(site.manager) as client:
        read = await client.post(path(site, "wbs:import"), content=two, headers=key() | XML)
        before = await project_mgmt.checksum()
        refused = await client.post(path(site, "wbs:import"), content=b" " * (11 * 2**20), headers=key() | XML)
    assert (read.status_code, len(read.json()["added"])) == (200, 20)
    assert (refused.status_code, refused.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert await project_mgmt.checksum() == before


async def test_who_may(project_mgmt: Harness, site: Site) -> None:
    """A reader of the project is refused, a stranger sees nothing; devices read nothing."""
    before = await project_mgmt.checksum()
    stranger = organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER)
    for principal, status, reading in (
        (site.owner.as_(Role.PROJECT_MANAGER), 403, 200),
        (site.supplier.as_(Role.SALES), 403, 200),
        (site.contractor.as_(Role.GATE_DEVICE), 403, 403),
        (stranger, 404, 404),
        (None, 401, 401),
    ):
        async with project_mgmt.client(principal) as client:
            answer = await client.post(path(site, "wbs:import"), content=SAMPLE, headers=key() | XML)
            assert answer.status_code == status
            assert (await client.get(path(site, "wbs"))).status_code == reading
    assert await project_mgmt.checksum() == before
