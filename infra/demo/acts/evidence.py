"""The matcher: contract ↔ registration ↔ entry ↔ attendance ↔ sheet ↔ signature ↔ payment ↔ receipt of each worker."""

from __future__ import annotations

from typing import Any

from infra.demo import tables
from infra.demo.acts.roster import OFFICER
from infra.demo.crew import CLERK
from infra.demo.papers import taken
from infra.demo.stage import Stage
from infra.demo.texts import Text

EVIDENCE = "/labour/v1/evidence"


async def play(stage: Stage) -> None:
    """Eleven chains are whole; one has a gap, which is named with who has to mend it and by when."""
    stage.title(Text("证据链:一人一月逐环核对", "The chain of evidence, worker by worker"))
    month = f"{stage.props['month']:%Y-%m}"
    query = {"project_id": stage.props["project"], "month": month}

    async def followed() -> Any:
        """A durable job follows what has changed, every ten seconds."""
        answer = await stage.call(OFFICER, "GET", f"{EVIDENCE}/totals", params=query)
        mine = [one for one in answer.body["employers"] if one["employer_id"] == stage.id("labour2")]
        return mine[0] if mine and mine[0]["paid"] == stage.props["paid_sheet"]["net"] else None

    stage.props["evidence"] = await stage.until(
        Text("证据链随事实更新", "the matcher has followed every fact"),
        followed,
        lambda one: f"{one['complete']} complete, {one['with_gaps']} with gaps {one['gaps']}",
    )
    gaps = await stage.step(
        CLERK,
        Text("查看剩余缺口", "looks at the gap that is left"),
        "GET",
        f"{EVIDENCE}/gaps",
        params=query | {"employer_id": stage.id("labour2")},
        result=lambda body: ", ".join(one["code"] for one in body["items"]),
    )
    stage.props["gaps"] = gaps["items"]
    await _chain(stage, gaps["items"][0], month)
    paper = await taken(
        stage,
        OFFICER,
        Text("下载检查用证据报告 PDF", "takes the inspector's report as PDF"),
        f"{EVIDENCE}/document?project_id={stage.props['project']}&employer_id={stage.id('labour2')}&month={month}",
        f"evidence-{month}.pdf",
    )
    stage.props["labour_papers"].append(paper)


async def _chain(stage: Stage, gap: dict[str, Any], month: str) -> None:
    """The worker's whole chain, link by link."""
    shown = await stage.step(
        OFFICER,
        Text("查看该工人当月全链", "looks at that worker's whole chain"),
        "GET",
        f"{EVIDENCE}/{gap['project_id']}/{gap['worker_id']}/{month}",
        result=lambda one: " ".join(f"{link} {'✓' if whole else '✗'}" for link, whole in one["links"].items()),
    )
    stage.props["chain"] = shown
    tables.table(
        stage,
        Text("缺口", "The gap"),
        (Text("环节", "link"), Text("缺口", "gap"), Text("责任方", "who mends it"), Text("期限", "by"), Text("", "")),
        [
            (one["chain_link"], one["code"], one["responsible"], one["mend_until"], one["detail"])
            for one in shown["gaps"]
        ],
    )
