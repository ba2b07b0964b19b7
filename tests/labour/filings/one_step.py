"""`python -m tests.labour.filings.one_step JSON`: moves a queue by one step in a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime

from chassis import jobs
from chassis.clock import FrozenClock
from chassis.crypto import Vault
from chassis.database import Database
from chassis.identity import service_principal
from chassis.work import Works
from labour.clients.authority_platforms import Platforms
from labour.filings import service

if __name__ == "__main__":
    told = json.loads(sys.argv[1])

    async def step() -> None:
        """One job."""
        works = Works(
            Database(told["database"], size=4), FrozenClock(datetime.fromisoformat(told["now"])), jobs.enqueue
        )
        clients = {"vault": Vault({"k1": b"1" * 32}, b"i" * 32), "platforms": Platforms(told["addresses"])}
        async with works.open(service_principal("labour")) as work:
            await service.pump(work, told["payload"], clients)

    asyncio.run(step())
