"""The rows of the table of benchmarks. Two things are always measured in turns in one run: the machine is shared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

from tests.bench import orders
from tests.bench.rig import CORES, a_buyer, running

TURNS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    name: str
    ours: str
    against: str
    ratio: str
    target: str
    met: bool


def ratio_row(name: str, ours: list[float], against: list[float], target: float, unit: str) -> Row:
    """The median of the ratios of the turns."""
    ratio = median(one / other for one, other in zip(ours, against, strict=True))
    return Row(
        name,
        f"{median(ours):,.0f} {unit}",
        f"{median(against):,.0f} {unit}",
        f"{ratio:.2f}",
        f"≥ {target:.2f}",
        ratio >= target,
    )


async def create_and_list(seconds: float) -> list[Row]:
    """Create and list orders through the gateway, against the bare rows and the bare SELECT.

    hot path: procurement.orders.repository.CREATE
    """
    async with running("procurement", "gateway") as rig:
        buyer = await a_buyer(rig)
        await orders.create(rig, buyer, "gateway", 2)
        created, bare_created, listed, bare_listed = [], [], [], []
        for _ in range(TURNS):
            created.append((await orders.create(rig, buyer, "gateway", seconds)).rate)
            bare_created.append(await orders.bare(rig, orders.bare_create(buyer), seconds))
        for _ in range(TURNS):
            listed.append((await orders.listing(rig, buyer, "gateway", seconds)).rate)
            bare_listed.append(await orders.bare(rig, orders.bare_list(buyer), seconds))
    return [
        ratio_row("create an order through the gateway ÷ bare rows", created, bare_created, 0.40, "req/s"),
        ratio_row("list 50 orders through the gateway ÷ bare SELECT", listed, bare_listed, 0.35, "req/s"),
    ]


async def gateway(seconds: float) -> list[Row]:
    """What the gateway costs: one core for it, one for the service (wrk and PostgreSQL share them)."""
    async with running("procurement", "gateway") as rig:
        buyer = await a_buyer(rig)
        await orders.create(rig, buyer, "procurement", 1)
        rig.pin("procurement", CORES[0])
        rig.pin("gateway", CORES[-1])
        direct, through = [], []
        for _ in range(TURNS):
            direct.append(await orders.listing(rig, buyer, "procurement", seconds))
            through.append(await orders.listing(rig, buyer, "gateway", seconds))
    rates = ratio_row(
        "gateway req/s ÷ direct req/s", [one.rate for one in through], [one.rate for one in direct], 0.60, "req/s"
    )
    return [rates]


ROWS: dict[str, Callable[[float], Awaitable[list[Row]]]] = {
    "orders": create_and_list,
    "gateway": gateway,
}
