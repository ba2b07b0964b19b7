"""The overview of the project, with everybody there and with one service stopped."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import aiohttp

from infra.demo.stage import DemoError, Stage
from infra.demo.texts import Text

OWNER = "owner-pm"


async def play(stage: Stage) -> None:
    """Four services on one page; without labour the page still comes and says what is missing."""
    stage.title(Text("项目总览", "The project's overview"))
    path = f"/projects/v1/projects/{stage.props['project']}/overview"
    what = Text("查询项目总览", "asks for the overview")
    stage.props["overview"] = await stage.step("contractor-pm", what, "GET", path, result=_brief)
    await stage.step("authority-viewer", what, "GET", path, result=_brief)
    await stage.step(OWNER, what, "GET", path, result=_brief)
    await _stack("hold", "labour")
    await stage.until(Text("劳务服务已停机", "labour has stopped"), lambda: _is_gone(stage, "labour"), lambda _: "")
    try:
        stage.props["overview_without_labour"] = await stage.step(
            "contractor-pm",
            Text("劳务服务停机时查询总览", "asks while labour is stopped"),
            "GET",
            path,
            result=lambda body: ", ".join(one["code"] for one in body["missing"]) + " · " + _brief(body),
        )
    finally:
        await _stack("release", "labour")
    await stage.until(Text("劳务服务恢复", "labour is back"), lambda: _is_back(stage, "labour"), lambda _: "")


async def _is_gone(stage: Stage, service: str) -> bool:
    """It finishes what it has in hand before it closes its door."""
    try:
        async with stage.http.get(f"{stage.stack['services'][service]['rest']}/livez"):
            return False
    except aiohttp.ClientConnectionError:
        return True


async def _is_back(stage: Stage, service: str) -> bool:
    async with stage.http.get(f"{stage.gateway}/readyz") as answer:
        report = await answer.json()
    return bool(report["parts"].get(service) == "ok")


async def _stack(command: str, name: str) -> None:
    """Stop one service of the local stack, or let it start again."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "infra.local", command, name)
    if await process.wait() != 0:
        raise DemoError(f"infra.local {command} {name} failed")


def _brief(body: dict[str, Any]) -> str:
    presence = body["presence"]
    orders = body["orders"]
    machines = body["machines"]
    parts = [
        f"on site {presence['on_site']}/{presence['assigned']}" if presence else "on site ?",
        f"ordered {orders['ordered']} accepted {orders['accepted']}" if orders else "orders ?",
        f"machines {len(machines)} clear {sum(one['clear'] for one in machines)}"
        if machines is not None
        else "machines ?",
    ]
    return " · ".join(parts)
