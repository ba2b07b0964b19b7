"""The schema of the bank's file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

XSD = Path(__file__).parents[1] / "data" / "pain.001.001.09.xsd"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(XSD))


def demand_pain_001(content: str) -> None:
    """AssertionError with libxml2's words when this is no pain.001.001.09."""
    schema = _schema()
    root = etree.fromstring(content.encode())
    assert schema.validate(root), schema.error_log
