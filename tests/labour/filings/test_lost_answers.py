"""Exactly once: the answer is late, lost or unreadable, the line breaks, the process is killed."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import sys
from datetime import timedelta

import pytest

from infra.contracts.paths import ROOT
from tests.labour.authority import Desk, Simulator, reach, until

METHODS = {"team": "Team.Add", "worker": "ProjectWorker.Add", "entry_exit": "WorkerEntryExit.Add"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("drop_after", "worker"),
        ("error_after", "worker"),
        ("garbage_after", "worker"),
        ("drop_after", "team"),
        ("drop_after", "entry_exit"),
    ],
)
async def test_what_arrived_without_an_answer_is_asked_for_and_not_sent_again(
    desk: Desk, fault: str, kind: str
) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": fault, "method": METHODS[kind]}])
    await desk.file()
    await desk.all_accepted()
    assert len(await desk.effects(kind)) == {"team": 1, "worker": 2, "entry_exit": 2}[kind]
    row = (await desk.rows(kind=kind))[0]
    assert [one[0] for one in await desk.receipts(row["id"])] == ["unknown", "accepted"]


@pytest.mark.parametrize("fault", ["drop", "error"])
async def test_what_has_not_arrived_is_sent_again_once_that_is_certain(desk: Desk, fault: str) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": fault, "method": "ProjectWorker.Add"}])
    await desk.file()
    await desk.all_accepted()
    assert len(await desk.effects("worker")) == 2
    row = (await desk.rows(kind="worker"))[0]
    assert [one[0] for one in await desk.receipts(row["id"])] == ["unknown", "absent", "accepted"]
    assert row["answered_at"] - row["created_at"] >= timedelta(minutes=10), "absent means absent after a while"


async def test_a_lost_answer_to_what_is_dealt_with_later(desk: Desk) -> None:
    """Neither a serial code nor the object is there at first."""
    await desk.connect()
    await desk.simulator.control(
        later={"ProjectWorker.Add": 120}, faults=[{"fault": "drop_after", "method": "ProjectWorker.Add"}]
    )
    await desk.file()
    await desk.all_accepted()
    assert len(await desk.effects("worker")) == 2


async def test_the_receipt_may_be_lost_too(desk: Desk) -> None:
    await desk.connect()
    await desk.simulator.control(
        faults=[
            {"fault": "drop_after", "method": "ProjectWorker.Add"},
            {"fault": "error", "method": "ProjectWorker.Query", "times": 3},
        ]
    )
    await desk.file()
    await desk.all_accepted()
    assert len(await desk.effects("worker")) == 2


async def test_a_lost_answer_to_an_update(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    async with desk.harness.sql() as sql:
        await sql.execute(
            "UPDATE workers SET nation = '壮族' WHERE id = $1", (await desk.rows(kind="worker"))[0]["worker_id"]
        )
    await desk.simulator.control(faults=[{"fault": "drop_after", "method": "ProjectWorker.Update"}])
    await desk.file()
    await desk.all_accepted()
    assert [one[1] for one in await desk.effects("worker")] == ["add", "add", "update"]


async def test_an_answer_that_is_too_late_counts_as_lost(desk: Desk, authority: Simulator) -> None:
    reach(desk.harness, authority.addresses, timeout=0.3)
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "hang_after", "method": "Team.Add"}])
    await desk.file()
    await desk.all_accepted()
    assert len(await desk.effects("team")) == 1


async def test_nobody_there_is_tried_again_with_growing_pauses(desk: Desk, authority: Simulator) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        reach(desk.harness, {"national": f"http://127.0.0.1:{closed.getsockname()[1]}/national"})
    await desk.connect()
    await desk.collect()
    times = []
    for _ in range(12):
        await desk.step()
        times.append((await desk.queue())[1])
    pauses = [int((after - before).total_seconds()) for before, after in itertools.pairwise(times)]
    assert [pause for pause in pauses if pause][:3] == [5, 10, 20]
    reach(desk.harness, authority.addresses)
    await desk.run()
    await desk.all_accepted()
    assert len(await desk.effects("project")) == 1


async def test_the_result_comes_later(desk: Desk) -> None:
    await desk.connect()
    await desk.simulator.control(later={"ProjectWorker.Add": 30})
    await desk.collect()
    while "pending" not in await desk.states("worker"):
        assert await desk.step()
    row = (await desk.rows(kind="worker"))[0]
    await desk.run()
    await desk.all_accepted()
    assert [one[:2] for one in await desk.receipts(row["id"])] == [("pending", "0"), ("accepted", "20")]
    polled = [code for method, code in (await desk.simulator.seen())["calls"] if method == "AsyncHandleResult.Query"]
    assert len(polled) >= 2


async def test_the_result_that_comes_later_is_a_refusal(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    bad, good = [row["worker_id"] for row in await desk.rows(kind="worker")]
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE worker_trainings SET trained_on = '2027-01-01' WHERE worker_id = $1", bad)
    await desk.simulator.control(later={"ProjectTraining.Add": 30})
    await desk.file()
    found = {row["worker_id"]: row for row in await desk.rows(kind="training")}
    assert (found[good]["state"], found[bad]["state"]) == ("accepted", "refused")
    assert (found[bad]["answer_code"], found[bad]["mend_by"]) == ("10", "employer")


async def test_the_process_is_killed_between_sending_and_writing_down(desk: Desk) -> None:
    """A process of its own moves the queue and dies while the platform, which has taken everything, is silent."""
    await desk.connect()
    await desk.collect()
    while await desk.states("team") != ["sending"]:
        assert await desk.step()
    await desk.simulator.control(faults=[{"fault": "hang_after", "method": "Team.Add"}])
    wake, at = await desk.queue()
    if at > desk.harness.clock.now():
        await desk.move(at - desk.harness.clock.now())
    told = {
        "database": desk.harness.addresses.runtime_url,
        "now": desk.harness.clock.now().isoformat(),
        "addresses": desk.simulator.addresses,
        "payload": {"connection_id": str(desk.connection_id), "wake": wake},
    }
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.labour.filings.one_step", json.dumps(told), cwd=ROOT
    )
    await until(lambda: desk.effects("team"))
    killed.kill()
    await killed.wait()
    await desk.run()
    await desk.all_accepted()
    assert len(await desk.effects("team")) == 1
    assert len(await desk.effects("worker")) == 2
