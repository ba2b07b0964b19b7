"""Texts in the two languages of the platform."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["zh-CN", "en"]


class Text(NamedTuple):
    """The same in Chinese and English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """In one of the languages."""
        return self.en if language == "en" else self.zh
