"""Around every request: its id, draining, readiness."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from chassis import logs
from chassis.http.middleware import Drain, RequestLayer
from tests.chassis.http.sample import Service, client


@pytest.mark.parametrize("sane", ["req-1234", "0199C0DE.7a11_x", "a" * 64])
async def test_a_sane_request_id_is_kept(caller: httpx.AsyncClient, sane: str) -> None:
    answer = await caller.get("/livez", headers={"X-Request-Id": sane})
    assert answer.headers["x-request-id"] == sane


@pytest.mark.parametrize("odd", ["short", "a" * 65, "with space", "<script>", "a\tbcdefgh", ""])
async def test_another_one_is_replaced(caller: httpx.AsyncClient, odd: str) -> None:
    answer = await caller.get("/livez", headers={"X-Request-Id": odd})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_the_id_is_in_the_logs_of_the_request_only() -> None:
    seen: list[str] = []

    async def endpoint(_: Request) -> Response:
        seen.append(logs.request_id.get())
        return Response()

    app = RequestLayer(Starlette(routes=[Route("/", endpoint)]), Drain())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as caller:
        answer = await caller.get("/")
    assert seen == [answer.headers["x-request-id"]]
    assert logs.request_id.get() == ""


async def test_readiness_names_each_part_and_tells_no_secrets(service: Service) -> None:
    app = service.app()

    async def works() -> None:
        return None

    async def is_away() -> None:
        raise ConnectionError("postgresql://user:password@db")

    async def hangs() -> None:
        await asyncio.sleep(60)

    app.state.health.add("database", works)
    async with client(app) as caller:
        answer = await caller.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready", "parts": {"database": "ok"}})
        app.state.health.add("nats", is_away)
        with capture_logs():
            answer = await caller.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "not ready", "parts": {"database": "ok", "nats": "failed"}}
        app.state.health.add("nats", hangs)
        with capture_logs():
            assert (await caller.get("/readyz")).status_code == 503
        assert (await caller.get("/livez")).status_code == 200


async def test_while_draining_readiness_is_off_and_requests_are_finished() -> None:
    entered, go = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Response:
        entered.set()
        await go.wait()
        return Response("done")

    drain = Drain()
    app = RequestLayer(Starlette(routes=[Route("/", slow)]), drain)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as caller:
        request = asyncio.create_task(caller.get("/"))
        await entered.wait()
        drain.begin()
        assert drain.in_flight == 1
        assert await drain.wait(0.05) is False
        go.set()
        assert (await request).text == "done"
        assert await drain.wait(1) is True
        assert drain.in_flight == 0


async def test_a_draining_service_is_not_ready(service: Service) -> None:
    app = service.app()
    app.state.drain.begin()
    async with client(app) as caller:
        answer = await caller.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "draining")


async def test_half_an_answer_is_broken_off_not_patched() -> None:
    async def breaks(_: Request) -> Response:
        async def body() -> Any:
            yield b"half"
            raise ValueError("in the middle")

        return StreamingResponse(body())

    drain = Drain()
    app = RequestLayer(Starlette(routes=[Route("/", breaks)]), drain)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as caller:
        with capture_logs() as logged, pytest.raises(ValueError, match="in the middle"):
            await caller.get("/")
    assert [entry["event"] for entry in logged] == ["request.failed"]
    assert drain.in_flight == 0
