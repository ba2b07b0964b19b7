"""Every error goes out over HTTP and comes back unchanged; what an answer says besides."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import (
    ERROR_CLASSES,
    Internal,
    ResourceExhausted,
    ServiceError,
    Unauthenticated,
    Unavailable,
    Violation,
)
from chassis.http.problems import (
    COMMON,
    MEDIA_TYPE,
    MethodNotAllowed,
    from_problem,
    problem_response,
    problems,
    sample,
    to_problem,
)

texts = st.text(max_size=40)
violations = st.builds(Violation, texts, texts, texts, texts)
errors = st.builds(
    lambda cls, **values: cls(**values),
    st.sampled_from([*ERROR_CLASSES, MethodNotAllowed]),
    reason=st.from_regex(r"[A-Z][A-Z_]{0,30}", fullmatch=True),
    zh=texts,
    en=texts,
    metadata=st.dictionaries(texts, texts, max_size=4),
    violations=st.lists(violations, max_size=3),
    retry_after=st.none() | st.floats(0, 1e6),
)


def whole(error: ServiceError) -> tuple[Any, ...]:
    return (
        type(error),
        error.reason,
        error.zh,
        error.en,
        dict(error.metadata),
        list(error.violations),
        error.retry_after,
    )


@given(error=errors, language=st.sampled_from(["zh-CN", "en"]))
def test_out_and_back_over_http_nothing_is_lost(error: ServiceError, language: str) -> None:
    body = orjson.loads(orjson.dumps(to_problem(error, language, request_id="1")))
    assert whole(from_problem(error.http_status, body)) == whole(error)


@pytest.mark.parametrize("cls", [*ERROR_CLASSES, MethodNotAllowed])
def test_every_class_has_an_example_that_says_what_it_is(cls: type[ServiceError]) -> None:
    problem = to_problem(sample(cls), "zh-CN", request_id="r", instance="/x")
    assert problem["status"] == cls.http_status
    assert problem["title"] == cls.__name__
    assert problem["type"] == "urn:zhulian:problem:" + problem["code"].lower().replace("_", "-")
    assert problem["detail"] == problem["details"]["zh-CN"] != problem["details"]["en"]
    assert problem["request_id"] == "r"
    assert problem["instance"] == "/x"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, {}, Unavailable),
        (503, {"detail": "proxy"}, Unavailable),
        (500, {"title": "Oops"}, Internal),
        (404, {"title": "NotFound"}, Internal),
        (200, to_problem(sample(Unauthenticated)), Internal),
    ],
)
def test_a_foreign_body_is_not_taken_for_ours(status: int, body: dict[str, Any], expected: type[ServiceError]) -> None:
    assert type(from_problem(status, body)) is expected


def scope(language: bytes = b"en") -> dict[str, Any]:
    return {"type": "http", "path": "/p", "request_id": "rid", "headers": [(b"accept-language", language)]}


def test_an_answer_names_its_language_and_when_to_come_back() -> None:
    error = ResourceExhausted("RATE_LIMITED", zh="太多", en="too many", retry_after=1.2)
    answer = problem_response(error, scope())
    assert answer.status_code == 429
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-language"] == "en"
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "no-store"
    assert orjson.loads(bytes(answer.body))["detail"] == "too many"
    assert orjson.loads(bytes(problem_response(error, scope(b"zh-CN")).body))["detail"] == "太多"


@pytest.mark.parametrize(
    ("reason", "challenge"),
    [
        ("TOKEN_MISSING", 'Bearer realm="zhulian"'),
        ("TOKEN_EXPIRED", 'Bearer realm="zhulian", error="invalid_token"'),
    ],
)
def test_401_says_how_to_sign_in(reason: str, challenge: str) -> None:
    answer = problem_response(Unauthenticated(reason, zh="", en=""), scope())
    assert answer.headers["www-authenticate"] == challenge


def test_the_table_of_responses_always_has_the_common_ones() -> None:
    table = problems()
    assert set(table) == {cls.http_status for cls in COMMON}
    assert set(table[503]["content"][MEDIA_TYPE]["examples"]) == {"Unavailable"}
