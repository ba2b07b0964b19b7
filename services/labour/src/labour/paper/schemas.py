"""What goes out on paper: one plain dataclass per document, all texts ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chassis.typesetting import PrintedOrganisation


@dataclass(frozen=True, slots=True)
class Worker:
    """The worker of a contract. Numbers are masked: a paper rests in clear, the evidence beside it says who he is."""

    id: str
    name: str
    id_card: str
    phone: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A term of a contract: its name and what was agreed."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class ContractPaper:
    """A labour contract (劳动合同) or written agreement (书面用工协议); `kind` names its title."""

    template: ClassVar[str] = "contract"
    language: str
    kind: str
    number: str
    day: str
    mark: str
    note: str
    project: str
    validity: str
    employer: PrintedOrganisation
    worker: Worker
    lines: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class EvidencePaperLine:
    """A worker's month as printed: figures, what became of each link, and what has to be done."""

    position: str
    worker_name: str
    external_id: str
    days: str
    sheet_days: str
    net: str
    paid: str
    chain: str
    gaps: str


@dataclass(frozen=True, slots=True)
class EvidencePaper:
    """The evidence of an employer's month on a project (证据链核对表), as an inspector reads it."""

    template: ClassVar[str] = "evidence"
    language: str
    number: str
    day: str
    mark: str
    note: str
    project: str
    month: str
    complete: str
    with_gaps: str
    employer: PrintedOrganisation
    lines: tuple[EvidencePaperLine, ...]


@dataclass(frozen=True, slots=True)
class WageSheetLine:
    """A worker's line as art 15 of the regulation asks for it; an empty `sign` is signed by hand."""

    position: str
    worker_name: str
    id_card: str
    trade: str
    worked_days: str
    worked_hours: str
    wage_items: str
    gross_pay: str
    deducted: str
    deduction_items: str
    net_pay: str
    card: str
    sign: str


@dataclass(frozen=True, slots=True)
class WageSheetPaper:
    """A wage sheet (工资表): `sha256` is of this edition with every line, as each worker signs his."""

    template: ClassVar[str] = "wage_sheet"
    language: str
    number: str
    day: str
    mark: str
    note: str
    project: str
    month: str
    run: str
    edition: str
    workers: str
    gross_pay: str
    deducted: str
    net_pay: str
    capital: str
    sha256: str
    employer: PrintedOrganisation
    contractor: PrintedOrganisation
    lines: tuple[WageSheetLine, ...]


@dataclass(frozen=True, slots=True)
class PaySlipItem:
    """What a wage consists of; a deduction is negative."""

    item: str
    quantity: str
    rate: str
    amount: str
    remark: str


@dataclass(frozen=True, slots=True)
class PaySlipPaper:
    """A pay slip (工资条), for the worker to keep."""

    template: ClassVar[str] = "pay_slip"
    language: str
    number: str
    day: str
    mark: str
    note: str
    project: str
    month: str
    run: str
    edition: str
    worker_name: str
    id_card: str
    trade: str
    worked_days: str
    worked_hours: str
    gross_pay: str
    deducted: str
    net_pay: str
    capital: str
    card: str
    paid_on: str
    signed: str
    sha256: str
    employer: PrintedOrganisation
    contractor: PrintedOrganisation
    lines: tuple[PaySlipItem, ...]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A worker on a project; neither age nor sex, which would help to complete the masked number."""

    position: str
    external_id: str
    worker_name: str
    id_card: str
    trade: str
    team: str
    contract: str
    entered_on: str
    left_on: str
    state: str
    training: str


@dataclass(frozen=True, slots=True)
class RosterPaper:
    """Everybody whom an employer has brought to a project (花名册)."""

    template: ClassVar[str] = "roster"
    language: str
    number: str
    day: str
    mark: str
    note: str
    project: str
    workers: str
    employer: PrintedOrganisation
    lines: tuple[RosterLine, ...]
