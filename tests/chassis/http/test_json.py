"""What is not JSON, too deep or too large is refused before anybody looks at it."""

from __future__ import annotations

import pytest

from chassis.errors import MalformedRequest, PayloadTooLarge
from chassis.http.json import MAX_DEPTH, parse_json


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e400]",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"[1,]",
        b"[01]",
        b'"\x00"',
        b"// a comment\n{}",
    ],
)
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedRequest) as caught:
        parse_json(raw)
    assert caught.value.reason == "JSON_MALFORMED"


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]", core: bytes = b"") -> bytes:
    return opening * depth + core + closing * depth


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 1023, 1024, 5000, 200_000])
def test_nesting_is_bounded(depth: int) -> None:
    with pytest.raises(PayloadTooLarge) as caught:
        parse_json(nested(depth))
    assert caught.value.reason == "JSON_TOO_DEEP"
    with pytest.raises(PayloadTooLarge):
        parse_json(nested(depth, b'{"a":', b"}", b"1"))


def test_the_deepest_allowed_and_many_shallow_ones_pass() -> None:
    assert parse_json(nested(MAX_DEPTH)) is not None
    assert len(parse_json(b"[" + b",".join([b'{"a": [1]}'] * 2000) + b"]")) == 2000
    assert parse_json(b'"' + b"[" * 5000 + b'"') == "[" * 5000


def test_depth_hidden_behind_brackets_in_strings_is_found() -> None:
    with pytest.raises(PayloadTooLarge):
        parse_json(b'["]", ' * 40 + b"1" + b"]" * 40)


def test_of_a_repeated_key_the_last_counts() -> None:
    assert parse_json(b'{"a": 1, "a": 2}') == {"a": 2}
