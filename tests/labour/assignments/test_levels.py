"""Where a city's gates ask for each of the three levels of the entry training (三级安全教育)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from labour.codes import repository
from labour.codes.models import EntryLevelRule, Status
from tests.harness import NOON, Harness
from tests.labour.assignments.conftest import assign, cleared_until, codes, second_project
from tests.labour.assignments.test_rpc import ask
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import BEGIN, taught

BASIC = {"trained_on": "2026-03-01", "hours": "20.00", "course": "安全教育"}
RULE = EntryLevelRule("440300", "测试城市规定", Status.PRACTICE, date(2026, 1, 1), None)
LEVELS = (("entry_company", 15), ("entry_project", 15), ("entry_team", 20))
PLAIN = {"special_trade": ""}


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A city asks for the three levels."""

    def ask_for(**changes: Any) -> None:
        rules = replace(repository.entry_rules(), entry_levels=(replace(RULE, **changes),))
        monkeypatch.setattr(repository, "entry_rules", lambda: rules)

    return ask_for


async def teach(site: Site, worker_id: UUID, *levels: str, project_id: UUID | None = None) -> None:
    """Sessions of these levels on the days before, each with all of its hours."""
    for place, (level, hours) in enumerate(LEVELS):
        if level in levels:
            begin = BEGIN - timedelta(days=3 - place, hours=6)
            kind = {"name": level, "category": level, "hours": f"{hours}.00"}
            where: dict[str, Any] = (
                {} if level == "entry_company" else {"project_id": str(project_id or site.project_id)}
            )
            await taught(site, worker_id, at=begin, length=hours, course=kind, **where)


async def test_nothing_is_asked_beyond_a_basic_training_unless_a_rule_says_so(site: Site) -> None:
    """The data that we ship ask it nowhere: no verified text says it of the gate."""
    assert repository.entry_rules().entry_levels == ()
    [worker_id] = await site.workers(worker_row(training=BASIC))
    [outcome] = await assign(site, worker_id)
    assert codes(outcome) == []


async def test_each_level_that_is_missing_is_named(labour: Harness, site: Site, asking: Callable[..., None]) -> None:
    """By its name, the hours he has, whose rule it is; the last level opens the gate in the session's transaction."""
    [worker_id] = await site.workers(worker_row(training=BASIC))
    await assign(site, worker_id)
    asking()
    await teach(site, worker_id, "entry_company")
    answer = await ask(labour, site, worker_id, **PLAIN)
    assert [one.code for one in answer.refusals] == ["ENTRY_LEVEL_MISSING"] * 2
    for said, (zh, en) in zip(answer.refusals, (("项目级", "project"), ("班组级", "team")), strict=True):
        assert zh in said.zh
        assert en in said.en
        assert "0.00/" in said.en
        assert said.source == "测试城市规定"
        assert said.mend_zh
        assert said.mend_en
    async with labour.client(site.clerk) as client:
        asked = {"worker_id": str(worker_id), "project_id": str(site.project_id)}
        explained = (await client.get("/labour/v1/assignments/decision", params=asked)).json()["rules"]
    assert [(one["subject"], one["passed"]) for one in explained if one["rule"] == "entry_level"] == [
        ("entry_company", True),
        ("entry_project", False),
        ("entry_team", False),
    ]
    assert str(await cleared_until(site, worker_id)) == "2026-11-22"
    await teach(site, worker_id, "entry_project", "entry_team")
    assert (await ask(labour, site, worker_id, **PLAIN)).allowed
    assert str(await cleared_until(site, worker_id)) == "2027-11-22"


async def test_levels_of_another_project_open_no_gate_here(site: Site, asking: Callable[..., None]) -> None:
    asking()
    other = await second_project(site)
    [worker_id] = await site.workers(worker_row(training=BASIC))
    await teach(site, worker_id, "entry_company", "entry_project", "entry_team", project_id=other)
    [here] = await assign(site, worker_id)
    [there] = await assign(site, worker_id, project_id=other, enter_at=NOON)
    assert (codes(here), codes(there)) == (["ENTRY_LEVEL_MISSING"] * 2, [])


async def test_the_employers_own_record_of_the_whole_training_counts(site: Site, asking: Callable[..., None]) -> None:
    asking()
    [worker_id] = await site.workers(worker_row())
    assert codes((await assign(site, worker_id))[0]) == []


@pytest.mark.parametrize("elsewhere", [{"city": "310000"}, {"valid_from": date(2026, 11, 24)}])
async def test_only_where_and_when_the_rule_is_in_force(
    site: Site, asking: Callable[..., None], elsewhere: dict[str, Any]
) -> None:
    asking(**elsewhere)
    [worker_id] = await site.workers(worker_row(training=BASIC))
    assert codes((await assign(site, worker_id))[0]) == []
