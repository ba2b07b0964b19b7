"""Rows → what stands on a paper; a builder for each document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.clock import shanghai_day
from chassis.crypto import mask
from chassis.replica import KnownProject
from chassis.typesetting import PrintedOrganisation
from chassis.values import decimal_text
from labour.contracts.models import Contract
from labour.contracts.states import WageKind
from labour.evidence.models import EvidenceGap, EvidenceMonth, Link, Report
from labour.paper.schemas import Clause, ContractPaper, EvidencePaper, EvidencePaperLine
from labour.paper.schemas import Worker as WorkerOnPaper
from labour.workers.models import Worker

CHINESE = "zh-CN"

_WORDS = {
    CHINESE: {
        "all": "用人单位的全部项目",
        "open": "无固定期限",
        "pay": "每月 {day} 日以人民币支付上一周期工资,直接付至本人工资卡;当月无该日的,为当月最后一日。",
        WageKind.DAY: "计日工资:{rate} 元/{unit}",
        WageKind.MONTH: "月工资:{rate} 元/{unit}",
        WageKind.PIECE: "计件工资:{rate} 元/{unit}",
    },
    "en": {
        "all": "all projects of the employer",
        "open": "open-ended",
        "pay": "Wages of the period before are paid in CNY on day {day} of each month (its last day when it has no "
        "such day), directly to the worker's own card.",
        WageKind.DAY: "by the day: CNY {rate} per {unit}",
        WageKind.MONTH: "by the month: CNY {rate} per {unit}",
        WageKind.PIECE: "by the piece: CNY {rate} per {unit}",
    },
}
_UNITS = {"en": {"工日": "worker day", "月": "month"}}


def contract_paper(
    contract: Contract, worker: Worker, id_number: str, employer: PrintedOrganisation, project: KnownProject | None
) -> ContractPaper:
    """A contract as it is shown and signed. The same contract gives the same paper."""
    language = contract.language
    words = _WORDS[language]
    unit = _UNITS.get(language, {}).get(contract.wage_unit, contract.wage_unit)
    wage = words[contract.wage_kind].format(rate=decimal_text(contract.wage_rate), unit=unit)
    return ContractPaper(
        language=language,
        kind=contract.kind.value,
        number=contract.number,
        day=shanghai_day(contract.offered_at or contract.created_at).isoformat(),
        mark="",
        note="",
        project=words["all"] if contract.project_id is None else _project(project, language),
        validity=_validity(contract.valid_from, contract.valid_to, words["open"]),
        employer=employer,
        worker=WorkerOnPaper(str(worker.id), worker.name, mask(id_number), mask(worker.cell_phone), worker.external_id),
        lines=(
            Clause("duties", contract.duties),
            Clause("wage", wage),
            Clause("payment", words["pay"].format(day=contract.pay_day)),
        ),
    )


def _project(project: KnownProject | None, language: str) -> str:
    if project is None:
        return ""
    name = project.name_zh if language == CHINESE or not project.name_en else project.name_en
    return f"{project.code} {name}".strip()


def _validity(first: date, last: date | None, open_ended: str) -> str:
    return f"{first.isoformat()} – {open_ended if last is None else last.isoformat()}"


def evidence_paper(
    report: Report,
    employer: PrintedOrganisation,
    project: KnownProject | None,
    today: date,
    words: Mapping[str, Any],
    language: str,
) -> EvidencePaper:
    """An employer's month as an inspector reads it; `words` are those of the paper's language."""
    complete = sum(not chain.gaps for chain in report.chains)
    month = report.month.strftime("%Y-%m")
    return EvidencePaper(
        language=language,
        number=f"{month}/{employer.id[-12:]}",
        day=today.isoformat(),
        mark="",
        note="",
        project=_project(project, language),
        month=month,
        complete=str(complete),
        with_gaps=str(len(report.chains) - complete),
        employer=employer,
        lines=tuple(
            _evidence_line(place, chain, report.workers[chain.worker_id], report.gaps.get(chain.worker_id, []), words)
            for place, chain in enumerate(report.chains, start=1)
        ),
    )


def _evidence_line(
    place: int, chain: EvidenceMonth, worker: Worker, gaps: Sequence[EvidenceGap], words: Mapping[str, Any]
) -> EvidencePaperLine:
    broken = {gap.link for gap in gaps}
    return EvidencePaperLine(
        position=str(place),
        worker_name=worker.name,
        external_id=worker.external_id,
        days=decimal_text(chain.days),
        sheet_days=decimal_text(chain.sheet_days),
        net=f"{chain.net:,.2f}",
        paid=f"{chain.paid:,.2f}",
        chain="".join("○" if link in broken else "●" for link in Link),
        gaps="; ".join(
            f"{words['gap_codes'][one.code]} ({words['who'][one.responsible]}, {one.due_on.isoformat()})"
            for one in gaps
        ),
    )
