"""Faults of a payload: where, a stable code, two languages, and never what was sent."""

from __future__ import annotations

import string
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from chassis import values
from chassis.errors import InvalidArgument, MalformedRequest
from chassis.http.faults import (
    CHINESE,
    MAX_VIOLATIONS,
    fault,
    malformed_json,
    pointer,
    request_refusal,
    violation,
)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Zoo(BaseModel):
    animal: Annotated[Cat | Dog, Field(discriminator="kind")]
    either: int | list[int] = 0


def faults(model: Any, body: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(model).validate_python(body)
    located = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    return [(found.pointer, found.code) for found in request_refusal(located, body).violations]


def test_a_pointer_leads_through_the_body_not_through_unions() -> None:
    assert faults(Zoo, {"animal": {"kind": "dog"}}) == [("/animal/name", "MISSING")]
    assert faults(Zoo, {"animal": {"kind": "cat", "lives": "x"}}) == [("/animal/lives", "INT_PARSING")]
    found = faults(Zoo, {"animal": {"kind": "dog", "name": "Rex"}, "either": ["x"]})
    assert found == [("/either", "INT_TYPE"), ("/either/0", "INT_PARSING")]


def test_pointers_are_escaped_as_rfc_6901_says() -> None:
    assert pointer(("a/b", "m~n", 0)) == "/a~1b/m~0n/0"
    assert pointer(()) == ""


@pytest.mark.parametrize(
    ("loc", "where"),
    [
        (("query", "page_size"), "query:page_size"),
        (("path", "order_id"), "path:order_id"),
        (("header", "If-Match"), "header:If-Match"),
        (("body",), ""),
    ],
)
def test_other_places_are_named(loc: tuple[str, ...], where: str) -> None:
    assert violation({"type": "missing", "loc": loc, "msg": "Field required"}).pointer == where


def test_broken_json_is_not_a_fault_in_a_field() -> None:
    refused = request_refusal([{"type": "json_invalid", "loc": ("body", 1), "msg": "x"}])
    assert type(refused) is MalformedRequest
    assert refused.reason == malformed_json().reason == "JSON_MALFORMED"


def test_more_faults_than_anyone_reads_are_counted_not_listed() -> None:
    errors = [{"type": "missing", "loc": ("body", f"f{number}"), "msg": "m"} for number in range(250)]
    refused = request_refusal(errors, {})
    assert isinstance(refused, InvalidArgument)
    assert len(refused.violations) == MAX_VIOLATIONS
    assert refused.metadata == {"faults": "250"}


def test_what_was_sent_is_never_repeated() -> None:
    secret = "11010519491231002X"
    bodies: list[tuple[Any, Any]] = [
        (int, secret),
        (values.Amount, secret),
        (Literal["a"], secret),
        (Zoo, {"animal": {"kind": secret}}),
        (values.Instant, secret),
        (Annotated[str, Field(max_length=2)], secret),
    ]
    for model, body in bodies:
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(model).validate_python(body)
        for error in caught.value.errors():
            found = violation(error, body)
            assert secret not in found.zh + found.en


def test_our_own_faults_keep_both_languages_and_braces() -> None:
    def check(value: int) -> int:
        raise fault("ODD_CODE", zh="奇怪 {x}", en="odd {y}")

    class Model(BaseModel):
        field: Annotated[int, values.AfterValidator(check)]

    with pytest.raises(ValidationError) as caught:
        Model(field=1)
    [found] = [violation(error, {"field": 1}) for error in caught.value.errors()]
    assert (found.code, found.zh, found.en) == ("ODD_CODE", "奇怪 {x}", "odd {y}")


def test_a_code_without_chinese_gets_a_general_sentence() -> None:
    assert violation({"type": "unheard_of", "loc": ("body",), "msg": "hm"}).zh == "值不符合要求"


PYTHON_ONLY = {"arguments", "attribute", "callable", "instance", "class", "frozen", "iter", "argument", "hashable"}


def test_every_kind_that_json_can_cause_has_chinese() -> None:
    """The list of pydantic is the truth: a new kind fails here until it is translated or named as
    Python's own.
    """
    missing = sorted(
        kind for kind in get_args(ErrorType) if kind not in CHINESE and not any(word in kind for word in PYTHON_ONLY)
    )
    assert missing == NOT_FROM_JSON


NOT_FROM_JSON = [
    "bytes_invalid_encoding",
    "bytes_too_short",
    "bytes_type",
    "complex_str_parsing",
    "complex_type",
    "counter_type",
    "default_factory_not_called",
    "deque_type",
    "ellipsis_error",
    "fraction_parsing",
    "fraction_type",
    "invalid_key",
    "json_invalid",
    "json_type",
    "mapping_type",
    "missing_sentinel_error",
    "named_tuple_type",
    "needs_python_object",
    "ordered_dict_type",
    "time_delta_parsing",
    "time_delta_type",
    "timezone_offset",
]


def test_the_chinese_names_only_values_that_pydantic_gives() -> None:
    fields = {name for text in CHINESE.values() for _, name, _, _ in string.Formatter().parse(text) if name}
    known = {"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "actual_length", "pattern"}
    known |= {"expected", "expected_tags", "discriminator", "expected_schemes", "expected_version"}
    known |= {"max_digits", "decimal_places", "whole_digits", "limit", "scale"}
    assert fields == known
