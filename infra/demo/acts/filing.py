"""Filing with the simulated authority: connected with a secret, then everything goes by itself, in order.

While a month's wages are on their way to the bank it is suspended: what counts is filed when it is resumed.
"""

from __future__ import annotations

from infra.demo.stage import Stage
from infra.demo.texts import Text

PLATFORM = "national"
ADMIN = "labour2-admin"
CONNECTIONS = "/labour/v1/authorities/connections"


async def play(stage: Stage) -> None:
    """The employer connects its people on this project; a durable queue takes over, its receipts come later."""
    stage.title(Text("接入主管部门实名制平台(模拟)", "Filing with the (simulated) authority"))
    if "authority" not in stage.stack:
        stage.note(
            Text("本环境未启动模拟平台,跳过", "skipped: no simulator here, labour files elsewhere").say(stage.language)
        )
        return
    granted = stage.stack["authority"]["platforms"][PLATFORM]
    body = {"project_id": stage.props["project"], "authority": PLATFORM, "scope": "own"}
    stage.props["connection"] = await stage.step(
        ADMIN,
        Text("填入授权的 appid 与密钥,开始上报", "enters app id and secret as granted: filing begins"),
        "POST",
        CONNECTIONS,
        json=body | granted,
        expect=201,
        result=lambda one: f"{one['authority']} {one['state']}",
    )


async def suspend(stage: Stage) -> None:
    """File nothing until the bank has answered."""
    await _turn(stage, Text("发放期间暂停上报", "suspends it while wages are on their way"), "suspend")


async def resume(stage: Stage) -> None:
    """File what is on record by now, the paid wages with it."""
    await _turn(stage, Text("恢复上报,含已发工资", "resumes it: the paid wages are filed, too"), "resume")


async def _turn(stage: Stage, what: Text, verb: str) -> None:
    if "connection" not in stage.props:
        return
    path = f"{CONNECTIONS}/{stage.props['connection']['id']}:{verb}"
    await stage.step(ADMIN, what, "POST", path, result=lambda one: str(one["state"]))
