"""The edge in front of a real server."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.gateway.edge.conftest import Caller, Start
from tests.gateway.edge.serving import PIECE

MEBIBYTE = 1024 * 1024


def _fields(told: dict[str, Any]) -> dict[str, str]:
    return dict(told["headers"])


async def test_a_request_passes_unchanged(caller: Caller) -> None:
    path = "/projects/v1/projects/a:approve?filter=%E9%92%A2&page_size=5&filter=b"
    async with caller.call("POST", path, data=b'{"a":1}', headers={"Content-Type": "application/json"}) as answer:
        told = await answer.json()
    assert answer.status == 200
    assert (told["method"], told["path"]) == ("POST", "/projects/v1/projects/a:approve")
    assert told["query"] == "filter=%E9%92%A2&page_size=5&filter=b"
    assert told["sha256"] == hashlib.sha256(b'{"a":1}').hexdigest()
    assert _fields(told)["content-type"] == "application/json"
    assert _fields(told)["authorization"] == f"Bearer {caller.token}"


async def test_identity_fields_of_the_caller_do_not_arrive(caller: Caller) -> None:
    forged = {
        "X-Forwarded-For": "1.2.3.4",
        "X-User-Id": "boss",
        "Zhulian-Principal": "boss",
        "Forwarded": "for=boss",
    }
    async with caller.call("GET", "/projects/v1/x", headers=forged) as answer:
        fields = _fields(await answer.json())
    assert fields["x-forwarded-for"] == "127.0.0.1"
    assert not {"boss", "1.2.3.4", "for=boss"} & set(fields.values())


async def test_hop_by_hop_fields_of_the_answer_end_here(caller: Caller) -> None:
    async with caller.call("GET", "/projects/v1/hop") as answer:
        await answer.read()
    assert "x-inner" not in answer.headers
    assert "proxy-authenticate" not in answer.headers
    assert "server" not in answer.headers
    assert answer.headers["x-outer"] == "passes"
    assert answer.headers.getall("set-cookie") == ["a=1", "b=2"]
    assert answer.headers.getall("x-frame-options") == ["DENY"]
    assert answer.headers.getall("ratelimit-policy") == ['"default";q=1000;w=60']
    assert len(answer.headers.getall("ratelimit")) == 1


async def test_security_fields_stand_on_every_answer(caller: Caller) -> None:
    for path, status in (("/projects/v1/x", 200), ("/nowhere/v1/x", 404), ("/livez", 200)):
        async with caller.call("GET", path) as answer:
            await answer.read()
        assert answer.status == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert len(answer.headers.getall("x-request-id")) == 1


async def test_the_request_id_is_one_for_both_sides(caller: Caller) -> None:
    async with caller.call("GET", "/projects/v1/x", headers={"X-Request-Id": "mine-0123456789"}) as answer:
        told = await answer.json()
    assert answer.headers["x-request-id"] == _fields(told)["x-request-id"] == "mine-0123456789"


async def test_the_trace_goes_on_behind_the_edge(caller: Caller) -> None:
    origin = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with caller.call("GET", "/projects/v1/x", headers={"traceparent": origin}) as answer:
        told = await answer.json()
    assert _fields(told)["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"


async def test_50_mebibytes_up_and_down_are_streamed(start: Start) -> None:
    pieces = 50 * MEBIBYTE // len(PIECE)

    async def content() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield PIECE

    async with start(body_limit=64 * MEBIBYTE) as caller:
        async with caller.call("GET", "/projects/v1/x") as answer:
            await answer.read()
        tracemalloc.start()
        try:
            async with caller.call("POST", "/projects/v1/upload", data=content()) as answer:
                told = await answer.json()
            received = 0
            async with caller.call("GET", f"/projects/v1/stream?{pieces}") as answer:
                async for piece in answer.content.iter_any():
                    received += len(piece)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert told["size"] == received == 50 * MEBIBYTE
    # Both ends and the edge share this process: the buffers of three connections, not the body.
    assert peak < 10 * MEBIBYTE


async def test_an_announced_body_over_the_limit_is_413_and_not_forwarded(start: Start) -> None:
    async with start(body_limit=1000) as caller:
        async with caller.call("POST", "/projects/v1/x", data=b"a" * 1001) as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (413, "BODY_TOO_LARGE")
        assert answer.headers["connection"] == "close"
        assert caller.upstream.requests == []


async def test_an_announced_giant_is_refused_before_it_is_sent(caller: Caller) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
    fields = (f"Authorization: Bearer {caller.token}", "Content-Length: 99999999999")
    writer.write("\r\n".join(("POST /projects/v1/x HTTP/1.1", "Host: a", *fields, "", "")).encode())
    head = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert head.split()[1] == b"413"


async def test_an_unannounced_body_over_the_limit_is_413(start: Start) -> None:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100

    async with start(body_limit=1000) as caller:
        async with caller.call("POST", "/projects/v1/x", data=content()) as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (413, "BODY_TOO_LARGE")
        async with caller.call("POST", "/access/v1/x", data=content()) as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_service_that_is_away_is_503_with_retry_after(caller: Caller) -> None:
    for method in ("GET", "POST"):
        async with caller.call(method, "/labour/v1/workers") as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (503, "UPSTREAM_UNAVAILABLE")
        assert problem["metadata"] == {"service": "labour"}
        assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(("method", "tries"), [("GET", 2), ("HEAD", 2), ("POST", 1), ("DELETE", 1)])
async def test_only_reads_are_tried_again_when_refused(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, method: str, tries: int
) -> None:
    """As while a service restarts; with a body or another verb the caller decides, with its key."""
    asked = 0
    ask = caller.gate.proxy._ask

    async def counted(*request: Any) -> Any:
        nonlocal asked
        asked += 1
        return await ask(*request)

    monkeypatch.setattr(caller.gate.proxy, "_ask", counted)
    async with caller.call(method, "/labour/v1/workers") as answer:
        assert answer.status == 503
    assert asked == tries


async def test_an_area_without_an_address_is_503(caller: Caller) -> None:
    async with caller.call("GET", "/equipment/v1/machines") as answer:
        assert answer.status == 503


async def test_a_slow_service_is_504(start: Start) -> None:
    async with start(bounds={"total": 0.3}) as caller:
        async with caller.call("POST", "/projects/v1/slow") as answer:
            problem = await answer.json()
        assert (answer.status, problem["code"]) == (504, "UPSTREAM_TIMEOUT")
        assert caller.upstream.requests == [("POST", "/projects/v1/slow")]  # asked once: it may have taken effect


@pytest.mark.parametrize("length", ["", "1000"], ids=["chunked", "announced"])
async def test_a_service_that_dies_in_its_answer_closes_the_connection(caller: Caller, length: str) -> None:
    async with caller.call("GET", f"/projects/v1/dies?{length}") as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
    async with caller.call("GET", "/projects/v1/x") as answer:
        assert answer.status == 200


async def test_an_early_refusal_reaches_a_caller_who_is_still_sending(caller: Caller) -> None:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"a" * 1000
            await asyncio.sleep(0.01)

    async with caller.call("POST", "/projects/v1/early", data=content()) as answer:
        assert (answer.status, await answer.json()) == (403, {"early": True})


async def test_head_has_the_fields_and_no_body(caller: Caller) -> None:
    async with caller.call("HEAD", "/projects/v1/x") as answer:
        assert answer.status == 200
        assert int(answer.headers["content-length"]) > 0
        assert await answer.read() == b""


async def test_paths_as_they_come_over_the_wire(caller: Caller) -> None:
    for target in (
        "/projects/v1/../../labour/v1/x",
        "//projects/v1/x",
        "/projects/v1/%2e%2e/x",
        "/projects/v1/a%2Fb",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
        lines = (f"GET {target} HTTP/1.1", "Host: a", f"Authorization: Bearer {caller.token}", "", "")
        writer.write("\r\n".join(lines).encode())
        head = await reader.readline()
        writer.close()
        assert head.split()[1] == b"400", target
    assert caller.upstream.requests == []


async def test_two_lengths_are_refused(caller: Caller) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
    lines = ("POST /projects/v1/x HTTP/1.1", "Host: a", "Content-Length: 4", "Transfer-Encoding: chunked", "")
    writer.write("\r\n".join((*lines, "0", "", "")).encode())
    head = await reader.readline()
    writer.close()
    assert head == b"" or head.split()[1] == b"400"
    assert caller.upstream.requests == []
