"""Words of a query."""

from __future__ import annotations

from procurement.search.rules import Query


def test_words_are_parted_by_blanks_and_stand_once() -> None:
    assert Query.of("  钢筋 HRB400\u3000钢筋 ") == Query("钢筋 HRB400 钢筋", ("钢筋", "HRB400"))


def test_one_word_needs_two_characters() -> None:
    assert [Query.of(text).is_too_short for text in ("钢 管", "", "钢 钢管")] == [True, True, False]
