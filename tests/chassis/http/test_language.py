from __future__ import annotations

import pytest

from chassis.http.language import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en;q=0.8, zh-TW", "zh-CN"),
        ("en;q=0.8, zh;q=0.7", "en"),
        ("de, en;q=0.1", "en"),
        ("*", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("en;q=nonsense", "zh-CN"),
        (",;=,", "zh-CN"),
    ],
)
def test_the_language_that_is_asked_for(header: str | None, language: str) -> None:
    assert preferred_language(header) == language
