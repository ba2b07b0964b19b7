"""Lists of labour as files (the mechanics are tested in tests/procurement/tabular)."""

from __future__ import annotations

import json

import pytest

from infra.contracts import openapi
from infra.contracts.paths import SERVICES
from labour.app import SERVICE
from tests.exported import answers_files, lists, not_exported
from tests.harness import Harness
from tests.visibility.grants import SIGNED_IN, by_link
from tests.visibility.who import LABOUR

[LABOUR_SERVICE] = [one for one in SERVICES if one.package == SERVICE.package]
DOCUMENT = json.loads(openapi.path(LABOUR_SERVICE).read_text(encoding="utf-8"))


def test_every_list_is_exported() -> None:
    assert len(lists(DOCUMENT)) > 5
    assert not_exported(DOCUMENT) == []


@pytest.mark.parametrize("name", [one for one in lists(DOCUMENT) if not by_link(LABOUR.get(one, SIGNED_IN))])
async def test_each_list_answers_files_to_whom_it_answers_rows(labour: Harness, name: str) -> None:
    await answers_files(labour, "labour", name, LABOUR)
