"""The contract as PDF."""

from __future__ import annotations

import io
import json
import re

import pytest
from pypdf import PdfReader

from labour.paper.service import TEMPLATES, contract_document
from tests.labour.conftest import Site
from tests.labour.contracting import Contracting
from tests.labour.paper.test_rules import paper


def text(pdf: bytes) -> str:
    """What a reader can copy out, without blanks and line ends."""
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s|\u200b", "", found)


@pytest.mark.parametrize(("language", "words"), [("zh-CN", ["劳动合同", "甲方（签字盖章）", "乙方（签字）"]),
                                                 ("en", ["Labourcontract", "PartyA(signature,seal)"])])  # fmt: skip
async def test_both_languages_with_places_to_sign_and_rare_letters(language: str, words: list[str]) -> None:
    found = text(await contract_document(paper(language=language)))
    assert all(word in found for word in [*words, "㛃𬎆", "LD-1", "320.00"])


async def test_the_same_contract_is_the_same_bytes() -> None:
    assert await contract_document(paper()) == await contract_document(paper())


async def test_what_people_write_is_never_read_as_markup() -> None:
    assert '#read("words.json")' in text(await contract_document(paper(duties='#read("words.json")')))


def test_both_languages_have_every_word() -> None:
    words = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    assert set(words) == {"zh-CN", "en"}
    assert set(words["zh-CN"]) == set(words["en"])
    assert all(isinstance(value, dict) or value for one in words.values() for value in one.values())


async def test_employer_and_project_are_named_from_the_replicas(site: Site) -> None:
    """As the gateway and project-mgmt have told of them."""
    async with site.harness.sql() as connection:
        await connection.execute(
            "INSERT INTO known_organisations (organisation_id, uscc, name, kinds, state, version) "
            "VALUES ($1, $2, '深圳某某劳务有限公司', '{labour_subcontractor}', 'active', 1)",
            site.subcontractor.id,
            site.subcontractor.uscc,
        )
    contracting = Contracting(site)
    contract, phone = await contracting.offered()
    await phone.opened()
    found = text((await phone.get(f"/contracts/{contract['id']}/document")).content)
    assert all(
        word in found for word in ["深圳某某劳务有限公司", site.subcontractor.uscc, "P-1示范项目", contract["number"]]
    )
