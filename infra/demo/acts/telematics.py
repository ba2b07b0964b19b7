"""The lessor's two telematics feeds, one in each dialect."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from infra.demo.acts.attendance import indicator
from infra.demo.acts.crane import EQUIPMENT, FLEET
from infra.demo.acts.project import DATA
from infra.demo.stage import Stage
from infra.demo.texts import Text

UNIT = "EQ-3EE9F444"
HOURS = "2665.01"
LATER = "2672.51"
_TIME = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def shifted(page: bytes, by: timedelta) -> bytes:
    """The page as the feed would have said it at another time: every reading moved by the same span."""

    def move(found: re.Match[bytes]) -> bytes:
        instant = datetime.strptime(found[0].decode(), "%Y-%m-%dT%H:%M:%SZ") + by  # noqa: DTZ007 - the Z is in the format
        return instant.strftime("%Y-%m-%dT%H:%M:%SZ").encode()

    return _TIME.sub(move, page)


async def play(stage: Stage) -> None:
    """Both dialects are read; the hours of the crane between two pages arrive in the project."""
    stage.title(Text("物联网工时", "Telematics"))
    iso, jcma = ((DATA / f"dialect-{name}.xml").read_bytes() for name in ("iso", "jcma"))
    recorded = datetime.strptime(_TIME.findall(iso)[0].decode(), "%Y-%m-%dT%H:%M:%S%z")
    # Two days back, so that both readings lie after the hand-over and before now.
    back = timedelta(days=(stage.props["now"] - recorded).days - 2)
    feed = await _feed(stage, "ISO")
    await stage.step(
        FLEET,
        Text(f"把 {UNIT} 绑定到塔吊", f"ties {UNIT} to the crane"),
        "POST",
        f"{EQUIPMENT}/telematics/feeds/{feed}/units",
        json={"equipment_id": UNIT, "machine_id": stage.props["crane"]},
    )
    await _page(stage, feed, Text("读取 ISO 方言", "reads the ISO dialect"), shifted(iso, back))
    later = shifted(iso, back + timedelta(days=1)).replace(HOURS.encode(), LATER.encode())
    await _page(stage, feed, Text("读取次日数据", "reads the next day"), later)
    await _page(stage, feed, Text("重复读取", "reads it again"), later)
    other = await _feed(stage, "JCMA")
    await _page(stage, other, Text("读取 JCMA 方言", "reads the JCMA dialect"), jcma)

    async def hours() -> Any:
        return await indicator(stage, "machine_hours")

    stage.props["machine_hours"] = await stage.until(
        Text("台时经 NATS 到达项目指标", "machine hours reach the project's indicators through NATS"),
        hours,
        lambda value: f"{value} h",
    )


async def _feed(stage: Stage, dialect: str) -> str:
    made = await stage.step(
        FLEET,
        Text(f"开通 {dialect} 数据源", f"opens the {dialect} feed"),
        "POST",
        f"{EQUIPMENT}/telematics/feeds",
        json={"name": f"{dialect} {stage.props['code']}"},
        expect=201,
    )
    return str(made["id"])


async def _page(stage: Stage, feed: str, what: Text, page: bytes) -> None:
    def report(body: dict[str, Any]) -> str:
        matched = sum(row["machine_id"] is not None for row in body["rows"])
        hours = " ".join(f"{one['delta']} h" for one in body["hours"])
        return f"{len(body['rows'])} " + Text("台", "machines").say(stage.language) + f", {matched} ↔, {hours or '±0'}"

    path = f"{EQUIPMENT}/telematics/feeds/{feed}/pages"
    await stage.step(FLEET, what, "POST", path, data=page, content_type="application/xml", result=report)
