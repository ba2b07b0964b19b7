"""Rows → what stands on a paper; a builder for each document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.typesetting import PrintedOrganisation
from chassis.values import decimal_text
from procurement.agreements.models import Agreement, AgreementItem
from procurement.agreements.states import State as AgreementState
from procurement.deliveries.models import Delivery
from procurement.deliveries.states import State as DeliveryState
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import State as OrderState
from procurement.paper.schemas import (
    AgreementPaper,
    AgreementPaperLine,
    DeliveryPaper,
    DeliveryPaperLine,
    OrderPaper,
    OrderPaperLine,
    StatementPaper,
    StatementPaperLine,
    SupplementPaper,
    SupplementPaperLine,
)
from procurement.statements.models import Statement
from procurement.statements.states import State as StatementState
from procurement.supplements.models import Supplement, SupplementItem
from procurement.supplements.states import State as SupplementState

CHINESE = "zh-CN"


@dataclass(frozen=True, slots=True)
class Named:
    """A project or a material in both languages; `detail` is its specification."""

    zh: str
    en: str
    detail: str = ""

    def text(self, language: str) -> str:
        """In one language (Chinese when there is no English), with its specification."""
        name = self.zh if language == CHINESE or not self.en else self.en
        return f"{name} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class Around:
    """What a document refers to by id or code: its parties, its project (code and name), its materials."""

    buyer: PrintedOrganisation
    supplier: PrintedOrganisation
    project_code: str
    project: Named
    materials: Mapping[str, Named]

    def project_text(self, language: str) -> str:
        """Code and name."""
        return f"{self.project_code} {self.project.text(language)}".strip()

    def material_text(self, code: str, language: str) -> str:
        """Name and specification; "" for a code that is not in the catalogue."""
        return self.materials[code].text(language) if code in self.materials else ""


ORDER_MARKS = {
    OrderState.DRAFT: "draft",
    OrderState.SUBMITTED: "draft",
    OrderState.REJECTED: "rejected",
    OrderState.CANCELLED: "cancelled",
    OrderState.DECLINED: "declined",
}
AGREEMENT_MARKS = {
    AgreementState.DRAFT: "draft",
    AgreementState.SUBMITTED: "draft",
    AgreementState.PROPOSED: "draft",
    AgreementState.SUSPENDED: "suspended",
    AgreementState.ENDED: "ended",
}
SUPPLEMENT_MARKS = {
    SupplementState.DRAFT: "draft",
    SupplementState.SUBMITTED: "draft",
    SupplementState.PROPOSED: "draft",
    SupplementState.DECLINED: "declined",
    SupplementState.WITHDRAWN: "withdrawn",
}
STATEMENT_MARKS = {StatementState.DRAFT: "draft", StatementState.WITHDRAWN: "withdrawn"}
DELIVERY_MARKS = {DeliveryState.REFUSED: "refused", DeliveryState.WITHDRAWN: "withdrawn"}


def order_paper(order: Order, around: Around, language: str) -> OrderPaper:
    """An order with its lines, as printed."""
    return OrderPaper(
        language=language,
        number=order.number,
        day=_day(order.created_at),
        state=order.state,
        mark=ORDER_MARKS.get(order.state, ""),
        origin=order.origin,
        project=around.project_text(language),
        currency=order.currency,
        total=_money(order.total),
        note=order.note,
        buyer=around.buyer,
        supplier=around.supplier,
        lines=tuple(_order_line(line, around, language) for line in order.lines),
    )


def _order_line(line: OrderLine, around: Around, language: str) -> OrderPaperLine:
    return OrderPaperLine(
        position=str(line.position),
        code=line.material_code,
        material=around.material_text(line.material_code, language),
        unit=line.unit,
        quantity=_short(line.quantity),
        price=_price(line.unit_price),
        tax="" if line.tax_percent is None else _short(line.tax_percent),
        amount=_money(line.amount),
        needed_by="" if line.needed_by is None else line.needed_by.isoformat(),
    )


def delivery_paper(delivery: Delivery, order: Order, around: Around, language: str) -> DeliveryPaper:
    """A delivery note of an order, as printed."""
    lines: Mapping[UUID, OrderLine] = {line.id: line for line in order.lines}
    return DeliveryPaper(
        language=language,
        number=delivery.note_number,
        day=_day(delivery.created_at),
        state=delivery.state,
        mark=DELIVERY_MARKS.get(delivery.state, ""),
        order=order.number,
        project=around.project_text(language),
        vehicle=delivery.vehicle,
        driver=delivery.driver,
        weights=_weights(delivery),
        certificate=delivery.certificate_number,
        note=delivery.reason,
        supplier=around.supplier,
        buyer=around.buyer,
        lines=tuple(
            DeliveryPaperLine(
                position=str(line.position),
                code=lines[line.order_line_id].material_code,
                material=around.material_text(lines[line.order_line_id].material_code, language),
                heat=", ".join(line.heat_numbers),
                unit=lines[line.order_line_id].unit,
                quantity=_short(line.quantity),
                accepted=_short(line.accepted) if line.judged else "",
                returned=_short(line.returned) if line.judged else "",
                reason=line.reason,
            )
            for line in delivery.lines
        ),
    )


def statement_paper(statement: Statement, around: Around, language: str) -> StatementPaper:
    """A statement with its lines, as printed."""
    return StatementPaper(
        language=language,
        number=statement.number,
        day=_day(statement.created_at),
        state=statement.state,
        mark=STATEMENT_MARKS.get(statement.state, ""),
        period=f"{statement.period:%Y-%m}",
        project=around.project_text(language),
        currency=statement.currency,
        total=_money(statement.total),
        note=statement.reason,
        buyer=around.buyer,
        supplier=around.supplier,
        lines=tuple(
            StatementPaperLine(
                position=str(line.position),
                code=line.material_code,
                material=around.material_text(line.material_code, language),
                unit=line.unit,
                recorded=_short(line.recorded),
                quantity=_short(line.quantity),
                price=_price(line.unit_price),
                amount=_money(line.amount),
                buyer_view=line.buyer_view,
                supplier_view=line.supplier_view,
                reason=line.reason,
            )
            for line in statement.lines
        ),
    )


PUBLISHED = {"zh-CN": "信息价", "en": "published price"}


def agreement_paper(agreement: Agreement, around: Around, language: str) -> AgreementPaper:
    """An agreement with its items, as printed."""
    return AgreementPaper(
        language=language,
        number=agreement.number,
        day=_day(agreement.created_at),
        state=agreement.state,
        mark=AGREEMENT_MARKS.get(agreement.state, ""),
        name=agreement.name,
        kind=agreement.kind,
        validity=f"{agreement.valid_from} – {agreement.valid_to}",
        cap=_capped(agreement, agreement.hard_cap),
        currency=agreement.currency,
        note=agreement.note,
        buyer=around.buyer,
        supplier=around.supplier,
        lines=tuple(
            AgreementPaperLine(
                position=str(item.position),
                code=item.material_code,
                material=around.material_text(item.material_code, language),
                unit=item.unit,
                price=_agreed_price(item, language),
                tax="" if item.tax_percent is None else _short(item.tax_percent),
                cap="" if item.hard_cap is None else _short(item.hard_cap),
            )
            for item in agreement.items
        ),
    )


def supplement_paper(supplement: Supplement, agreement: Agreement, around: Around, language: str) -> SupplementPaper:
    """A supplement with the items that it adds or whose caps it changes, as printed."""
    return SupplementPaper(
        language=language,
        number=f"{agreement.number}/{supplement.number}",
        day=_day(supplement.created_at),
        state=supplement.state,
        mark=SUPPLEMENT_MARKS.get(supplement.state, ""),
        agreement=f"{agreement.number} {agreement.name}".strip(),
        validity_before=f"{agreement.valid_from} – {supplement.before_valid_to}",
        validity=f"{agreement.valid_from} – {supplement.valid_to}",
        cap_before=_capped(agreement, supplement.before_hard_cap),
        cap=_capped(agreement, supplement.hard_cap),
        currency=agreement.currency,
        note=supplement.reason,
        buyer=around.buyer,
        supplier=around.supplier,
        lines=tuple(
            SupplementPaperLine(
                position=str(item.position),
                code=item.material_code,
                material=around.material_text(item.material_code, language),
                unit=item.unit,
                price=_agreed_price(item, language),
                tax="" if item.tax_percent is None else _short(item.tax_percent),
                cap_before="" if item.before_hard_cap is None else _short(item.before_hard_cap),
                cap="" if item.hard_cap is None else _short(item.hard_cap),
            )
            for item in supplement.items
        ),
    )


def _capped(agreement: Agreement, cap: Decimal | None) -> str:
    return "" if cap is None else f"{agreement.currency} {_money(cap)}"


def _agreed_price(item: AgreementItem | SupplementItem, language: str) -> str:
    """3,950.00, or 信息价 440300 − 2%; a discount below zero is a surcharge."""
    if item.unit_price is not None:
        return _price(item.unit_price)
    formula = f"{PUBLISHED[language]} {item.region}"
    for value, unit in ((item.discount_percent, "%"), (item.discount_amount, "")):
        if value:
            formula += f" {'−' if value > 0 else '+'} {_short(abs(value))}{unit}"
    return formula


def _weights(delivery: Delivery) -> str:
    """The weighbridge's reading, gross − tare = net; "" before it was weighed."""
    if delivery.gross is None or delivery.tare is None:
        return ""
    net = delivery.gross - delivery.tare
    return f"{_short(delivery.gross)} − {_short(delivery.tare)} = {_short(net)} {delivery.weight_unit}"


def _day(instant: datetime) -> str:
    return shanghai_day(instant).isoformat()


def _money(value: Decimal) -> str:
    return f"{value:,.2f}"


def _short(value: Decimal) -> str:
    """Without zeros at the end: 12.500000 is 12.5."""
    text = decimal_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _price(value: Decimal) -> str:
    """Two decimals at least: 3950 is 3,950.00, 0.125000 is 0.125."""
    whole, _, fraction = f"{value:,.6f}".partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}"
