"""What goes out on paper: one plain dataclass per document, all texts ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chassis.typesetting import PrintedOrganisation


@dataclass(frozen=True, slots=True)
class OrderPaperLine:
    """A position as printed."""

    position: str
    code: str
    material: str
    unit: str
    quantity: str
    price: str
    tax: str
    amount: str
    needed_by: str


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """A purchase order (采购订单). `mark` is printed across it unless it binds: draft, rejected, cancelled."""

    template: ClassVar[str] = "order"
    language: str
    number: str
    day: str
    state: str
    mark: str
    origin: str
    project: str
    currency: str
    total: str
    note: str
    buyer: PrintedOrganisation
    supplier: PrintedOrganisation
    lines: tuple[OrderPaperLine, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPaperLine:
    """A line of a delivery as printed; accepted and returned are empty before the site has judged."""

    position: str
    code: str
    material: str
    heat: str
    unit: str
    quantity: str
    accepted: str
    returned: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryPaper:
    """A delivery note (送货单)."""

    template: ClassVar[str] = "delivery"
    language: str
    number: str
    day: str
    state: str
    mark: str
    order: str
    project: str
    vehicle: str
    driver: str
    weights: str
    certificate: str
    note: str
    supplier: PrintedOrganisation
    buyer: PrintedOrganisation
    lines: tuple[DeliveryPaperLine, ...]


@dataclass(frozen=True, slots=True)
class AgreementPaperLine:
    """An item as printed; `price` is a number or the formula by which a call-off is priced."""

    position: str
    code: str
    material: str
    unit: str
    price: str
    tax: str
    cap: str


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """A contract or framework agreement (合同、框架协议), without the list of those who may call off."""

    template: ClassVar[str] = "agreement"
    language: str
    number: str
    day: str
    state: str
    mark: str
    name: str
    kind: str
    validity: str
    cap: str
    currency: str
    note: str
    buyer: PrintedOrganisation
    supplier: PrintedOrganisation
    lines: tuple[AgreementPaperLine, ...]


@dataclass(frozen=True, slots=True)
class SupplementPaperLine:
    """An item that comes on top, or whose cap changes, as printed; `cap_before` is empty where nothing was capped."""

    position: str
    code: str
    material: str
    unit: str
    price: str
    tax: str
    cap_before: str
    cap: str


@dataclass(frozen=True, slots=True)
class SupplementPaper:
    """A supplemental agreement (补充协议): what the agreement shall say, beside what it says.

    As an agreement's without the list of those who may call off; `agreement` is its number and name.
    """

    template: ClassVar[str] = "supplement"
    language: str
    number: str
    day: str
    state: str
    mark: str
    agreement: str
    validity_before: str
    validity: str
    cap_before: str
    cap: str
    currency: str
    note: str
    buyer: PrintedOrganisation
    supplier: PrintedOrganisation
    lines: tuple[SupplementPaperLine, ...]


@dataclass(frozen=True, slots=True)
class StatementPaperLine:
    """A line as printed: what the site booked, what the line says, and what each side says of it."""

    position: str
    code: str
    material: str
    unit: str
    recorded: str
    quantity: str
    price: str
    amount: str
    buyer_view: str
    supplier_view: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A reconciliation (对账单) of a month."""

    template: ClassVar[str] = "statement"
    language: str
    number: str
    day: str
    state: str
    mark: str
    period: str
    project: str
    currency: str
    total: str
    note: str
    buyer: PrintedOrganisation
    supplier: PrintedOrganisation
    lines: tuple[StatementPaperLine, ...]
