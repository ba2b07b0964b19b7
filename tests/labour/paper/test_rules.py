"""What stands on a contract."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.replica import KnownProject
from chassis.typesetting import PrintedOrganisation
from labour.assignments.models import Assignment
from labour.assignments.states import State as AssignmentState
from labour.codes.models import RiskClass, Sex
from labour.contracts.models import Contract
from labour.contracts.states import State, WageKind
from labour.paper import rules
from labour.paper.repository import Enrolled
from labour.paper.schemas import ContractPaper
from labour.paper.service import TEMPLATES
from labour.workers.models import AgreementKind, Person, Worker
from tests.harness import NOON

ID = UUID(int=7)
PROJECT = KnownProject(
    project_id=ID, code="P-1", name_zh="示范项目", name_en="Pilot", state="active", district="", city="440300",
    risk_class="normal", organisation_id=ID, version=1,
)  # fmt: skip


def paper(project: KnownProject | None = PROJECT, **changes: Any) -> ContractPaper:
    """A contract by the day as it is printed."""
    values: dict[str, Any] = {
        "id": ID, "employer_id": ID, "worker_id": ID, "project_id": ID, "kind": AgreementKind.LABOUR_CONTRACT,
        "number": "LD-1", "duties": "钢筋绑扎", "valid_from": date(2026, 6, 1), "valid_to": date(2026, 12, 31),
        "wage_kind": WageKind.DAY, "wage_rate": Decimal("320.00"), "wage_unit": "工日", "pay_day": 15,
        "language": "zh-CN", "state": State.OFFERED, "created_at": NOON, "updated_at": NOON,
    }  # fmt: skip
    worker = Worker(
        id=ID, employer_id=ID, person_id=ID, external_id="W-1", name="㛃𬎆", sex=Sex.MALE, birth_date="",
        work_type="020", work_role="20", cell_phone="13800138000", created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    return rules.contract_paper(
        Contract(**values | changes), worker, "440305199001011234", PrintedOrganisation("1"), project
    )


def test_numbers_are_masked_because_a_paper_rests_in_clear() -> None:
    said = str(asdict(paper()))
    assert "440305199001011234" not in said
    assert "13800138000" not in said
    assert (paper().worker.id_card, paper().worker.phone) == ("4403**********1234", "1*********0")


WAGES = [
    ("zh-CN", WageKind.DAY, "工日", "计日工资:320.00 元/工日"),
    ("zh-CN", WageKind.PIECE, "吨", "计件工资:320.00 元/吨"),
    ("en", WageKind.MONTH, "月", "by the month: CNY 320.00 per month"),
    ("en", WageKind.PIECE, "吨", "by the piece: CNY 320.00 per 吨"),
]


@pytest.mark.parametrize(("language", "kind", "unit", "text"), WAGES)
def test_the_wage_standard_in_words(language: str, kind: WageKind, unit: str, text: str) -> None:
    lines = {one.term: one.text for one in paper(language=language, wage_kind=kind, wage_unit=unit).lines}
    assert lines["wage"] == text
    assert "15" in lines["payment"]


def test_for_one_project_or_for_all_with_an_end_or_without() -> None:
    assert (paper().project, paper().validity) == ("P-1 示范项目", "2026-06-01 – 2026-12-31")
    assert paper(language="en").project == "P-1 Pilot"
    everywhere = paper(None, project_id=None, valid_to=None)
    assert (everywhere.project, everywhere.validity) == ("用人单位的全部项目", "2026-06-01 – 无固定期限")
    assert paper(None).project == "", "a project that no fact has told of is written by hand"


def enrolled(**more: Any) -> Enrolled:
    """A worker on a project as a roster has him."""
    about = {"created_at": NOON, "updated_at": NOON, "id": ID, "employer_id": ID, "project_id": ID, "worker_id": ID}
    worker = Worker(
        **about,
        person_id=ID,
        external_id="W-1",
        name="张伟",
        sex=Sex.MALE,
        birth_date="",
        work_type="020",
        work_role="20",
    )
    assignment = Assignment(**about, state=AssignmentState.ENTERED, risk_class=RiskClass.NORMAL)
    person = Person(id=ID, id_card_type="01", id_index=b"", id_number="", created_at=NOON)
    return Enrolled(**{"assignment": assignment, "worker": worker, "person": person, "team": ""} | NOTHING | more)


NOTHING: dict[str, Any] = {"first_entered_at": None, "trained_on": None, "entry": None}


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "无记录"), ("en", "none on record")])
def test_who_was_never_trained_and_has_not_entered(language: str, said: str) -> None:
    words = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))[language]
    printing = rules.Printing(PrintedOrganisation("1"), PrintedOrganisation("1"), None, NOON.date(), language, words)
    [line] = rules.roster([enrolled()], [""], printing).lines
    assert (line.training, line.entered_on, line.left_on, line.contract, line.id_card) == (said, "", "", "", "")
