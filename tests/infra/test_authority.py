"""The simulator as the local stack starts it: it knows who may call, and after a kill what was filed before."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.ids import new_id
from infra.authority import PATHS
from labour.authorities.rules import directory
from labour.clients.authorities import Answer, Door, Item, Kind, Request, Verdict
from labour.clients.authority_platforms import Platforms
from tests.harness import NOON
from tests.labour.authority import SECRET, Simulator, simulator
from tests.labour.conftest import resident_id

APP = "zhulian-local"
ALLOWED = {code: {APP: SECRET} for code in PATHS}


async def told(running: Simulator, code: str, request: Request, *, receipt: bool = False) -> Answer:
    """What a platform says to a request, or to the question what became of it."""
    await running.control(code, now=NOON.isoformat())
    connector = Platforms(running.addresses).connector(directory()[code])
    ask = connector.receipt if receipt else connector.send
    return await ask(Door(running.addresses[code], APP, SECRET), request)


def request(kind: Kind, key: str = "1", *, update: bool = False, team: str = "", **values: str | bool) -> Request:
    """One object of a project."""
    around = {"project_code": "P-1", "uscc": "U-1", "company_name": "劳务有限公司"}
    return Request(new_id(), kind, update, (Item(key, around | values, "", team),), NOON)


def test_every_platform_of_the_directory_is_simulated() -> None:
    assert PATHS.keys() == directory().keys()


@pytest.mark.parametrize("code", sorted(PATHS))
async def test_who_is_named_at_the_start_may_call(code: str) -> None:
    async with simulator(apps=ALLOWED) as running:
        assert (await told(running, code, request(Kind.COMPANY))).verdict is Verdict.ACCEPTED
    async with simulator() as closed:
        assert (await told(closed, code, request(Kind.COMPANY))).verdict is Verdict.BARRED


@pytest.mark.parametrize("code", sorted(PATHS))
async def test_a_killed_simulator_knows_what_was_filed_before(code: str, tmp_path: Path) -> None:
    first = [
        request(Kind.PROJECT, project_name="示范", project_status="003"),
        request(Kind.COMPANY),
        request(Kind.SUBCONTRACTOR, company_type="006"),
        request(Kind.TEAM, team_name="钢筋班", entry_date="2026-10-15", exit_date=""),
    ]
    async with simulator(tmp_path, ALLOWED) as running:
        answers = [await told(running, code, one) for one in first]
        assert answers[-1].items["1"].verdict is Verdict.ACCEPTED
        running.process.kill()
        await running.process.wait()
    with (tmp_path / f"{PATHS[code]}.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"delivery": {"kind": "te')  # what a kill in the middle of a line leaves
    async with simulator(tmp_path, ALLOWED) as again:
        asked = await told(again, code, first[-1], receipt=True)
        assert asked.items["1"].number == answers[-1].items["1"].number
        changed = await told(
            again, code, request(Kind.TEAM, update=True, team_name="钢筋班", entry_date="2026-10-15", exit_date="")
        )
        assert changed.items["1"].number == answers[-1].items["1"].number
    async with simulator(tmp_path, ALLOWED) as third:  # the line behind the unfinished one was kept
        effects = (await third.seen(code))["effects"]
        assert [one[:2] for one in effects if one[0] == "team"] == [["team", "add"], ["team", "update"]]


async def test_nobody_else_reads_the_journal(tmp_path: Path) -> None:
    async with simulator(tmp_path / "kept", ALLOWED) as running:
        await told(running, "national", request(Kind.COMPANY))
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()} == {0o600}


async def test_a_simulator_without_a_folder_forgets() -> None:
    worker = request(Kind.WORKER, team="T000001", id_card_type="01", id_card_number=resident_id())
    async with simulator(apps=ALLOWED) as running:
        await told(running, "demo_province", request(Kind.COMPANY))
    async with simulator(apps=ALLOWED) as again:
        assert (await again.seen("demo_province"))["effects"] == []
        assert (await told(again, "demo_province", worker)).items["1"].verdict is Verdict.REFUSED
