"""The rows of the table of benchmarks. Two things are always measured in turns in one run: the machine is shared."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from statistics import median

from tests.bench import auction, decisions, matcher, orders, payroll, sourcing, swipes, typesetting, workbooks
from tests.bench.rig import CORES, PACKAGES, Buyer, Rig, a_buyer, running

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
        await orders.analyze(rig)
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
        direct, through, added = [], [], []
        for _ in range(TURNS):
            direct.append((await orders.listing(rig, buyer, "procurement", seconds)).rate)
            through.append((await orders.listing(rig, buyer, "gateway", seconds)).rate)
            alone = await orders.listing(rig, buyer, "procurement", seconds / 2, connections=1)
            behind = await orders.listing(rig, buyer, "gateway", seconds / 2, connections=1)
            added.append(behind.p50 - alone.p50)
    cost = median(added)
    return [
        ratio_row("gateway req/s ÷ direct req/s, a core each", through, direct, 0.60, "req/s"),
        Row("gateway: added p50, one connection", f"{cost:.2f} ms", "direct", "", "< 1 ms", cost < 1),
    ]


async def attendance(seconds: float) -> list[Row]:
    """A thousand swipes a call, end to end, against COPY; then facts at half of that load."""
    async with running("project-mgmt", "labour", "gateway") as rig:
        gates = await swipes.the_gates(rig)
        await swipes.send(rig, gates, 1)
        ours, bare = [], []
        for _ in range(TURNS):
            ours.append(await swipes.send(rig, gates, seconds))
            bare.append(await swipes.copy(rig, gates, seconds))
        p50, p99 = await swipes.latency(rig, gates, per_second=25, seconds=seconds)
        one50, one99 = await swipes.single(rig, gates, seconds)
    return [
        ratio_row("1,000 swipes a call through the gateway ÷ COPY", ours, bare, 0.50, "rows/s"),
        Row(
            "one swipe a call through the gateway, at half load",
            f"p50 {one50:.0f} ms, p99 {one99:.0f} ms",
            "",
            "",
            "p99 < 50 ms",
            one99 < 50,
        ),
        Row(
            "commit → applied at the consumer", f"p50 {p50:.0f} ms, p99 {p99:.0f} ms", "", "", "p99 < 100 ms", p99 < 100
        ),
    ]


async def many_swipes(seconds: float) -> list[Row]:
    """A thousand swipes a call with ten million rows in the table against a hundred thousand."""
    async with running("labour", "gateway") as rig:
        gates = await swipes.the_gates(rig)
        taken, filled = {}, 0
        for count in (100_000, 10_000_000):
            await swipes.fill(rig, gates, filled + 1, count)
            filled = count
            await swipes.analyze(rig)
            await swipes.send(rig, gates, 1)
            taken[count] = [await swipes.send(rig, gates, seconds) for _ in range(TURNS)]
    return [ratio_row("swipes at 10⁷ ÷ at 10⁵ rows", taken[10_000_000], taken[100_000], 0.85, "rows/s")]


async def gate_decisions(seconds: float) -> list[Row]:
    """The whole decision, asked by another service, against one bare look at a worker's row."""
    async with running("project-mgmt", "labour") as rig:
        site, ids = await decisions.operators(rig)
        await decisions.decide(rig, site, ids, 1)
        ours, empty, bare = [], [], []
        for _ in range(TURNS):
            ours.append(await decisions.decide(rig, site, ids, seconds))
            empty.append(await decisions.nothing(rig, seconds))
            bare.append(await decisions.look(rig, ids, seconds))
    name = "gate decision (VerifyOperator) over gRPC ÷ a bare SELECT by primary key over asyncpg"
    bound = ratio_row("an empty call over gRPC ÷ the same SELECT: the bound of the row above", empty, bare, 0, "/s")
    return [ratio_row(name, ours, bare, 0.30, "/s"), replace(bound, target="–")]


async def award_and_compare(seconds: float) -> list[Row]:
    """500 lines from 20 suppliers: awarded against the bare rows in turns, compared beside a short list alone.

    Bare are the inserts alone: the service also updates a thousand lines and parts, and ends the sourcing.
    """
    async with running("procurement", "gateway") as rig:
        buyer = await a_buyer(rig)
        awards = max(2, int(seconds))
        sourcings = await sourcing.opened(rig, buyer, awards * TURNS + 2)
        compared_one, warm, *rest = sourcings
        await sourcing.award(rig, buyer, await sourcing.award_bodies(rig, [warm]))
        ours, bare = [], []
        for turn in range(TURNS):
            bodies = await sourcing.award_bodies(rig, rest[turn * awards : (turn + 1) * awards])
            rate, award_id = await sourcing.award(rig, buyer, bodies)
            ours.append(rate)
            bare.append(await sourcing.bare_award(rig, award_id, awards))
        compared, listed = [], []
        for _ in range(TURNS):
            compared.append(await sourcing.compare(rig, buyer, compared_one, seconds))
            listed.append(await orders.listing(rig, buyer, "gateway", seconds, connections=1))
    p99 = median(one.p99 for one in compared)
    return [
        ratio_row("award 500 lines to 20 suppliers through the gateway ÷ bare inserts", ours, bare, 0.40, "awards/s"),
        Row(
            "compare 500 lines × 20 suppliers through the gateway, beside a list of 50 orders; one connection",
            f"p50 {median(one.p50 for one in compared):.0f} ms, p99 {p99:.0f} ms",
            f"p50 {median(one.p50 for one in listed):.1f} ms, p99 {median(one.p99 for one in listed):.1f} ms",
            "",
            "p99 < 200 ms",
            p99 < 200,
        ),
    ]


async def bidding(seconds: float) -> list[Row]:
    """An auction with 500 watchers, straight at the service, which has one core."""
    async with running("procurement") as rig:
        buyer = await a_buyer(rig)
        rig.pin("procurement", CORES[0])
        turns = [await auction.watch(rig, buyer, seconds) for _ in range(TURNS)]
    rate, cpu, p50, p99 = (median(getattr(one, name) for one in turns) for name in ("rate", "cpu", "p50", "p99"))
    seen = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    return [
        Row("auction: bid accepted → seen by 500 watchers, straight", seen, "", "", "p99 < 250 ms", p99 < 250),
        Row(
            "auction: bids taken meanwhile, the service on one core",
            f"{rate:.0f} bids/s, {cpu:.1f} ms of its CPU each",
            f"{auction.RATE} sent/s",
            f"{rate / auction.RATE:.2f}",
            "≥ 0.98",
            rate >= 0.98 * auction.RATE,
        ),
    ]


async def scale(seconds: float) -> list[Row]:
    """Create and list with a million orders in the table against ten thousand."""
    async with running("procurement", "gateway") as rig:
        buyer = await a_buyer(rig)
        created, listed = {}, {}
        for count in (10_000, 1_000_000):
            await orders.fill(rig, buyer, count)
            await orders.create(rig, buyer, "gateway", 1)
            created[count] = [(await orders.create(rig, buyer, "gateway", seconds)).rate for _ in range(TURNS)]
            listed[count] = [(await orders.listing(rig, buyer, "gateway", seconds)).rate for _ in range(TURNS)]
    return [
        ratio_row("create at 10⁶ ÷ at 10⁴ orders", created[1_000_000], created[10_000], 0.85, "req/s"),
        ratio_row("list at 10⁶ ÷ at 10⁴ orders", listed[1_000_000], listed[10_000], 0.85, "req/s"),
    ]


async def memory(seconds: float) -> list[Row]:
    """Resident memory idle, and of the two that answer a hundred thousand reads of one order: flat after the half."""
    async with running(*PACKAGES) as rig:
        await asyncio.sleep(5)
        idle = {service: rig.memory(service) for service in PACKAGES}
        buyer = await a_buyer(rig)
        await orders.create(rig, buyer, "gateway", 1)
        half = await _memory_after(rig, buyer, 50_000, max(seconds, 10))
        after = await _memory_after(rig, buyer, 50_000, max(seconds, 10))
    rows = [
        Row(f"memory of {name}, idle", f"{used:.0f} MB", "", "", "< 200 MB", used < 200) for name, used in idle.items()
    ]
    for name, used in after.items():
        flat = used < 200 and used < half[name] * 1.05
        name_of_row = f"memory of {name} after 10⁵ requests ÷ after half"
        row = Row(name_of_row, f"{used:.0f} MB", f"{half[name]:.0f} MB", f"{used / half[name]:.2f}", "< 1.05", flat)
        rows.append(row)
    return rows


async def _memory_after(rig: Rig, buyer: Buyer, requests: int, seconds: float) -> dict[str, float]:
    done = 0.0
    while done < requests:
        done += seconds * (await orders.one(rig, buyer, "gateway", seconds)).rate
    return {service: rig.memory(service) for service in ("gateway", "procurement")}


async def papers(seconds: float) -> list[Row]:
    """A workbook of 5,000 lines imported against the bare reader; an order of 500 lines as PDF. Not by seconds."""
    del seconds
    async with running("procurement", "gateway") as rig:
        ours, bare = [], []
        for turn in range(TURNS):
            content = workbooks.workbook(turn)
            ours.append(await workbooks.take(rig, "gateway", content))
            bare.append(await workbooks.read(content))
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    took = median([typesetting.typeset(turn) for turn in range(TURNS)])
    return [
        Row(
            "XLSX import of 5,000 lines through the gateway ÷ openpyxl reading the file",
            f"{median(ours):,.0f} ms",
            f"{median(bare):,.0f} ms",
            f"{ratio:.2f}",
            "≤ 2.50",
            ratio <= 2.5,
        ),
        Row("an order of 500 lines as PDF", f"{took:,.0f} ms", "", "", "< 500 ms", took < 500),
    ]


async def wages(seconds: float) -> list[Row]:
    """A month of 5,000 workers drafted, against one aggregate over the same worker days. Not by seconds."""
    del seconds
    async with running() as rig:
        month = await payroll.a_month(rig)
        await month.summed()
        ours, bare = [], []
        for _ in range(TURNS):
            ours.append(await month.drafted() * 1000)
            bare.append(await month.summed() * 1000)
        await month.site.harness.stop()
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    return [
        Row(
            "payroll of 5,000 workers drafted ÷ one SQL aggregate over the same worker days",
            f"{median(ours):,.0f} ms",
            f"{median(bare):,.0f} ms",
            f"{ratio:.2f}",
            "≤ 10.00",
            ratio <= 10,
        )
    ]


async def evidence(_: float) -> list[Row]:
    """What one more swipe costs the matcher, with a month of 5,000 workers in the table."""
    async with running() as rig:
        month = await payroll.a_month(rig)
        await matcher.caught_up(month)
        one, everything = [], []
        for _turn in range(TURNS):
            one.append(await matcher.followed(month) * 1000)
            everything.append(await matcher.recomputed(month) * 1000)
        await month.site.harness.stop()
    ratio = median(ours / other for ours, other in zip(one, everything, strict=True))
    return [
        Row(
            "matcher: one day more, followed ÷ full recompute of 5,000 workers' months",
            f"{median(one):,.1f} ms",
            f"{median(everything):,.0f} ms",
            f"{ratio:.4f}",
            "≤ 0.0100",
            ratio <= 0.01,
        )
    ]


ROWS: dict[str, Callable[[float], Awaitable[list[Row]]]] = {
    "orders": create_and_list,
    "gateway": gateway,
    "attendance": attendance,
    "swipes": many_swipes,
    "decisions": gate_decisions,
    "payroll": wages,
    "evidence": evidence,
    "award": award_and_compare,
    "auction": bidding,
    "scale": scale,
    "memory": memory,
    "papers": papers,
}
