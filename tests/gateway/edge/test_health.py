"""Readiness names each part; a neighbour that is away does not take the gateway out."""

from __future__ import annotations

import aiohttp

from gateway.edge.health import Neighbours, probe_http
from tests.gateway.edge.conftest import Start, dead_address


async def test_neighbours_are_named_one_by_one(start: Start) -> None:
    async with start() as caller, aiohttp.ClientSession() as session:
        asked = 0

        async def alive() -> None:
            nonlocal asked
            asked += 1
            await probe_http(session, caller.url + "/livez")

        async def dead() -> None:
            await probe_http(session, dead_address() + "/livez")

        async def odd() -> None:
            await probe_http(session, caller.url + "/nowhere/v1/x")

        neighbours = Neighbours({"projects": alive, "labour": dead, "keycloak": odd})
        for _ in range(3):
            assert await neighbours.states() == {"projects": "ok", "labour": "failed", "keycloak": "failed"}
        assert asked == 1  # kept for a second: the page is public


async def test_the_gateway_stays_ready_without_one_service(start: Start) -> None:
    async def away() -> None:
        raise TimeoutError

    neighbours = Neighbours({"labour": away})
    async with start(neighbours=neighbours) as caller, caller.session.get(caller.url + "/readyz") as answer:
        told = await answer.json()
    assert (answer.status, told["parts"]) == (200, {"database": "ok", "labour": "failed"})
