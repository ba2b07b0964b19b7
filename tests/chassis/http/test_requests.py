"""The HTTP shell with a small service behind it: bodies, faults, paths, exceptions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from chassis.errors import NotFound
from tests.chassis.http.sample import ORDERS, Service, client

GOOD = {"name": "钢筋", "lines": [{"quantity": "1.5"}]}
JSON = {"content-type": "application/json"}
SECRET = "11010519491231002X"


async def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert set(problem["details"]) == {"zh-CN", "en"}
    return problem


async def test_a_good_body_is_parsed_once(caller: httpx.AsyncClient, service: Service) -> None:
    answer = await caller.post(ORDERS, json=GOOD)
    assert (answer.status_code, answer.json()) == (200, {"lines": 1})
    assert service.bodies == [GOOD]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/name", "MISSING"), ("/lines", "MISSING")]),
        ([], [("", "MODEL_ATTRIBUTES_TYPE")]),
        ("x", [("", "MODEL_ATTRIBUTES_TYPE")]),
        ({"name": 5, "lines": []}, [("/name", "STRING_TYPE")]),
        ({"name": "a", "lines": {}}, [("/lines", "LIST_TYPE")]),
        ({"name": "a", "lines": [], "state": "approved"}, [("/state", "EXTRA_FORBIDDEN")]),
        ({"name": "a", "lines": [{"quantity": 1.5}]}, [("/lines/0/quantity", "DECIMAL_STRING")]),
        ({"name": "a", "lines": [{"quantity": "-1"}]}, [("/lines/0/quantity", "OUT_OF_RANGE")]),
        ({"name": "a", "lines": [{"quantity": "0.0000001"}]}, [("/lines/0/quantity", "TOO_PRECISE")]),
        ({"name": "a", "lines": [{"quantity": "NaN"}]}, [("/lines/0/quantity", "FINITE_NUMBER")]),
        ({"name": "a", "lines": [{"quantity": "1", "count": "3"}]}, [("/lines/0/count", "INT_TYPE")]),
        ({"name": "a", "lines": [{"quantity": "1", "count": True}]}, [("/lines/0/count", "INT_TYPE")]),
        ({"name": "a", "lines": [{"quantity": "1", "urgent": "yes"}]}, [("/lines/0/urgent", "BOOL_TYPE")]),
        (
            {"name": "a", "lines": [{"quantity": "1", "day": "2026-02-30"}]},
            [("/lines/0/day", "DATE_FROM_DATETIME_PARSING")],
        ),
        ({"name": "a\u0000b", "lines": []}, [("/name", "CONTROL_CHARACTER")]),
        ({"name": "a", "uscc": "wrong", "lines": []}, [("/uscc", "USCC_CHECK_DIGIT")]),
    ],
)
async def test_faults_name_field_and_code(
    caller: httpx.AsyncClient, service: Service, body: Any, faults: list[tuple[str, str]]
) -> None:
    problem = await refused(await caller.post(ORDERS, json=body), 422, "INVALID_ARGUMENT")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == faults
    assert all(set(one["details"]) == {"zh-CN", "en"} for one in problem["errors"])
    assert service.bodies == []


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b'{"name": ', JSON, 400, "JSON_MALFORMED"),
        (b'{"name": NaN}', JSON, 400, "JSON_MALFORMED"),
        (b"[" * 40 + b"]" * 40, JSON, 413, "JSON_TOO_DEEP"),
        (b'{"name": "' + b"x" * 1_100_000 + b'"}', JSON, 413, "BODY_TOO_LARGE"),
        (b"name=a", {"content-type": "application/x-www-form-urlencoded"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        (b"{}", {"content-type": "text/json"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        (b"{}", {"content-type": "application/json; charset=gb18030"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        (b"{}", {}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        (b"\x1f\x8b", {**JSON, "content-encoding": "gzip"}, 415, "CONTENT_ENCODING_UNSUPPORTED"),
        (b"", JSON, 422, "INVALID_ARGUMENT"),
    ],
)
async def test_what_cannot_be_read(
    caller: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    await refused(await caller.post(ORDERS, content=content, headers=headers), status, code)


async def test_the_length_is_counted_when_it_is_not_announced(caller: httpx.AsyncClient) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 100_000

    await refused(await caller.post(ORDERS, content=pieces(), headers=JSON), 413, "BODY_TOO_LARGE")
    assert sent < 20, "the rest was not read"


async def test_a_route_may_take_more(caller: httpx.AsyncClient) -> None:
    path = f"{ORDERS}/{uuid4()}:import"
    assert (await caller.post(path, content=b"x" * 2_000_000)).text == "2000000"
    await refused(await caller.post(path, content=b"x" * 3_000_001), 413, "BODY_TOO_LARGE")


async def test_charset_utf_8_may_be_named(caller: httpx.AsyncClient) -> None:
    answer = await caller.post(
        ORDERS, content=b'{"name":"a","lines":[]}', headers={"content-type": 'application/json; charset="UTF-8"'}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [("foo=1", "query:foo", "EXTRA_FORBIDDEN"), ("least=x", "query:least", "INT_PARSING")],
)
async def test_queries_are_as_strict_as_bodies(caller: httpx.AsyncClient, query: str, pointer: str, code: str) -> None:
    problem = await refused(await caller.get(f"{ORDERS}?{query}"), 422, "INVALID_ARGUMENT")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]


async def test_filters_take_numbers_and_leave_the_page_alone(caller: httpx.AsyncClient) -> None:
    answer = await caller.get(f"{ORDERS}?state=draft&least=3&page_size=7")
    assert answer.json() == {"state": "draft", "least": 3, "size": 7}


async def test_unknown_paths_methods_and_ids(caller: httpx.AsyncClient) -> None:
    await refused(await caller.get("/nowhere"), 404, "NOT_FOUND")
    await refused(await caller.get(ORDERS + "/"), 404, "NOT_FOUND")
    answer = await caller.put(ORDERS)
    await refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, POST"
    problem = await refused(await caller.get(f"{ORDERS}/x"), 422, "INVALID_ARGUMENT")
    assert problem["errors"][0]["pointer"] == "path:order_id"


async def test_a_refusal_of_a_use_case_is_its_problem(caller: httpx.AsyncClient, service: Service) -> None:
    service.failure = NotFound("ORDER_UNKNOWN", zh="没有此订单。", en="There is no such order.")
    problem = await refused(await caller.get(f"{ORDERS}/{UUID(int=1)}"), 404, "ORDER_UNKNOWN")
    assert problem["detail"] == "There is no such order."
    assert problem["instance"] == f"{ORDERS}/{UUID(int=1)}"
    async with client(service.app(), "zh-CN,zh;q=0.9,en;q=0.5") as chinese:
        answer = await chinese.get(f"{ORDERS}/{UUID(int=1)}")
    assert answer.json()["detail"] == "没有此订单。"
    assert answer.headers["content-language"] == "zh-CN"


async def test_an_unknown_exception_shows_nothing_and_is_logged(caller: httpx.AsyncClient, service: Service) -> None:
    service.failure = RuntimeError(f"INSERT INTO workers … {SECRET}")
    with capture_logs() as logged:
        answer = await caller.get(f"{ORDERS}/{UUID(int=1)}")
    await refused(answer, 500, "INTERNAL")
    assert SECRET not in answer.text
    assert "INSERT" not in answer.text
    assert "RuntimeError" not in answer.text
    assert [(entry["event"], entry["exc_info"], entry["route"]) for entry in logged] == [
        ("request.failed", True, ORDERS + "/{order_id}")
    ]


class _Driver(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(SECRET)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (DBAPIError("SELECT", {}, _Driver("40001")), 503, "CONFLICT_RETRY"),
        (DBAPIError("SELECT", {}, _Driver("40P01")), 503, "CONFLICT_RETRY"),
        (DBAPIError("SELECT", {}, _Driver("08006")), 503, "DATABASE_UNAVAILABLE"),
        (DBAPIError("SELECT", {}, _Driver("XX000"), connection_invalidated=True), 503, "DATABASE_UNAVAILABLE"),
        (DBAPIError("SELECT", {}, _Driver("57014")), 504, "TOO_SLOW"),
        (DBAPIError("SELECT", {}, _Driver("23505")), 500, "INTERNAL"),
        (asyncpg.DeadlockDetectedError("deadlock"), 503, "CONFLICT_RETRY"),
        (asyncpg.CannotConnectNowError("starting"), 503, "DATABASE_UNAVAILABLE"),
        (asyncpg.InterfaceError("connection is closed"), 503, "DATABASE_UNAVAILABLE"),
        (ConnectionRefusedError(111, "refused"), 503, "DEPENDENCY_UNAVAILABLE"),
        (TimeoutError(), 504, "TOO_SLOW"),
    ],
)
async def test_faults_of_the_database_say_whether_to_try_again(
    caller: httpx.AsyncClient, service: Service, failure: Exception, status: int, code: str
) -> None:
    service.failure = failure
    with capture_logs():
        answer = await caller.get(f"{ORDERS}/{UUID(int=1)}")
    await refused(answer, status, code)
    assert SECRET not in answer.text
    assert ("retry-after" in answer.headers) is (status != 500)
