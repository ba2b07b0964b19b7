"""Three-level entry training, then the gates open: the crew enters in two teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infra.demo.crew import CLERK, SHANGHAI, TEAM, WORK_TYPES, at
from infra.demo.papers import taken
from infra.demo.stage import Stage
from infra.demo.texts import Text

TRAINING = "/labour/v1/training"
LEVELS = (
    ("公司级安全教育", "entry_company", "15.00", 6, 2),
    ("项目级安全教育", "entry_project", "15.00", 4, 2),
    ("班组级安全教育", "entry_team", "20.00", 2, 2),
)
"""Course, category, hours by 建教[1997]83号, how many days before the month it begins, and how many days it lasts."""
TEAMS = ("钢筋一班", "模板一班")


async def play(stage: Stage) -> None:
    """Without training the gate is shut; 50 hours later it is open."""
    stage.title(Text("三级安全教育与进场", "Entry training, teams and entry"))
    stage.props["shut"] = await _asked(stage, Text("培训前查询能否进场", "asks before the training who may enter"))
    for level in LEVELS:
        await _taught(stage, *level)
    entry = await stage.step(
        CLERK,
        Text("查询三级教育完成情况", "sees the three levels done"),
        "GET",
        f"{TRAINING}/workers/{stage.props['crew_workers'][0]}/entry",
        params={"project_id": stage.props["project"]},
        result=lambda one: f"complete {one['complete']}",
    )
    stage.props["entry_training"] = entry
    stage.props["open"] = await _asked(stage, Text("培训后查询能否进场", "asks again after it"))
    await _entered(stage)
    await _in_teams(stage)
    what = Text("下载在册人员花名册", "takes the roster of those on site as PDF")
    asked = f"project_id={stage.props['project']}&employer_id={stage.id('labour2')}"
    path = f"/labour/v1/assignments/roster/document?{asked}"
    stage.props["labour_papers"] = [await taken(stage, CLERK, what, path, "roster.pdf")]


async def _asked(stage: Stage, what: Text) -> list[str]:
    """Which rules refuse the first of the crew."""
    decision = await stage.step(
        CLERK,
        what,
        "GET",
        "/labour/v1/assignments/decision",
        params={"worker_id": stage.props["crew_workers"][0], "project_id": stage.props["project"]},
        result=lambda body: f"allowed {body['allowed']}",
    )
    refused = [one for one in decision["rules"] if not one["passed"]]
    for one in refused:
        stage.note(f"✗ {one['code']} {Text(one['zh'], one['en']).say(stage.language)}")
        stage.note(f"  → {Text(one['mend_zh'], one['mend_en']).say(stage.language)}")
    return [one["code"] for one in refused]


async def _taught(stage: Stage, name: str, category: str, hours: str, before: int, days: int) -> None:
    """Course, session, enrolment, attendance, closing; which is refused while a check-out is missing."""
    course = await _course(stage, {"name": name, "category": category, "hours": hours, "pass_mark": "60.00"})
    first = stage.props["month"] - timedelta(days=before)
    begins, ends = at(first, 7), at(first + timedelta(days=days - 1), 19)
    planned = {"course_id": course, "place": "项目部会议室", "trainer": "王工", "hours": hours}
    session = await stage.ask(
        CLERK,
        "POST",
        f"{TRAINING}/sessions",
        json=planned | {"starts_at": begins.isoformat(), "ends_at": ends.isoformat()},
        expect=201,
    )
    path, workers = f"{TRAINING}/sessions/{session['id']}", stage.props["crew_workers"]
    await stage.ask(CLERK, "POST", f"{path}/attendees:batch", json={"worker_ids": workers})
    await stage.ask(CLERK, "POST", f"{path}:hold")
    rows = [_there(worker, begins, ends) for worker in workers]
    if category == "entry_team":
        await _late_for_the_list(stage, path, rows)
    await stage.ask(CLERK, "POST", f"{path}/attendance:batch", json={"rows": rows})
    await stage.step(
        CLERK,
        Text(f"{name}:签到、考试、结业", f"closes the session of {category}: attendance and test are complete"),
        "POST",
        f"{path}:close",
        result=lambda one: f"{one['hours']} h × {len(workers)}",
    )


async def _course(stage: Stage, wanted: dict[str, str]) -> str:
    """The id of the employer's course of that name; an earlier play has left it."""
    page = await stage.ask(CLERK, "GET", f"{TRAINING}/courses", params={"category": wanted["category"]})
    for one in page["items"]:
        if (one["organisation_id"], one["name"]) == (stage.id("labour2"), wanted["name"]):
            return str(one["id"])
    made = await stage.ask(CLERK, "POST", f"{TRAINING}/courses", json=wanted, expect=201)
    return str(made["id"])


def _there(worker: str, begins: datetime, ends: datetime) -> dict[str, Any]:
    return {
        "worker_id": worker,
        "checked_in_at": begins.astimezone(SHANGHAI).isoformat(),
        "checked_out_at": ends.astimezone(SHANGHAI).isoformat(),
        "score": "86.00",
    }


async def _late_for_the_list(stage: Stage, path: str, rows: list[dict[str, Any]]) -> None:
    """Somebody has come and was not seen to go: whether he has his hours nobody can say yet."""
    came = {name: value for name, value in rows[0].items() if name != "checked_out_at"}
    await stage.ask(CLERK, "POST", f"{path}/attendance:batch", json={"rows": [came]})
    await stage.step(
        CLERK,
        Text("一人未签退时试图结业", "tries to close while a check-out is missing"),
        "POST",
        f"{path}:close",
        expect=409,
    )


async def _entered(stage: Stage) -> None:
    body = {
        "project_id": stage.props["project"],
        "enter_at": at(stage.props["month"], 6, 30).isoformat(),
        "workers": [{"worker_id": one} for one in stage.props["crew_workers"]],
    }
    entered = await stage.step(
        CLERK,
        Text("12 人进场(月初)", "the twelve enter, as of the first of the month"),
        "POST",
        "/labour/v1/assignments:batch",
        json=body,
        result=lambda found: f"+{found['created']} ✗{found['refused']}",
    )
    stage.props["crew_assignments"] = [one["id"] for one in entered["results"]]


async def _in_teams(stage: Stage) -> None:
    first = stage.props["month"].isoformat()
    for number, name in enumerate(TEAMS):
        members = stage.props["crew_workers"][number * TEAM : (number + 1) * TEAM]
        team = await stage.ask(
            CLERK,
            "POST",
            "/labour/v1/teams",
            json={"project_id": stage.props["project"], "name": name, "work_type": WORK_TYPES[number]},
            expect=201,
        )
        path = f"/labour/v1/teams/{team['id']}"
        await stage.ask(CLERK, "POST", f"{path}:add-members", json={"worker_ids": members, "first_day": first})
        await stage.step(
            CLERK,
            Text(f"组建{name},任命班组长", f"forms team {number + 1} and appoints its leader"),
            "POST",
            f"{path}:appoint-leader",
            json={"worker_id": members[0], "first_day": first},
            result=lambda one: f"{one['members']}",
        )
