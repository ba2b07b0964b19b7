"""A small HTTP server that answers as the realm's key and token endpoints do, and can be taken away."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from tests.chassis.token_corpus import Signer


class Realm:
    """`keys` and `tokens` count the requests; `status`, `body` and `delay` spoil the answers."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.jwks: Any = signer.jwks()
        self.keys = 0
        self.tokens = 0
        self.forms: list[dict[str, Any]] = []
        self.status = 200
        self.body: bytes | None = None
        self.delay = 0.0
        self.lifetime = 300.0
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def keys_url(self) -> str:
        """Where the key set is."""
        return f"http://127.0.0.1:{self.port}/keys"

    @property
    def token_url(self) -> str:
        """Where service tokens are had."""
        return f"http://127.0.0.1:{self.port}/token"

    async def start(self) -> None:
        """Listen, after a stop on the same port."""
        app = web.Application()
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _keys(self, _: web.Request) -> web.Response:
        self.keys += 1
        return await self._answer(self.jwks)

    async def _token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        form = dict(await request.post())
        self.forms.append(form)
        token = self.signer.service_token(str(form.get("client_id")), jti=f"token-{self.tokens}")
        return await self._answer({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})

    async def _answer(self, document: Any) -> web.Response:
        await asyncio.sleep(self.delay)
        if self.body is not None:
            return web.Response(status=self.status, body=self.body)
        return web.json_response(document, status=self.status)
