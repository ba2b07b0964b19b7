"""The REST door of requisitions."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.procurement.requisitions.conftest import LINE, PATH, Requisitions, body

LINES = "/procurement/v1/requisition-lines"


async def test_post_says_what_get_says(requisitions: Requisitions, procurement: Harness) -> None:
    async with procurement.client(requisitions.engineer) as client:
        made = await client.post(PATH, json=body(requisitions.site), headers=key())
        found = await client.get(f"{PATH}/{made.json()['id']}")
    assert made.status_code == 201, made.text
    assert made.json() == found.json()
    assert made.headers["etag"] == found.headers["etag"] == '"1"'
    [line] = made.json()["lines"]
    assert (line["quantity"], line["left"], line["amount"]) == ("100.000000", "100.000000", "40000.00")
    assert made.json()["number"].startswith("RQ-20261123-")


async def test_through_the_door_to_the_list_of_what_is_to_buy(requisitions: Requisitions, procurement: Harness) -> None:
    """Draft, submit, approve with a remark, then it stands among the open lines with its number."""
    requisition_id = await requisitions.draft()
    one = f"{PATH}/{requisition_id}"
    async with procurement.client(requisitions.engineer) as client:
        submitted = await client.post(f"{one}:submit", headers=key() | {"If-Match": '"1"'})
        waiting = await client.get(LINES)
    async with procurement.client(requisitions.approver) as client:
        inbox = (await client.get("/procurement/v1/approval-steps", params={"mine": "true"})).json()
        header = key()
        approved = await client.post(f"{one}:approve", json={"remark": "同意"}, headers=header)
        again = await client.post(f"{one}:approve", json={"remark": "同意"}, headers=header)
        anew = await client.post(f"{one}:approve", json={}, headers=key())
    async with procurement.client(requisitions.buyer) as client:
        [line] = (await client.get(LINES, params={"material": "01"})).json()["items"]
        [summary] = (await client.get(PATH, params={"state": "approved"})).json()["items"]
    assert [step["role"] for step in submitted.json()["steps"]] == ["approver"]
    assert waiting.json()["items"] == []
    assert [step["document_id"] for step in inbox["items"]] == [str(requisition_id)]
    assert approved.json()["state"] == "approved"
    assert approved.json()["steps"][0]["reason"] == "同意"
    assert again.content == approved.content
    assert (anew.status_code, anew.json()["code"]) == (409, "INVALID_STATE")
    assert (line["requisition_number"], line["left"]) == (summary["number"], "100.000000")
    assert line["project_id"] == str(requisitions.site.project_id)


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("yesterday", {"needed_by": "2026-11-22"}, "/lines/1/needed_by", "NEEDED_IN_THE_PAST"),
    ("no day", {"needed_by": "soon"}, "/lines/1/needed_by", "DATE_FROM_DATETIME_PARSING"),
    ("nothing", {"quantity": "0"}, "/lines/1/quantity", "OUT_OF_RANGE"),
    ("negative", {"quantity": "-1"}, "/lines/1/quantity", "OUT_OF_RANGE"),
    ("float", {"quantity": 1.5}, "/lines/1/quantity", "DECIMAL_STRING"),
    ("too precise", {"quantity": "1.0000001"}, "/lines/1/quantity", "TOO_PRECISE"),
    ("unit does not fit", {"unit": "m3"}, "/lines/1/material_code", "MATERIAL_UNIT_UNKNOWN"),
    ("unknown material", {"material_code": "99999999"}, "/lines/1/material_code", "MATERIAL_UNIT_UNKNOWN"),
    ("cost code", {"cost_code": "钢筋"}, "/lines/1/cost_code", "STRING_PATTERN_MISMATCH"),
    ("for nothing", {"estimated_price": "0"}, "/lines/1/estimated_price", "OUT_OF_RANGE"),
    (
        "more than can be kept",
        {"quantity": "999999999999", "estimated_price": "999999999999"},
        "/lines/1/estimated_price",
        "TOTAL_TOO_LARGE",
    ),
    ("unknown task", {"wbs_uid": 4711}, "/lines/1/wbs_uid", "WBS_TASK_UNKNOWN"),
    ("a task that is none", {"wbs_uid": 2**31}, "/lines/1/wbs_uid", "LESS_THAN_EQUAL"),
    ("control character", {"specification": "\u0007"}, "/lines/1/specification", "STRING_PATTERN_MISMATCH"),
    ("a counter", {"ordered": "1"}, "/lines/1/ordered", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
@pytest.mark.parametrize("revising", [False, True])
async def test_bad_input_changes_nothing(
    requisitions: Requisitions,
    procurement: Harness,
    name: str,
    change: dict[str, Any],
    pointer: str,
    code: str,
    revising: bool,
) -> None:
    """Creating and revising alike: the fault of the second line is pointed at."""
    lines = [LINE, LINE | change]
    requisition_id = await requisitions.draft()
    before = await procurement.checksum()
    async with procurement.client(requisitions.engineer) as client:
        if revising:
            answer = await client.put(
                f"{PATH}/{requisition_id}", json={"note": "", "lines": lines}, headers={"If-Match": '"1"'}
            )
        else:
            answer = await client.post(PATH, json=body(requisitions.site, lines=lines), headers=key())
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert fault["details"]["en"]
    assert await procurement.checksum() == before


@pytest.mark.parametrize(("lines", "code"), [([], "TOO_SHORT"), ([LINE] * 501, "TOO_LONG")])
async def test_no_lines_and_too_many(
    requisitions: Requisitions, procurement: Harness, lines: list[dict[str, Any]], code: str
) -> None:
    async with procurement.client(requisitions.engineer) as client:
        answer = await client.post(PATH, json=body(requisitions.site, lines=lines), headers=key())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_a_project_of_others_does_not_exist(requisitions: Requisitions, procurement: Harness) -> None:
    """A contractor that is no party is told that there is none; project-mgmt is not even asked about its tasks."""
    stranger = organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)
    requisitions.projects.tasks[requisitions.site.project_id] = {7: "底板钢筋"}
    before = await procurement.checksum()
    async with procurement.client(stranger) as client:
        for lines in ([LINE], [LINE | {"wbs_uid": 7}], [LINE | {"wbs_uid": 8}]):
            answer = await client.post(PATH, json=body(requisitions.site, lines=lines), headers=key())
            assert (answer.status_code, answer.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    assert await procurement.checksum() == before


async def test_revising_needs_the_version_and_a_draft(requisitions: Requisitions, procurement: Harness) -> None:
    """Without If-Match 400, with a stale one 412, with the right one the lines are replaced; submitted: 409."""
    requisition_id = await requisitions.draft()
    change = {"note": "改", "lines": [LINE | {"quantity": "7"}, LINE]}
    one = f"{PATH}/{requisition_id}"
    async with procurement.client(requisitions.buyer) as client:
        none = await client.put(one, json=change)
        stale = await client.put(one, json=change, headers={"If-Match": '"7"'})
        right = await client.put(one, json=change, headers={"If-Match": '"1"'})
        await client.post(f"{one}:submit", headers=key())
        late = await client.put(one, json=change, headers={"If-Match": '"3"'})
    assert none.status_code == 400
    assert stale.status_code == 412
    assert right.status_code == 200, right.text
    assert (right.json()["version"], right.json()["total"], len(right.json()["lines"])) == (2, "42800.00", 2)
    assert (late.status_code, late.json()["code"]) == (409, "INVALID_STATE")


async def test_a_number_is_taken_once(requisitions: Requisitions, procurement: Harness) -> None:
    """Per organisation; the refusal leaves nothing behind."""
    number = f"RQ-{new_id().hex[-8:]}"
    await requisitions.draft(number=number)
    before = await procurement.checksum()
    async with procurement.client(requisitions.engineer) as client:
        answer = await client.post(PATH, json=body(requisitions.site, number=number), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "REQUISITION_NUMBER_TAKEN")
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("verb", "sent", "role"),
    [
        ("submit", None, Role.APPROVER),
        ("approve", {}, Role.VIEWER),
        ("reject", {"reason": "…"}, Role.INTEGRATOR),
        ("cancel", {"reason": "…"}, Role.COST_CONTROLLER),
        ("close", {"reason": "…"}, Role.PROJECT_MANAGER),
    ],
)
async def test_who_may_not(
    requisitions: Requisitions, procurement: Harness, verb: str, sent: dict[str, str] | None, role: Role
) -> None:
    """A role that does not do this verb is refused; another contractor finds no such requisition."""
    requisition_id = await requisitions.submitted()
    before = await procurement.checksum()
    callers = [
        (requisitions.site.contractor.as_(role), 403, "ROLE_MISSING"),
        (organisation(Kind.CONTRACTOR).as_(*Role), 404, "REQUISITION_NOT_FOUND"),
        (requisitions.site.supplier.as_(*Role), 403, "ROLE_MISSING"),
    ]
    for who, status, code in callers:
        async with procurement.client(who) as client:
            answer = await client.post(f"{PATH}/{requisition_id}:{verb}", json=sent, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await procurement.checksum() == before


async def test_pages_of_open_lines(requisitions: Requisitions, procurement: Harness) -> None:
    """By day and id, each once."""
    days = ["2026-12-03", "2026-12-01", "2026-12-02", "2026-12-01"]
    await requisitions.approved(lines=[LINE | {"needed_by": day, "estimated_price": "1"} for day in days])
    seen: list[dict[str, Any]] = []
    token = ""
    async with procurement.client(requisitions.buyer) as client:
        while True:
            answer = (await client.get(LINES, params={"page_size": 2, "page_token": token})).json()
            seen += answer["items"]
            token = answer["next_page_token"]
            if not token:
                break
    assert [line["needed_by"] for line in seen] == sorted(days)
    assert len({line["id"] for line in seen}) == 4
