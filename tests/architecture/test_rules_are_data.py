"""Design rule 13: what a law or a city can change is data with its source and the day from which it counts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.contracts.paths import ROOT
from tests.architecture.tree import PACKAGES, Source, aggregate, committed, sample, services, violations

SOURCES = {"source", "_source", "sources"}
SINCE = "valid_from"


def unsourced(node: Any, where: str = "", *, sourced: bool = False, dated: bool = False) -> Iterator[str]:
    """Numbers (an age, years, hours, a limit) of which neither they nor what is around them says whence and since when.

    Texts and codes need a source as well, but no day: a name is not in force.
    """
    if isinstance(node, dict):
        sourced = sourced or bool(SOURCES & set(node))
        dated = dated or SINCE in node
        numbers = [key for key, value in node.items() if isinstance(value, int | float) and not isinstance(value, bool)]
        if numbers and not (sourced and dated):
            yield f"{where or '/'}: {', '.join(numbers)} without source and {SINCE}"
        for key, value in node.items():
            yield from unsourced(value, f"{where}/{key}", sourced=sourced, dated=dated)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from unsourced(value, f"{where}/{number}", sourced=sourced, dated=dated)


def data_files() -> list[str]:
    """The JSON that packages ship."""
    return [
        str(path) for path in committed() if path.suffix == ".json" and any(map(path.is_relative_to, PACKAGES.values()))
    ]


def names_a_city(source: Source) -> list[str]:
    """A city or a law in a rule's code would have to be changed by a programmer: GB/T 2260 codes stand in data."""
    if aggregate(source) is None or source.path.name not in {"rules.py", "states.py", "service.py"}:
        return []
    return [
        source.at(node, f"{node.value!r} looks like a city's code: which rule counts where is data")
        for node in source.strings()
        if str(node.value).isdigit() and len(str(node.value)) == 6 and str(node.value).endswith("00")
    ]


@pytest.mark.parametrize("name", data_files())
def test_every_number_says_whence_and_since_when(name: str) -> None:
    assert list(unsourced(json.loads((ROOT / name).read_text(encoding="utf-8")))) == []


def test_no_rule_names_a_city() -> None:
    assert violations(names_a_city, services()) == ""


def test_there_is_such_data() -> None:
    assert len(data_files()) > 2


def test_a_number_without_source_or_day_is_found() -> None:
    good = {"ages": [{"city": "440300", "age": 60, "source": "…", "valid_from": "2019-01-01"}]}
    assert list(unsourced(good)) == []
    assert list(unsourced({"source": "…", "valid_from": "2023-04-28", "entries": [{"years": 3}]})) == []
    for lacking in ("source", "valid_from"):
        entry = {key: value for key, value in good["ages"][0].items() if key != lacking}
        assert list(unsourced({"ages": [entry]})) == [f"/ages/0: age without source and {SINCE}"]


def test_a_city_in_a_rule_is_found() -> None:
    path = "services/labour/src/labour/assignments/rules.py"
    assert len(names_a_city(sample("limit = 60 if city == '440300' else 65", path))) == 1
    assert names_a_city(sample("limit = rules[city].age", path)) == []
