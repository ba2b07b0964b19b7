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
