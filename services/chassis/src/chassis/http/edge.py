"""The REST door: token → principal, key → claim, use case → answer, commit (design rules 1, 3, 7).

An endpoint has one line of work: `return await edge.write(lambda work: service.approve(work, …),
OrderOut.of)`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import FileResponse, StreamingResponse

from chassis import idempotency, pages
from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from chassis.http.events import EventStream
from chassis.idempotency import Answer, Claim, Replay
from chassis.identity import NOBODY, Principal
from chassis.pages import Page, PageRequest
from chassis.runtime import Runtime
from chassis.tokens import LEEWAY, bearer, chosen_organisation
from chassis.work import Work

R = TypeVar("R")
UseCase = Callable[[Work], Awaitable[R]]
Present = Callable[[Any], BaseModel]

JSON = "application/json"
_ETAG = re.compile(r'^(?:W/)?"(\d{1,18})"$')
_MOVED = (FailedPrecondition, NotFound, Aborted, AlreadyExists)


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out: where it lies on disk, its media type, and the name under which it is saved."""

    path: Path
    media_type: str
    name: str


def runtime_of(request: Request) -> Runtime:
    """What the process holds: database, keys, clients."""
    return cast(Runtime, request.app.state.runtime)


def to_json(model: BaseModel) -> bytes:
    """The bytes that go out, into the idempotency row and nowhere through a second serialisation."""
    return model.__pydantic_serializer__.to_json(model)


class Edge:
    """One REST request."""

    def __init__(self, request: Request, runtime: Runtime, principal: Principal, until: datetime | None = None) -> None:
        self.request = request
        self.principal = principal
        self._runtime = runtime
        self._until = until

    @property
    def media_type(self) -> str:
        """The content type of the body, without parameters."""
        return self.request.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def expected_version(self) -> int | None:
        """The version in If-Match; None when the header is absent or `*`."""
        header = self.request.headers.get("if-match")
        if header is None or header == "*":
            return None
        match = _ETAG.match(header)
        if match is None:
            raise MalformedRequest(
                "IF_MATCH_INVALID",
                zh='If-Match 须为带引号的版本号,例如 "3"。',
                en='If-Match must be a quoted version such as "3".',
            )
        return int(match[1])

    @property
    def required_version(self) -> int:
        """The version in If-Match; MalformedRequest IF_MATCH_MISSING without it (PUT, PATCH, DELETE)."""
        version = self.expected_version
        if version is None:
            raise MalformedRequest("IF_MATCH_MISSING", zh="缺少请求头 If-Match。", en="The header If-Match is missing.")
        return version

    async def read(self, use_case: UseCase[R], present: Present) -> Response:
        """Answer a question; sets ETag when the result has a version.

        What a question writes is at most a trace of who asked (design rule 11); it is committed before the answer.
        """
        async with self._runtime.works.answering(self.principal, None) as work:
            result = await use_case(work)
            await work.finish()
        return _response(_answer(result, present, 200))

    async def stream(self, use_case: UseCase[R], follow: Callable[[R], AsyncGenerator[bytes, None]]) -> Response:
        """Answer with server-sent events: the use case says whether and what the caller may see, `follow` tells it.

        The stream ends, as if nothing more came, when the caller's token would not be taken any more.
        """
        async with self._runtime.works.answering(self.principal, None) as work:
            result = await use_case(work)
        left = None if self._until is None else (self._until - self._runtime.clock.now()).total_seconds()
        return EventStream(follow(result), left)

    async def page(self, use_case: UseCase[Page[R]], present: Present) -> Response:
        """Answer one page of a list; a trace of who asked is committed, as in `read`."""
        async with self._runtime.works.answering(self.principal, None) as work:
            page = await use_case(work)
            await work.finish()
        items = b",".join(to_json(present(item)) for item in page.items)
        body = b'{"items":[' + items + b'],"next_page_token":"' + page.next_page_token.encode() + b'"}'
        return Response(body, media_type=JSON)

    async def page_rows(self, use_case: UseCase[Page[str]]) -> Response:
        """The same for a hot list, whose use case answers rows that are JSON already."""
        async with self._runtime.works.answering(self.principal, None) as work:
            page = await use_case(work)
        body = f'{{"items":[{",".join(page.items)}],"next_page_token":"{page.next_page_token}"}}'
        return Response(body.encode(), media_type=JSON)

    async def generate(self, use_case: UseCase[Iterable[bytes]], *, media_type: str, name: str) -> Response:
        """Stream a file that a use case makes; what it needs of the database it has read before it answers.

        A trace of who asked is committed, as in `read`.
        """
        async with self._runtime.works.answering(self.principal, None) as work:
            chunks = await use_case(work)
            await work.finish()
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(chunks, media_type=media_type, headers=headers)

    async def download(self, use_case: UseCase[R], present: Callable[[R], Download]) -> Response:
        """Answer a question with a file, streamed from disk; a browser saves it and never shows it as a page.

        A trace of who asked is committed, as in `read`.
        """
        async with self._runtime.works.answering(self.principal, None) as work:
            found = present(await use_case(work))
            await work.finish()
        headers = {"X-Content-Type-Options": "nosniff"}
        return FileResponse(found.path, media_type=found.media_type, filename=found.name, headers=headers)

    async def write(
        self,
        use_case: UseCase[R],
        present: Present,
        *,
        status: int = 200,
        digest: str | None = None,
        hide: Callable[[bytes], bytes] | None = None,
    ) -> Response:
        """Run a use case under the request's Idempotency-Key, store its answer, commit, then answer.

        `digest` stands for the body in the key's fingerprint where the body was streamed (`pieces`) and is gone. `hide`
        turns the stored fingerprint into one that needs a key: for a body that must not be guessed from it.
        """
        claim = await self._claim(digest)
        if hide is not None:
            claim = replace(claim, fingerprint=hide(claim.fingerprint))
        return await self._keyed(claim, use_case, present, status, look_first=True)

    async def write_hot(self, use_case: UseCase[R], present: Present, *, status: int = 200) -> Response:
        """The same for a use case that looks the key up before anything else.

        So do `work.once`, whose statement does it, and a bulk path, which begins with `work.driver()`.
        """
        claim = await self._claim()
        return await self._keyed(claim, use_case, present, status, look_first=False)

    async def change(self, use_case: UseCase[R], present: Present) -> Response:
        """PUT, PATCH and DELETE: idempotent by If-Match, so without a key."""
        async with self._runtime.works.answering(self.principal, None) as work:
            result = await use_case(work)
            answer = _answer(result, present, 200)
            await work.finish()
        return _response(answer)

    def require_type(self, types: tuple[str, ...]) -> str:
        """The content type of an upload, one of these; UnsupportedMediaType otherwise and for compressed bodies."""
        if self.media_type not in types:
            raise UnsupportedMediaType(
                "CONTENT_TYPE_UNSUPPORTED",
                zh=f"不支持的内容类型,须为:{'、'.join(types)}。",
                en=f"The content type must be one of: {', '.join(types)}.",
            )
        if self.request.headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedMediaType(
                "CONTENT_ENCODING_UNSUPPORTED",
                zh="不接受压缩的请求体。",
                en="Compressed bodies are not accepted.",
            )
        return self.media_type

    def pieces(self) -> AsyncIterator[bytes]:
        """The raw body as it arrives, never whole in memory; PayloadTooLarge beyond the route's `max_body_size`."""
        return self.request.stream()

    async def body(self, *, limit: int, types: tuple[str, ...]) -> bytes:
        """The raw body of an upload of one of these content types, at most `limit` bytes."""
        self.require_type(types)
        body = await self.request.body()
        if len(body) > limit:
            raise PayloadTooLarge(
                "BODY_TOO_LARGE",
                zh=f"请求体超过 {limit} 字节。",
                en=f"The body has more than {limit} bytes.",
                metadata={"limit": str(limit)},
            )
        return body

    def demand_key(self) -> str:
        """The request's Idempotency-Key; InvalidArgument without one. For a POST whose answer is not kept under it."""
        return idempotency.read_key(self.request.headers.get("idempotency-key"))

    async def _claim(self, digest: str | None = None) -> Claim:
        request = self.request
        key = self.demand_key()
        body = await self._content() if digest is None else digest.encode()
        # If-Match belongs to what is asked: the same verb on another version is another request.
        query = request.scope["query_string"].decode("latin-1")
        path = f"{request.scope['path']}?{query} {request.headers.get('if-match', '')}"
        return Claim(self.principal.organisation_id, key, idempotency.fingerprint(request.method, path, body))

    async def _content(self) -> object:
        raw = await self.request.body()
        is_json = raw and self.request.headers.get("content-type", JSON).startswith(JSON)
        return await self.request.json() if is_json else raw  # parsed once: the route has read it for validation

    async def _keyed(
        self, claim: Claim, use_case: UseCase[R], present: Present, status: int, *, look_first: bool
    ) -> Response:
        try:
            if look_first:
                await self._raise_if_answered(claim)
            async with self._runtime.works.answering(self.principal, claim) as work:
                work.render = lambda result: _answer(result, present, status)
                result = await use_case(work)
                answer = work.render(result)
                await work.finish(answer)
        except Replay as replay:
            return _response(replay.answer, replayed=True)
        except _MOVED:
            # Another request with this key may have won between our look-up and our judgement of the state.
            try:
                await self._raise_if_answered(claim)
            except Replay as replay:
                return _response(replay.answer, replayed=True)
            raise
        return _response(answer)

    async def _raise_if_answered(self, claim: Claim) -> None:
        async with self._runtime.database.driver() as connection:
            answer = await idempotency.stored(connection, claim)
        if answer is not None:
            raise Replay(answer)


def _answer(result: Any, present: Present, status: int) -> Answer:
    version = getattr(result, "version", None)
    etag = f'"{version}"' if isinstance(version, int) else None
    return Answer(status, to_json(present(result)), etag)


def _response(answer: Answer, *, replayed: bool = False) -> Response:
    headers: dict[str, str] = {}
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=JSON)


async def authenticated(request: Request) -> Edge:
    """The edge of a signed-in caller; Unauthenticated or PermissionDenied otherwise."""
    runtime = runtime_of(request)
    token = bearer(request.headers.get("authorization"))
    chosen = chosen_organisation(request.headers.get("zhulian-organisation"))
    claims = await runtime.verifier.verify(token)
    return Edge(request, runtime, claims.principal(chosen), claims.expires_at + LEEWAY)


ANONYMOUS = Principal("anonymous", "anonymous", NOBODY, frozenset(), frozenset())


async def public(request: Request) -> Edge:
    """The edge of a route that needs no token."""
    return Edge(request, runtime_of(request), ANONYMOUS)


# A plain function would be run in a thread, which costs more than the whole rest of a short list.
async def _page(
    page_size: Annotated[int, Query(ge=1, le=pages.LARGEST_SIZE)] = pages.DEFAULT_SIZE,
    page_token: Annotated[str, Query(max_length=1000)] = "",
) -> PageRequest:
    return PageRequest(page_size, page_token)


EdgeDep = Annotated[Edge, Depends(authenticated)]
PublicEdgeDep = Annotated[Edge, Depends(public)]
PageDep = Annotated[PageRequest, Depends(_page)]
