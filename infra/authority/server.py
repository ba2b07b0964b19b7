"""The simulator over HTTP: `/national`, `/province/…`, and `/control`, by which a test or the demo sets it up.

`POST /control` takes any of `now` (an instant, or null for the machine's time), `apps` (app id → secret), `barred`,
`calls_per_minute`, `later` (method → seconds after which it is dealt with) and `faults`, a list of `{fault, method,
times}`: `slow` (with `seconds`), `error` (500), `drop`, `code` (with `code`) come before the effect; `drop_after`,
`error_after`, `garbage_after` and `hang_after` behind it. `GET /control` answers `effects` and `calls`,
and with `?kind=…&project=…` as `kept` what the platform has of a kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from infra.authority import PATHS
from infra.authority.journal import Journal
from infra.authority.national import National
from infra.authority.province import Province
from infra.authority.world import Delivery, World
from infra.programs import LOOPBACK

LARGEST = 8 * 1024 * 1024
HANGS = 600.0


class Platforms:
    """Both platforms in one process, each with a world of its own, which goes on as its journal in `keep` ends."""

    def __init__(self, keep: Path | None) -> None:
        self.worlds = {path: _world(keep and keep / f"{path}.jsonl") for path in PATHS.values()}
        self.national = National(self.worlds["national"])
        self.province = Province(self.worlds["province"])

    async def control(self, request: web.Request) -> web.Response:
        """Set a platform up, or tell what has happened there."""
        world = self.worlds[request.match_info["platform"]]
        if request.method == "GET":
            told: dict[str, Any] = {"effects": world.effects, "calls": world.calls}
            if "kind" in request.query:
                told["kept"] = world.find(request.query["kind"], request.query.get("project", ""))
            return web.json_response(told)
        for name, value in (await request.json()).items():
            _set(world, name, value)
        return web.json_response({})

    async def form(self, request: web.Request) -> web.StreamResponse:
        """The national platform's one address."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        world, method = self.worlds["national"], form.get("method", "")
        early = await _early(world, request, method)
        if early is not None:
            return early
        said = self.national.answer(form)
        world.calls.append([method, said["code"]])
        return await _late(world, request, method) or web.json_response(said)

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """The province's addresses."""
        world, path, body = self.worlds["province"], request.path.removeprefix("/province"), await request.read()
        method = f"{request.method} {path}"
        early = await _early(world, request, method)
        if early is not None:
            return early
        if path == "/token":
            status, said = self.province.token(path, body, request.headers.get("X-Signature", ""))
        else:
            status, said = self.province.call(request.method, path, request.headers, body)
        world.calls.append([method, said["code"]])
        return await _late(world, request, method) or web.json_response(said, status=status)


def _world(path: Path | None) -> World:
    world = World()
    if path is not None:
        journal = Journal(path)
        for one in journal.lines():
            if isinstance(one, Delivery):
                world.keep(one)
            else:
                world.answers[one[0]] = one[1]
        world.keeper = journal
    return world


def _set(world: World, name: str, value: Any) -> None:
    match name:
        case "now":
            world.frozen = datetime.fromisoformat(value) if value else None
        case "apps":
            world.apps |= value
        case "later":
            world.later = value
        case "faults":
            world.faults = [
                one | {"left": one.get("times", 1), "method": one.get("method", ""), "after": "after" in one["fault"]}
                for one in value
            ]
        case "calls_per_minute":
            world.calls_per_minute = value
            world.times.clear()
        case "barred":
            world.barred = value
        case _:
            raise web.HTTPBadRequest(text=f"nothing here is called {name}")


async def _early(world: World, request: web.Request, method: str) -> web.StreamResponse | None:
    match world.fault(method, after=False):
        case {"fault": "slow", "seconds": seconds}:
            await asyncio.sleep(seconds)
        case {"fault": "error"}:
            return web.Response(status=500, text="error")
        case {"fault": "code", "code": code}:
            return web.json_response({"code": code, "message": "", "data": {}})
        case {"fault": "drop"}:
            _cut(request)
            return web.Response()  # to nobody; what came is not looked at
    return None


async def _late(world: World, request: web.Request, method: str) -> web.StreamResponse | None:
    fault = world.fault(method, after=True)
    match fault and fault["fault"]:
        case "error_after":
            return web.Response(status=500, text="error")
        case "garbage_after":
            return web.Response(text="<html>系统维护</html>", content_type="text/html")
        case "hang_after":
            await asyncio.sleep(HANGS)
        case "drop_after":
            _cut(request)
    return None


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def serve(
    port: int, keep: Path | None = None, apps: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[int, asyncio.Event]:
    """Listen on loopback; answers the port, and an event that never comes, to wait for.

    `keep` is the folder of the journals; `apps` says by platform who may call with which secret.
    """
    platforms = Platforms(keep)
    for code, known in (apps or {}).items():
        platforms.worlds[PATHS[code]].apps |= known
    app = web.Application(client_max_size=LARGEST)
    app.router.add_route("*", "/control/{platform}", platforms.control)
    app.router.add_post("/national", platforms.form)
    app.router.add_route("*", "/province/{rest:.*}", platforms.rest)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, port)
    await site.start()
    listening: int = runner.addresses[0][1]
    return listening, asyncio.Event()
