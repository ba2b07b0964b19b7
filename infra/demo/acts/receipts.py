"""What the authority has said: every object of the crew is accepted, each with a receipt of its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

from infra.demo.crew import CLERK
from infra.demo.stage import Stage
from infra.demo.texts import Text

FILINGS = "/labour/v1/filings"


async def play(stage: Stage) -> None:
    """Companies, teams, workers, contracts, trainings, entries, swipes and wages, and what became of each."""
    stage.title(Text("上报回执", "The authority's receipts"))
    if "connection" not in stage.props:
        return

    async def answered() -> Any:
        """Nothing waits any more, the wages included."""
        found = await filed(stage)
        open_ones = [one for one in found if one["state"] in ("queued", "sending", "pending")]
        return found if found and not open_ones and any(one["kind"] == "payroll" for one in found) else None

    found = await stage.until(
        Text("上报队列按依赖顺序处理完毕", "the queue has gone through, each object after what it needs"),
        answered,
        lambda items: " ".join(f"{kind} {count}" for kind, count in Counter(one["kind"] for one in items).items()),
        patience=120,  # the platform takes a request a second
        pause=0.5,
    )
    stage.props["filings"] = [{name: one[name] for name in ("id", "kind", "state", "worker_id")} for one in found]
    wage = next(one for one in found if one["kind"] == "payroll")
    receipts = await stage.step(
        CLERK,
        Text("查看一名工人工资上报的回执", "looks at the receipts of one worker's wages"),
        "GET",
        f"{FILINGS}/{wage['id']}/receipts",
        result=lambda body: " → ".join(f"{one['verdict']} {one['code']}" for one in body["items"]),
    )
    stage.props["receipts"] = receipts["items"]


async def filed(stage: Stage) -> list[dict[str, Any]]:
    """Every filing of the crew's employer on the project."""
    query = {"connection_id": stage.props["connection"]["id"], "page_size": "500"}
    items: list[dict[str, Any]] = []
    while True:
        page = (await stage.call(CLERK, "GET", FILINGS, params=query)).body
        items += page["items"]
        if not page["next_page_token"]:
            return items
        query["page_token"] = page["next_page_token"]
