"""Rows → what stands on a paper; a builder for each document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from chassis.clock import shanghai_day
from chassis.crypto import mask
from chassis.replica import KnownProject
from chassis.typesetting import PrintedOrganisation
from chassis.values import decimal_text
from labour.assignments.states import State as AssignmentState
from labour.codes import repository as codes
from labour.contracts.models import Contract
from labour.contracts.states import WageKind
from labour.evidence.models import EvidenceGap, EvidenceMonth, Link, Report
from labour.paper.amounts import capitals
from labour.paper.repository import Enrolled, Wage
from labour.paper.schemas import (
    Clause,
    ContractPaper,
    EvidencePaper,
    EvidencePaperLine,
    PaySlipItem,
    PaySlipPaper,
    RosterLine,
    RosterPaper,
    WageSheetLine,
    WageSheetPaper,
)
from labour.paper.schemas import Worker as WorkerOnPaper
from labour.payrolls.models import Payroll, PayrollItem, PayrollSignature
from labour.payrolls.rulebook import rules as payroll_rules
from labour.payrolls.states import Direction
from labour.payrolls.states import State as PayrollState
from labour.workers.models import Worker

CHINESE = "zh-CN"
MARKS = {PayrollState.DRAFT: "draft", PayrollState.CANCELLED: "cancelled"}
"""Sheets that nobody is to sign or to be paid by."""
HASH_SHOWN = 16
"""Digits of a line's hash in the column for signatures: enough to find it, the whole one stands in the record."""

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


@dataclass(frozen=True, slots=True)
class Printing:
    """What a paper needs beside its rows; `words` are those of its language."""

    employer: PrintedOrganisation
    contractor: PrintedOrganisation
    project: KnownProject | None
    today: date
    language: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The masked numbers of a worker: of his document, and of the card that his wage goes to."""

    id_card: str
    card: str


def wage_sheet(
    payroll: Payroll, wages: Sequence[Wage], numbers: Sequence[Numbers], sha256: str, printing: Printing
) -> WageSheetPaper:
    """A sheet with every line, whatever its state; `numbers` in the order of the lines, `sha256` of the sheet."""
    month, words = payroll.month.strftime("%Y-%m"), printing.words
    deducted = sum((one.line.deductions for one in wages), Decimal("0.00"))
    return WageSheetPaper(
        language=printing.language,
        number=f"{month}/{str(payroll.id)[-12:]}",
        day=printing.today.isoformat(),
        mark=MARKS.get(payroll.state, ""),
        note="",
        project=_project(printing.project, printing.language),
        month=month,
        run=words["runs"][payroll.run.value],
        edition=str(payroll.edition),
        workers=str(len(wages)),
        gross_pay=_money(sum((one.line.gross for one in wages), Decimal("0.00"))),
        deducted=_money(deducted),
        net_pay=_money(net := sum((one.line.net for one in wages), Decimal("0.00"))),
        capital=capitals(net),
        sha256=sha256,
        employer=printing.employer,
        contractor=printing.contractor,
        lines=tuple(
            _sheet_line(place, one, shown, printing)
            for place, (one, shown) in enumerate(zip(wages, numbers, strict=True), start=1)
        ),
    )


def _sheet_line(place: int, wage: Wage, numbers: Numbers, printing: Printing) -> WageSheetLine:
    line, words = wage.line, printing.words
    return WageSheetLine(
        position=str(place),
        worker_name=line.worker_name,
        id_card=numbers.id_card,
        trade=_trade(wage.worker.work_type, printing.language),
        worked_days=decimal_text(line.days),
        worked_hours=decimal_text(line.hours),
        wage_items="; ".join(_told(one, printing) for one in wage.items if one.direction is not Direction.DEDUCTION),
        gross_pay=_money(line.gross),
        deducted=_money(line.deductions),
        deduction_items="; ".join(_told(one, printing) for one in wage.items if one.direction is Direction.DEDUCTION),
        net_pay=_money(line.net),
        card=_card(wage, numbers, words),
        sign=_signed(wage.signature, words),
    )


def pay_slip(payroll: Payroll, wage: Wage, numbers: Numbers, sha256: str, printing: Printing) -> PaySlipPaper:
    """A line for its worker to keep; `sha256` is of what he has signed."""
    line, words, month = wage.line, printing.words, payroll.month.strftime("%Y-%m")
    return PaySlipPaper(
        language=printing.language,
        number=f"{month}/{str(line.id)[-12:]}",
        day=printing.today.isoformat(),
        mark="",
        note="",
        project=_project(printing.project, printing.language),
        month=month,
        run=words["runs"][payroll.run.value],
        edition=str(payroll.edition),
        worker_name=line.worker_name,
        id_card=numbers.id_card,
        trade=_trade(wage.worker.work_type, printing.language),
        worked_days=decimal_text(line.days),
        worked_hours=decimal_text(line.hours),
        gross_pay=_money(line.gross),
        deducted=_money(line.deductions),
        net_pay=_money(line.net),
        capital=capitals(line.net),
        card=_card(wage, numbers, words),
        paid_on="" if line.paid_on is None else line.paid_on.isoformat(),
        signed=_signed(wage.signature, words),
        sha256=sha256,
        employer=printing.employer,
        contractor=printing.contractor,
        lines=tuple(_slip_item(one, printing) for one in wage.items),
    )


def _slip_item(item: PayrollItem, printing: Printing) -> PaySlipItem:
    sign = "-" if item.direction is Direction.DEDUCTION else ""
    by_rate = item.direction is Direction.WAGE
    return PaySlipItem(
        item=_item_name(item.kind, printing),
        quantity=_plain(item.quantity) if by_rate else "",
        rate=_money(item.rate) if by_rate else "",
        amount=f"{sign}{_money(item.amount)}",
        remark=item.note,
    )


def _told(item: PayrollItem, printing: Printing) -> str:
    """An item in words: a wage with its quantity and rate, anything else with its amount and reason."""
    name = _item_name(item.kind, printing)
    told = f"{_plain(item.quantity)} × {_money(item.rate)}" if item.direction is Direction.WAGE else _money(item.amount)
    return f"{name} {told} ({item.note})" if item.note else f"{name} {told}"


def _item_name(kind: str, printing: Printing) -> str:
    known = payroll_rules().kinds.get(kind)
    if known is not None:
        return known.zh if printing.language == CHINESE else known.en
    return str(printing.words["wage_kinds"].get(kind, kind))


def _card(wage: Wage, numbers: Numbers, words: Mapping[str, Any]) -> str:
    """The card that the wage goes to; of a payee in force his, with his name."""
    if wage.payee is None:
        return numbers.card
    return f"{wage.payee.card_masked} {words['payee'].format(name=wage.payee.name)}"


def _signed(signature: PayrollSignature | None, words: Mapping[str, Any]) -> str:
    if signature is None:
        return ""
    said: str = words[f"signed_by_{signature.method}" if signature.file_id is None else "signed_on_paper"]
    return said.format(day=signature.signed_on.isoformat(), hash=signature.sha256[:HASH_SHOWN])


def roster(enrolled: Sequence[Enrolled], id_cards: Sequence[str], printing: Printing) -> RosterPaper:
    """An employer's workers on a project; `id_cards` are masked, in the order of the workers."""
    code = "" if printing.project is None else printing.project.code
    return RosterPaper(
        language=printing.language,
        number=f"{code}/{printing.employer.id[-12:]}",
        day=printing.today.isoformat(),
        mark="",
        note="",
        project=_project(printing.project, printing.language),
        workers=str(len(enrolled)),
        employer=printing.employer,
        lines=tuple(
            _roster_line(place, one, id_card, printing)
            for place, (one, id_card) in enumerate(zip(enrolled, id_cards, strict=True), start=1)
        ),
    )


def _roster_line(place: int, one: Enrolled, id_card: str, printing: Printing) -> RosterLine:
    worker, left = one.worker, one.assignment.left_at
    validity = "" if worker.agreement_from is None else f" {worker.agreement_from.isoformat()} –"
    until = "" if worker.agreement_to is None else f" {worker.agreement_to.isoformat()}"
    gone = left is not None and one.assignment.state is AssignmentState.LEFT
    return RosterLine(
        position=str(place),
        external_id=worker.external_id,
        worker_name=worker.name,
        id_card=id_card,
        trade=_trade(worker.work_type, printing.language),
        team=one.team,
        contract=f"{worker.agreement_number}{validity}{until}".strip(),
        entered_on="" if one.first_entered_at is None else shanghai_day(one.first_entered_at).isoformat(),
        left_on=shanghai_day(left).isoformat() if gone and left is not None else "",
        state=one.assignment.state.value,
        training=_training(one, printing),
    )


def _training(one: Enrolled, printing: Printing) -> str:
    """The last safety training, and whether the three levels are complete as last counted."""
    words = printing.words
    said = words["untrained"] if one.trained_on is None else words["trained"].format(day=one.trained_on.isoformat())
    entry = one.entry
    if entry is None:
        return str(said)
    if entry.missing_levels:
        levels = ", ".join(words["levels"][level] for level in entry.missing_levels.split(","))
        return f"{said}; {words['entry_missing'].format(levels=levels)}"
    return f"{said}; {words['entry_complete' if entry.train_by >= printing.today else 'entry_lapsed']}"


def _trade(work_type: str, language: str) -> str:
    known = codes.tables()["work_type"].codes.get(work_type)
    if known is None:
        return work_type
    return known.zh if language == CHINESE else known.en


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _plain(quantity: Decimal) -> str:
    return decimal_text(quantity.normalize())
