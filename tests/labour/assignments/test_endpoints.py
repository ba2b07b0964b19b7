"""The REST door of assignments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, worker_row

PATH = "/labour/v1/assignments"


async def test_assign_enter_leave(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row())
    body = {"project_id": str(site.project_id), "worker_id": str(worker_id)}
    async with labour.client(site.clerk) as client:
        made = await client.post(PATH, json=body, headers=key())
        id_ = made.json()["id"]
        found = await client.get(f"{PATH}/{id_}")
        entered = await client.post(f"{PATH}/{id_}:enter", json={}, headers=key() | {"If-Match": '"1"'})
        header = key()
        left = await client.post(f"{PATH}/{id_}:leave", json={"reason": "合同到期"}, headers=header)
        again = await client.post(f"{PATH}/{id_}:leave", json={"reason": "合同到期"}, headers=header)
        anew = await client.post(f"{PATH}/{id_}:leave", json={}, headers=key())
        stays = await client.get(f"{PATH}/{id_}/stays")
    assert made.status_code == 201, made.text
    assert made.json() == found.json()
    assert (made.json()["worker_name"], made.json()["state"]) == ("张伟", "assigned")
    assert (entered.json()["state"], entered.headers["etag"]) == ("entered", '"2"')
    assert (left.json()["state"], left.json()["reason"]) == ("left", "合同到期")
    assert again.content == left.content
    assert (anew.status_code, anew.json()["code"], anew.json()["metadata"]["allowed"]) == (
        409,
        "INVALID_STATE",
        "enter,readmit",
    )
    assert len(stays.json()["items"]) == 1


async def test_a_refusal_lists_each_gate_with_its_source(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(training=None, work_type="030"))
    body = {"project_id": str(site.project_id), "worker_id": str(worker_id)}
    before = await labour.checksum()
    async with labour.client(site.clerk, language="zh-CN") as client:
        refused = await client.post(PATH, json=body, headers=key())
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "ENTRY_REFUSED")
    assert [one["code"] for one in problem["errors"]] == ["TRAINING_MISSING", "CERTIFICATE_MISSING"]
    assert "建筑架子工" in problem["errors"][1]["detail"]
    assert set(problem["metadata"]) == {"gates", "source.TRAINING_MISSING", "source.CERTIFICATE_MISSING"}
    assert await labour.checksum() == before


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"project_id": "x"}, "/project_id", "UUID_PARSING"),
    ({"workers": []}, "/workers", "TOO_SHORT"),
    ({"workers": [{"worker_id": 1}]}, "/workers/0/worker_id", "UUID_TYPE"),
    ({"workers": [{"worker_id": str(new_id()), "special_trade": "厨师"}]}, "/workers/0/special_trade", "CODE_UNKNOWN"),
    ({"workers": [{"worker_id": str(new_id()), "risk_class": "deadly"}]}, "/workers/0/risk_class", "ENUM"),
    ({"workers": [{"worker_id": str(new_id()), "state": "entered"}]}, "/workers/0/state", "EXTRA_FORBIDDEN"),
    ({"enter_at": "2026-11-23T08:00:00"}, "/enter_at", "OFFSET_MISSING"),
    ({"enter_at": "2026-11-24T08:00:00+08:00"}, "/enter_at", "IN_FUTURE"),
    ({"enter_at": "2010-01-01T08:00:00+08:00"}, "/enter_at", "TOO_OLD"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BAD, ids=[code + pointer for _, pointer, code in BAD])
async def test_bad_input_is_named_and_changes_nothing(
    labour: Harness, site: Site, changes: dict[str, Any], pointer: str, code: str
) -> None:
    [worker_id] = await site.workers(worker_row())
    body = {"project_id": str(site.project_id), "workers": [{"worker_id": str(worker_id)}]} | changes
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(f"{PATH}:batch", json=body, headers=key())
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await labour.checksum() == before


DENIED = [
    (Kind.LABOUR_SUBCONTRACTOR, Role.VIEWER, 8),
    (Kind.LABOUR_SUBCONTRACTOR, Role.SITE_ENGINEER, 8),
    (Kind.CONTRACTOR, Role.GATE_DEVICE, 8),
    (Kind.OWNER, Role.LABOUR_CLERK, 8),
    (Kind.SUPERVISOR, Role.SITE_ENGINEER, 8),
    (Kind.AUTHORITY, Role.PROJECT_MANAGER, 8),
    (Kind.CONTRACTOR, Role.SITE_ENGINEER, 2),  # may move people on his own sites, not bring any
]


@pytest.mark.parametrize(("kind", "role", "denied"), DENIED)
async def test_who_may_not_changes_nothing(labour: Harness, site: Site, kind: Kind, role: Role, denied: int) -> None:
    [worker_id, other] = await site.workers(worker_row(), worker_row())
    [id_] = await site.assigned([worker_id])
    body = {"project_id": str(site.project_id), "worker_id": str(other)}
    batch = {"project_id": str(site.project_id), "workers": [{"worker_id": str(other)}]}
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answers = [
            await client.post(PATH, json=body, headers=key()),
            await client.post(f"{PATH}:batch", json=batch, headers=key()),
            await client.post(f"{PATH}/{id_}:expel", json={"reason": "违章"}, headers=key()),
            await client.post(f"{PATH}/{id_}:readmit", json={"reason": "合格"}, headers=key()),
            await client.post(f"{PATH}/{id_}:enter", json={}, headers=key()),
            await client.post(f"{PATH}/{id_}:leave", json={}, headers=key()),
            await client.post(f"{PATH}/{id_}:take-leave", json={"expected_back_on": "2026-12-01"}, headers=key()),
            await client.post(f"{PATH}/{id_}:return", json={}, headers=key()),
        ]
    assert [answer.status_code for answer in answers] == [403] * denied + [404] * (8 - denied)
    assert await labour.checksum() == before


async def test_a_stranger_finds_nothing(labour: Harness, site: Site) -> None:
    [id_] = await site.assigned(await site.workers(worker_row()))
    before = await labour.checksum()
    async with labour.client(site.stranger.as_(Role.LABOUR_CLERK)) as client:
        listed = await client.get(PATH, params={"project_id": str(site.project_id)})
        answers = [
            await client.get(f"{PATH}/{id_}"),
            await client.get(f"{PATH}/{id_}/stays"),
            await client.post(f"{PATH}/{id_}:enter", json={}, headers=key()),
            await client.post(f"{PATH}/{id_}:leave", json={}, headers=key()),
        ]
    assert listed.json()["items"] == []
    assert [answer.status_code for answer in answers] == [404] * 4
    assert await labour.checksum() == before


async def test_the_owner_sees_and_does_not_touch(labour: Harness, site: Site) -> None:
    [id_] = await site.assigned(await site.workers(worker_row()))
    async with labour.client(site.owner.as_(Role.PROJECT_MANAGER)) as client:
        seen = await client.get(f"{PATH}/{id_}")
        touched = await client.post(f"{PATH}/{id_}:enter", json={}, headers=key())
    assert (seen.status_code, touched.status_code) == (200, 403)


async def test_pages_and_filters(labour: Harness, site: Site) -> None:
    ids = await site.assigned(await site.workers(*[worker_row() for _ in range(5)]))
    entered = labour.clock.now() - timedelta(hours=1)
    more = await site.assigned(await site.workers(worker_row()), enter_at=entered.isoformat())
    found: list[UUID] = []
    async with labour.client(site.engineer) as client:
        token = ""
        while True:
            params: dict[str, str] = {"page_size": "2", "project_id": str(site.project_id), "page_token": token}
            page = (await client.get(PATH, params=params)).json()
            found.extend(UUID(item["id"]) for item in page["items"])
            token = page["next_page_token"]
            if not token:
                break
        inside = await client.get(PATH, params={"project_id": str(site.project_id), "state": "entered"})
        odd = await client.get(PATH, params={"state": "gone"})
    assert sorted(found) == sorted([*ids, *more])
    assert [item["id"] for item in inside.json()["items"]] == [str(more[0])]
    assert odd.status_code == 422


async def test_a_decision_names_every_rule_its_source_and_what_mends_it(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(training=None, work_type="030"))
    asked = {"worker_id": str(worker_id), "project_id": str(site.project_id)}
    async with labour.client(site.clerk) as client:
        answer = await client.get(f"{PATH}/decision", params=asked)
    body = answer.json()
    assert (answer.status_code, body["allowed"], body["assignment_id"]) == (200, False, None)
    assert [(one["rule"], one["passed"], one["code"]) for one in body["rules"]] == [
        ("readmission", True, ""),
        ("blacklist", True, ""),
        ("agreement", True, ""),
        ("training", False, "TRAINING_MISSING"),
        ("registration", True, ""),
        ("age", True, ""),
        ("age", True, ""),
        ("certificate", False, "CERTIFICATE_MISSING"),
    ]
    assert all(one["source"] for one in body["rules"])
    assert all(bool(one["mend_zh"] and one["mend_en"]) is not one["passed"] for one in body["rules"])
    assert body["rules"][-1]["subject"] == "建筑架子工"


async def test_leave_and_return_expel_and_readmit(labour: Harness, site: Site) -> None:
    entered = (labour.clock.now() - timedelta(days=2)).isoformat()
    [id_] = await site.assigned(await site.workers(worker_row()), enter_at=entered)
    back = {"expected_back_on": "2026-12-01", "reason": "探亲"}
    async with labour.client(site.clerk) as client:
        away = await client.post(f"{PATH}/{id_}:take-leave", json=back, headers=key())
        returned = await client.post(f"{PATH}/{id_}:return", json={}, headers=key())
        absences = await client.get(f"{PATH}/{id_}/absences")
    async with labour.client(site.engineer) as client:
        nameless = await client.post(f"{PATH}/{id_}:expel", json={"reason": ""}, headers=key())
        gone = await client.post(f"{PATH}/{id_}:expel", json={"reason": "违章作业"}, headers=key())
        stays = await client.get(f"{PATH}/{id_}/stays")
        decision = await client.get(f"{PATH}/{id_}/decision")
        again = await client.post(f"{PATH}/{id_}:readmit", json={"reason": "教育合格"}, headers=key())
    assert [one.json()["state"] for one in (away, returned, gone, again)] == ["on_leave", "entered", "left", "left"]
    assert absences.json()["items"][0]["ended_at"] is not None
    assert nameless.status_code == 422
    [stay] = stays.json()["items"]
    assert (stay["exit_kind"], stay["reason"], stay["ended_by"]) == ("forced", "违章作业", str(site.contractor.id))
    assert [one["code"] for one in decision.json()["rules"] if not one["passed"]] == [
        "WORKER_NOT_ASSIGNED",
        "BARRED_FROM_PROJECT",
    ]
    assert again.json()["barred_on"] is None
