"""A live auction: 500 watchers and a stream of bids straight at the service, from a process of their own.

hot path: procurement.auctions.repository.PLACE
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from statistics import quantiles
from typing import Any
from uuid import UUID

import psutil

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from tests.bench.rig import CORES, Buyer, Rig

SUPPLIERS = 20
WATCHERS = 500
"""Straight at the service, whose CPU is measured."""
START = 10_000_000
RATE = 200

_ROWS = (
    """
    INSERT INTO sourcings (id, version, created_at, updated_at, buyer_id, kind, state, title, note, currency, deadline,
        show_rank, reason, created_by, published_at)
    VALUES ($1, 1, now(), now(), $2, 'auction', 'published', 'Bench', '', 'CNY', now() + interval '1 day', true, '',
        'bench', now())
    """,
    "INSERT INTO sourcing_guests (sourcing_id, supplier_id) SELECT $1, unnest($2::uuid[])",
    """
    INSERT INTO auctions (id, version, created_at, updated_at, sourcing_id, buyer_id, state, shown, start_price,
        decrement, starts_at, ends_at, within_minutes, extension_minutes, most_extensions)
    VALUES ($1, 1, now(), now(), $2, $3, 'open', 'rank', $4, 1, now() - interval '1 hour', now() + interval '1 day', 5,
        5, 10)
    """,
)


@dataclass(frozen=True, slots=True)
class Watched:
    """Bids a second that were taken, what one cost the service with all telling (CPU milliseconds), and the
    milliseconds from a bid's answer until a watcher knew of it.
    """

    rate: float
    cpu: float
    p50: float
    p99: float


async def _begun(rig: Rig, buyer: Buyer, suppliers: list[UUID]) -> UUID:
    sourcing_id, auction_id = new_id(), new_id()
    organisation = buyer.principal.organisation_id
    arguments: tuple[tuple[Any, ...], ...] = (
        (sourcing_id, organisation),
        (sourcing_id, suppliers),
        (auction_id, sourcing_id, organisation, START),
    )
    connection = await rig.connect("procurement")
    for statement, values in zip(_ROWS, arguments, strict=True):
        await connection.execute(statement, *values)
    await connection.close()
    return auction_id


async def watch(rig: Rig, buyer: Buyer, seconds: float) -> Watched:
    """Twenty suppliers in turn bid below all others, so that each bid changes the rank that every watcher sees.

    The service has one core, the process of the watchers the other; PostgreSQL takes what they leave.
    """
    sales = [
        Principal("bench", "bench", new_id(), frozenset({Kind.SUPPLIER}), frozenset({Role.SALES}))
        for _ in range(SUPPLIERS)
    ]
    auction_id = await _begun(rig, buyer, [one.organisation_id for one in sales])
    path = f"/procurement/v1/auctions/{auction_id}"
    task = {
        "url": rig.url("procurement") + path,
        "path": path,
        "port": rig.ports["procurement"],
        "pid": rig.processes["procurement"].pid,
        "name": str(auction_id),
        "bidders": [rig.token(one) for one in sales],
        "watchers": WATCHERS,
        "start": START,
        "rate": RATE,
        "seconds": seconds,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.watchers", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    psutil.Process(process.pid).cpu_affinity([CORES[-1]])
    out, _ = await process.communicate(json.dumps(task).encode())
    if process.returncode != 0:
        raise RuntimeError("the process of the watchers has failed")
    result = json.loads(out)
    cuts = quantiles(result["milliseconds"], n=100)
    return Watched(result["bids"], result["cpu"], cuts[49], cuts[98])
