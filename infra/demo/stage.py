"""What the acts play on: callers with tokens, requests through the gateway, a line for every step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp
from rich.console import Console

from infra.demo.texts import Language, Text

TOKEN_SECONDS = 240  # tokens live five minutes
PATIENCE = 30.0
Json = dict[str, Any]
Found = TypeVar("Found")


class DemoError(Exception):
    """A step did not go as the play says."""


@dataclass
class Caller:
    """A person (user name and password) or an API client (id and secret) of an organisation."""

    organisation: str
    name: Text
    username: str = ""
    password: str = ""
    client_id: str = ""
    client_secret: str = ""
    token: str = ""
    token_until: float = 0.0
    signing_in: asyncio.Lock = field(default_factory=asyncio.Lock)

    def form(self) -> dict[str, str]:
        """What Keycloak's token endpoint is asked with."""
        if self.client_id:
            return {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
        return {
            "grant_type": "password",
            "client_id": "zhulian-demo",
            "username": self.username,
            "password": self.password,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, decoded body, headers and the milliseconds it took."""

    status: int
    body: Json
    headers: Mapping[str, str]
    ms: float


@dataclass
class Stage:
    """The running platform and what the acts have made so far."""

    stack: Json
    language: Language
    http: aiohttp.ClientSession
    console: Console
    callers: dict[str, Caller] = field(default_factory=dict)
    organisations: dict[str, Json] = field(default_factory=dict)
    props: dict[str, Any] = field(default_factory=dict)
    steps: list[Json] = field(default_factory=list)
    act: int = 0

    @property
    def gateway(self) -> str:
        """Address of the gateway."""
        return str(self.stack["gateway"]["url"])

    def title(self, text: Text) -> None:
        """The next act."""
        self.act += 1
        self.console.print(f"\n[bold]{self.act} {text.say(self.language)}[/bold]")

    def id(self, organisation: str) -> str:
        """The id of one of the organisations."""
        return str(self.organisations[organisation]["id"])

    async def token(self, caller: Caller) -> str:
        """An access token, fetched from Keycloak when the old one is about to end."""
        # One at a time: Keycloak takes several log-ins of one user at the same moment for an attack.
        async with caller.signing_in:
            if time.monotonic() >= caller.token_until:
                await self._sign_in(caller)
            return caller.token

    async def _sign_in(self, caller: Caller) -> None:
        keycloak = self.stack["keycloak"]
        url = f"{keycloak['issuer']}/protocol/openid-connect/token"
        until = time.monotonic() + PATIENCE
        while True:
            async with self.http.post(url, data=caller.form()) as answer:
                body = await answer.json()
            if answer.status == 200:
                break
            # An administrator's account is made by a durable job after the admission: soon, not at once.
            if time.monotonic() > until:
                raise DemoError(f"Keycloak gives {caller.name.en} no token: {body}")
            await asyncio.sleep(0.5)
        caller.token, caller.token_until = body["access_token"], time.monotonic() + TOKEN_SECONDS

    async def call(
        self,
        who: str | None,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        content_type: str = "",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request through the gateway; nothing is judged."""
        sent = {"Accept-Language": self.language, **(headers or {})}
        if who is not None:
            sent["Authorization"] = f"Bearer {await self.token(self.callers[who])}"
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid4())
        if content_type:
            sent["Content-Type"] = content_type
        began = time.perf_counter()
        async with self.http.request(
            method, self.gateway + path, json=json, data=data, params=params, headers=sent
        ) as answer:
            body = await answer.json(content_type=None)
            ms = (time.perf_counter() - began) * 1000
            return Answer(answer.status, body or {}, answer.headers, ms)

    async def step(
        self,
        who: str | None,
        what: Text,
        method: str,
        path: str,
        *,
        expect: int = 200,
        code: str | None = None,
        result: Callable[[Json], str] | None = None,
        **request: Any,
    ) -> Json:
        """One request that must answer `expect` (and, when refused, with `code`); prints its line."""
        answer = await self._expected(who, method, path, expect, code, request)
        text = answer.body.get("detail", "") if answer.status >= 400 else result(answer.body) if result else ""
        self.line(who, what, answer.status, text, answer.ms)
        return answer.body

    async def ask(self, who: str | None, method: str, path: str, *, expect: int = 200, **request: Any) -> Json:
        """One request that must answer `expect`, without a line of its own."""
        return (await self._expected(who, method, path, expect, None, request)).body

    async def _expected(
        self, who: str | None, method: str, path: str, expect: int, code: str | None, request: Mapping[str, Any]
    ) -> Answer:
        answer = await self.call(who, method, path, **request)
        if answer.status != expect or (code is not None and answer.body.get("code") != code):
            raise DemoError(f"{method} {path} answered {answer.status} instead of {expect}: {answer.body}")
        return answer

    async def together(
        self,
        who: str,
        what: Text,
        doing: Iterable[Coroutine[Any, Any, Found]],
        text: Callable[[list[Found]], str] = lambda found: f"× {len(found)}",
    ) -> list[Found]:
        """What many do at the same time, as one line."""
        began = time.perf_counter()
        found = list(await asyncio.gather(*doing))
        self.line(who, what, "2xx", text(found), (time.perf_counter() - began) * 1000)
        return found

    async def download(self, who: str, what: Text, path: str) -> bytes:
        """A file that the platform makes; prints its line."""
        began = time.perf_counter()
        content = await self.fetch(path, {"Authorization": f"Bearer {await self.token(self.callers[who])}"})
        self.line(who, what, 200, f"{len(content)} B", (time.perf_counter() - began) * 1000)
        return content

    async def send(self, who: str, path: str, content: bytes, content_type: str) -> bytes:
        """A file that is answered by a file or a report."""
        sent = {
            "Accept-Language": self.language,
            "Authorization": f"Bearer {await self.token(self.callers[who])}",
            "Idempotency-Key": str(uuid4()),
            "Content-Type": content_type,
        }
        async with self.http.post(self.gateway + path, data=content, headers=sent) as answer:
            body = await answer.read()
        if answer.status != 200:
            raise DemoError(f"POST {path} answered {answer.status} instead of 200: {body[:500]!r}")
        return body

    async def fetch(self, path: str, headers: Mapping[str, str]) -> bytes:
        """The bytes of a file; whoever calls stands in the headers."""
        sent = {"Accept-Language": self.language, **headers}
        async with self.http.get(self.gateway + path, headers=sent) as answer:
            content = await answer.read()
        if answer.status != 200:
            raise DemoError(f"GET {path} answered {answer.status} instead of 200: {content[:500]!r}")
        return content

    def line(self, who: str | None, what: Text, status: int | str, text: str, ms: float) -> None:
        """Who, what, result, milliseconds."""
        name = self.callers[who].name.say(self.language) if who else Text("(无令牌)", "(no token)").say(self.language)
        colour = "green" if str(status).startswith("2") else "yellow"
        said = what.say(self.language)
        self.console.print(
            f"  {len(self.steps) + 1:>3} [cyan]{name}[/cyan] · {said} → [{colour}]{status}[/{colour}] {text} "
            f"[dim]{ms:.0f} ms[/dim]",
            highlight=False,
            soft_wrap=True,
        )
        self.steps.append({"act": self.act, "who": who, "what": what.en, "status": status, "text": text, "ms": ms})

    def note(self, text: str) -> None:
        """A line below a step."""
        self.console.print(f"        {text}", highlight=False, markup=False, soft_wrap=True)

    async def until(
        self,
        what: Text,
        ask: Callable[[], Any],
        text: Callable[[Any], str] = str,
        *,
        patience: float = PATIENCE,
        pause: float = 0.05,
    ) -> Any:
        """Ask again until the answer is true: what travels through NATS arrives soon, not at once."""
        began = time.perf_counter()
        while not (found := await ask()):
            if time.perf_counter() - began > patience:
                raise DemoError(f"waited {patience:.0f} s in vain: {what.en}")
            await asyncio.sleep(pause)
        self.line("platform", what, "2xx", text(found), (time.perf_counter() - began) * 1000)
        return found
