"""VerifyOperator over a real gRPC server in this process."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.errors import InvalidArgument, NotFound, PermissionDenied
from chassis.ids import new_id
from labour.assignments import service
from labour.assignments.service import Move
from tests.harness import Harness
from tests.labour.assignments.conftest import assign
from tests.labour.conftest import Site, worker_row
from tests.labour.rpc_door import door
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import VerifyOperatorRequest, VerifyOperatorResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

CRANE = "建筑起重机械司机"


def certificate(**changes: str) -> dict[str, str]:
    return {"number": "T1", "trade": CRANE, "valid_from": "2025-01-01", "valid_to": "2026-12-31"} | changes


async def ask(
    labour: Harness, site: Site, asked: UUID, *, caller: str = "equipment-leasing", **more: object
) -> VerifyOperatorResponse:
    values = {"project_id": str(site.project_id), "worker_id": str(asked), "special_trade": CRANE} | more
    async with door(labour, caller) as channel:
        answer: VerifyOperatorResponse = await channel.call(
            LabourDirectoryStub,
            "VerifyOperator",
            VerifyOperatorRequest(**values),  # type: ignore[arg-type]
        )
    return answer


async def test_a_certified_operator_on_the_project_may(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(certificates=[certificate()]))
    await assign(site, worker_id)
    answer = await ask(labour, site, worker_id)
    assert (answer.allowed, list(answer.refusals)) == (True, [])
    assert (answer.certificate_number, answer.certificate_valid_to.date) == ("T1", "2026-12-31")


async def test_an_expired_certificate_is_named_by_the_day_that_is_asked_for(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(certificates=[certificate()]))
    await assign(site, worker_id)
    answer = await ask(labour, site, worker_id, on=Day(date="2027-01-01"))
    assert not answer.allowed
    assert [one.code for one in answer.refusals] == ["CERTIFICATE_EXPIRED"]
    assert "2026-12-31" in answer.refusals[0].zh
    assert "2026-12-31" in answer.refusals[0].en
    assert answer.certificate_number == ""


async def test_every_reason_comes_at_once(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(training=None, certificates=[]))
    answer = await ask(labour, site, worker_id)
    assert [one.code for one in answer.refusals] == ["WORKER_NOT_ASSIGNED", "TRAINING_MISSING", "CERTIFICATE_MISSING"]


async def test_each_reason_says_whose_rule_it_is_and_what_mends_it(labour: Harness, site: Site) -> None:
    """The same decision as at the gate, word for word."""
    [worker_id] = await site.workers(worker_row(training=None))
    answer = await ask(labour, site, worker_id)
    asked = {"worker_id": str(worker_id), "project_id": str(site.project_id), "special_trade": CRANE}
    async with labour.client(site.clerk) as client:
        rules = (await client.get("/labour/v1/assignments/decision", params=asked)).json()["rules"]
    said = [(one.code, one.zh, one.en, one.source, one.mend_zh, one.mend_en) for one in answer.refusals]
    told = ("code", "zh", "en", "source", "mend_zh", "mend_en")
    assert said[1:] == [tuple(one[name] for name in told) for one in rules if not one["passed"]]
    assert all(all(one) for one in said)


async def test_a_machine_that_demands_no_trade(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row())
    await assign(site, worker_id)
    answer = await ask(labour, site, worker_id, special_trade="")
    assert (answer.allowed, answer.certificate_number) == (True, "")


async def test_who_has_left_may_no_longer(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(certificates=[certificate()]))
    [outcome] = await assign(site, worker_id, enter_at=labour.clock.now())
    assert outcome.assignment_id is not None
    assert (await ask(labour, site, worker_id)).allowed
    async with labour.work(site.engineer) as work:
        await service.leave(work, Move(outcome.assignment_id, None))
    assert [one.code for one in (await ask(labour, site, worker_id)).refusals] == ["WORKER_NOT_ASSIGNED"]


async def test_who_is_on_leave_may_not_until_he_returns(labour: Harness, site: Site) -> None:
    """He still belongs to the project, and his papers are in order: the mend is the return."""
    [worker_id] = await site.workers(worker_row(certificates=[certificate()]))
    [outcome] = await assign(site, worker_id, enter_at=labour.clock.now() - timedelta(days=3))
    assert outcome.assignment_id is not None
    move = Move(outcome.assignment_id, None, labour.clock.now() - timedelta(days=1))
    async with labour.work(site.engineer) as work:
        await service.take_leave(work, move, date(2026, 12, 1))
    answer = await ask(labour, site, worker_id)
    assert (answer.allowed, answer.certificate_number) == (False, "")
    [refusal] = answer.refusals
    assert (refusal.code, ":return" in refusal.mend_zh, ":return" in refusal.mend_en) == ("ON_LEAVE", True, True)
    async with labour.client(site.clerk) as client:
        explained = await client.get(f"/labour/v1/assignments/{outcome.assignment_id}/decision")
    assert [one["code"] for one in explained.json()["rules"] if not one["passed"]] == ["ON_LEAVE"]
    async with labour.work(site.engineer) as work:
        await service.come_back(work, Move(outcome.assignment_id, None), site.projects, labour.runtime.clients["vault"])
    assert (await ask(labour, site, worker_id)).allowed


async def test_a_trade_that_his_assignment_names_is_asked_once(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row(certificates=[certificate()]))
    await assign(site, worker_id, special_trade=CRANE)
    answer = await ask(labour, site, worker_id, on=Day(date="2027-01-01"))
    assert [one.code for one in answer.refusals] == ["CERTIFICATE_EXPIRED"]


async def test_questions_that_cannot_be_answered(labour: Harness, site: Site) -> None:
    [worker_id] = await site.workers(worker_row())
    with pytest.raises(NotFound) as refusal:
        await ask(labour, site, new_id())
    assert refusal.value.reason == "WORKER_NOT_FOUND"
    for odd in ({"special_trade": "厨师"}, {"project_id": "x"}, {"worker_id": ""}, {"on": Day(date="soon")}):
        with pytest.raises(InvalidArgument):
            await ask(labour, site, worker_id, **odd)


@pytest.mark.parametrize("caller", ["project-mgmt", "procurement", "gateway", "labour"])
async def test_only_equipment_leasing_asks(labour: Harness, site: Site, caller: str) -> None:
    [worker_id] = await site.workers(worker_row())
    with pytest.raises(PermissionDenied) as refusal:
        await ask(labour, site, worker_id, caller=caller)
    assert refusal.value.reason == "CALLER_NOT_ALLOWED"
