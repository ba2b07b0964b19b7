"""`python -m infra.demo [--lang zh-CN|en]`: play the demo project on the running stack."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from secrets import token_hex
from typing import get_args
from zoneinfo import ZoneInfo

import aiohttp
from rich.console import Console

from infra.demo import tables
from infra.demo.acts import (
    attendance,
    contracts,
    crane,
    evidence,
    filing,
    month,
    organisations,
    overview,
    partner,
    payouts,
    project,
    receipts,
    repairs,
    roster,
    settlement,
    sourcing,
    steel,
    suppliers,
    telematics,
    training,
    wages,
    warning,
    workers,
)
from infra.demo.stage import DemoError, Stage
from infra.demo.texts import Language, Text
from infra.local import stack_file
from infra.places import LOCAL

ACTS = (
    organisations,
    project,
    workers,
    attendance,
    roster,
    contracts,
    training,
    month,
    repairs,
    filing,
    steel,
    suppliers,
    sourcing,
    settlement,
    wages,
    payouts,
    crane,
    telematics,
    evidence,
    warning,
    receipts,
    overview,
    partner,
)
RESULT = LOCAL / "demo.json"


async def play(language: Language) -> Stage:
    """All acts in turn; raises DemoError at the first step that does not go as the play says."""
    now = datetime.now(UTC)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        stage = Stage(stack_file.read(), language, http, Console())
        stage.props |= {
            "now": now,
            "today": now.astimezone(ZoneInfo("Asia/Shanghai")).date(),
            "code": f"PS-{now:%y%m%d}-{token_hex(2).upper()}",
        }
        for act in ACTS:
            await act.play(stage)
        await tables.show(stage)
    return stage


def main() -> int:
    """Play, and leave what happened in `.local/demo.json`; the exit code says how it went."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description=__doc__)
    parser.add_argument("--lang", choices=get_args(Language), default="zh-CN")
    options = parser.parse_args()
    try:
        stage = asyncio.run(play(options.lang))
    except (DemoError, aiohttp.ClientError, TimeoutError) as error:
        Console(stderr=True).print(
            Text("演示中断:", "the demo stopped: ").say(options.lang) + f"{error!r}", style="red", highlight=False
        )
        return 1
    RESULT.write_text(json.dumps({"steps": stage.steps, "props": stage.props}, default=str, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
