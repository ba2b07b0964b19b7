"""Filing with the simulated authority: connected with a secret, then everything goes by itself, in order."""

from __future__ import annotations

from infra.demo.stage import Stage
from infra.demo.texts import Text

PLATFORM = "national"
ADMIN = "labour2-admin"


async def play(stage: Stage) -> None:
    """The employer connects its people on this project; a durable queue takes over, its receipts come later."""
    stage.title(Text("接入主管部门实名制平台(模拟)", "Filing with the (simulated) authority"))
    granted = stage.stack["authority"]["platforms"][PLATFORM]
    body = {"project_id": stage.props["project"], "authority": PLATFORM, "scope": "own"}
    stage.props["connection"] = await stage.step(
        ADMIN,
        Text("填入授权的 appid 与密钥,开始上报", "enters app id and secret as granted: filing begins"),
        "POST",
        "/labour/v1/authorities/connections",
        json=body | granted,
        expect=201,
        result=lambda one: f"{one['authority']} {one['state']}",
    )
