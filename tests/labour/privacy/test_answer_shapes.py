"""Every answer that is kept under a key and may hold personal data of a worker is one that erasure finds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from infra.contracts import openapi
from infra.contracts.openapi import Document
from infra.contracts.paths import EVERYONE
from labour.privacy import rulebook
from tests.contracts.test_openapi import resolve

[LABOUR] = [one for one in EVERYONE if one.package == "labour"]
DOCUMENT: Document = json.loads(openapi.path(LABOUR).read_text(encoding="utf-8"))
PERSONAL = frozenset(name for one in rulebook.personal_tables() if one.of for name in one.personal) | {"sent_to"}
BY_LINK = "/labour/v1/my/"
"""What is answered to a link goes whole, as the link is the worker's."""
OF_NO_WORKER = {
    "BankFileOut", "BaseOut", "BlacklistEntryOut", "BreakRuleOut", "CourseOut", "DeviceOut", "EmployerListingOut",
    "FileOut", "GeofenceOut", "PayoutOut", "PayrollItemsImportOut", "PayrollOut", "PreparedOut", "RepaymentOut",
    "SessionOut", "SubcontractOut", "TeamOut", "WageAccountOut", "WageEntryOut", "WageGuaranteeOut",
    "WageOfficerOut",
}  # fmt: skip
"""Answers with members that are called as a personal column of a worker is, and that say nothing of one: `reason` of a
sheet, `name` of a team. A blacklist entry is the authority's, and stays as long as it counts."""
NOT_KEPT = {"UnmaskedOut"}
HIS_OWN = {"WorkerOut"}
"""Named by `id`."""


def unfound(document: Document, schema: Any, *, row: bool = False) -> set[str]:
    """Personal members of an answer that stand in no object that says whose they are."""
    found = resolve(document, schema)
    members = found.get("properties", {})
    if "worker_id" in members or (row and "external_id" in members):  # see privacy.rules.without
        return set()
    missing = {name for name in members if name.removesuffix("_masked") in PERSONAL}
    if isinstance(found.get("items"), dict):
        missing |= unfound(document, found["items"], row=True)
    below = [*members.values(), *found.get("anyOf", ()), *found.get("allOf", ()), *found.get("oneOf", ())]
    return missing.union(*(unfound(document, one) for one in below))


def answers(document: Document) -> Iterable[tuple[str, str, Any]]:
    """Path, name and schema of each answer of a POST."""
    for method, path, operation in openapi.operations(document):
        for status, answer in operation["responses"].items():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if method == "post" and status.startswith("2") and schema is not None:
                yield path, schema["$ref"].rpartition("/")[2], schema


KEPT = [one for one in answers(DOCUMENT) if not one[0].startswith(BY_LINK) and one[1] not in NOT_KEPT]


@pytest.mark.parametrize(("path", "name", "schema"), KEPT, ids=[one[0] for one in KEPT])
def test_what_is_personal_stands_beside_whose_it_is(path: str, name: str, schema: Any) -> None:
    if name not in OF_NO_WORKER | HIS_OWN:
        assert unfound(DOCUMENT, schema) == set(), path


def test_no_exception_is_left_over() -> None:
    found = {name for _, name, schema in KEPT if unfound(DOCUMENT, schema)}
    assert found == OF_NO_WORKER | HIS_OWN


def test_a_new_answer_that_says_not_whose_it_is_is_found() -> None:
    row: Document = {"type": "object", "properties": {"cell_phone": {"type": "string"}, "row": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"results": {"type": "array", "items": row}}}
    assert unfound({}, schema) == {"cell_phone"}
    row["properties"]["worker_id"] = {"type": "string"}
    assert unfound({}, schema) == set()
