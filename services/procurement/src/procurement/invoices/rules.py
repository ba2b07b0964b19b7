"""Rules of invoices over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from procurement.invoices.states import Kind, Reason
from procurement.orders.rules import line_amount

PERCENT = Decimal(100)
ROUNDING = Decimal("0.01")
"""By how much an amount may be off because it was rounded another way; arithmetic (see `faults`), not policy."""
INTRODUCED = date(2021, 12, 1)
"""The first day on which such invoices were issued (trial of 广东, 内蒙古 and 上海)."""


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """A line as printed; it bills a line of an order or of an agreed statement, or takes back a line of an invoice.

    Exactly one of the three ids is set. `unit_price` is without tax; quantity and amounts are negative on a red one.
    """

    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_percent: Decimal
    tax: Decimal
    gross: Decimal
    order_line_id: UUID | None = None
    statement_line_id: UUID | None = None
    corrects_line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EnterInvoice:
    """An invoice as printed; a red one names the blue one in `corrects_id`."""

    number: str
    issue_date: date
    seller_uscc: str
    buyer_uscc: str
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines: tuple[EnteredLine, ...]
    corrects_id: UUID | None = None

    @property
    def kind(self) -> Kind:
        """Blue unless it corrects another one."""
        return Kind.BLUE if self.corrects_id is None else Kind.RED


def faults(entered: EnterInvoice) -> Iterator[tuple[str, str]]:
    """(JSON pointer, code) of everything that no printed invoice can say.

    The number's first two digits are the year of issue, the next two the tax bureau's region, the fifth the channel,
    the rest a serial (国家税务总局公告2024年第11号); the regions' list is the bureau's, so only the year is checked.

    The seller rounds a line's tax either from the net amount (net × rate) or from the gross one (gross − gross ÷ (1 +
    rate)). Each is off from the exact product by at most 0.005 × (1 + rate), which is below one cent for every rate, so
    that ROUNDING takes both ways and no third one. The document prints the sums of its lines: totals have
    no tolerance at all.
    """
    if entered.number[:2] != f"{entered.issue_date:%y}":
        yield "/number", "NUMBER_YEAR"
    sign = 1 if entered.kind is Kind.BLUE else -1
    for index, line in enumerate(entered.lines):
        bills = [one for one in (line.order_line_id, line.statement_line_id) if one is not None]
        if (len(bills), line.corrects_line_id is None) != ((1, True) if sign == 1 else (0, False)):
            yield f"/lines/{index}", "LINE_REFERENCE"
        if line.quantity * sign <= 0 or line.net * sign < 0 or line.tax * sign < 0:
            yield f"/lines/{index}/quantity", "LINE_SIGN"
        if abs(line.quantity * line.unit_price - line.net) > ROUNDING:
            yield f"/lines/{index}/net", "NET_DIFFERS"
        if abs(line.net * line.tax_percent / PERCENT - line.tax) > ROUNDING:
            yield f"/lines/{index}/tax", "TAX_DIFFERS"
        if line.net + line.tax != line.gross:
            yield f"/lines/{index}/gross", "GROSS_DIFFERS"
    if entered.gross == 0:
        yield "/gross", "NOTHING_BILLED"
    for name in ("net", "tax", "gross"):
        if sum(getattr(line, name) for line in entered.lines) != getattr(entered, name):
            yield f"/{name}", "TOTAL_DIFFERS"


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of an invoice beside the order and the acceptance (三单匹配: 订单, 验收, 发票).

    `price` is the agreed one with tax and `agreed_tax_percent` its rate, None when none was agreed. `asked` is what the
    whole invoice bills of the order's line, `left` what of the accepted quantity no other invoice has billed.
    """

    quantity: Decimal
    gross: Decimal
    tax_percent: Decimal
    price: Decimal
    agreed_tax_percent: Decimal | None
    asked: Decimal
    left: Decimal


def match(line: Compared, tolerance_percent: Decimal) -> list[Reason]:
    """Why a line does not match when its price may exceed the agreed one by so much; empty when it does.

    Less than agreed is no fault of a blue line. A red one takes back at least what was billed, to the rounding.
    """
    reasons = []
    due = line_amount(line.quantity, line.price)
    if line.quantity > 0:
        if line.gross > due * (1 + tolerance_percent / PERCENT) + ROUNDING:
            reasons.append(Reason.PRICE_ABOVE_ORDER)
        if line.asked > line.left:
            reasons.append(Reason.MORE_THAN_ACCEPTED)
    elif line.gross > due + ROUNDING:
        reasons.append(Reason.CREDIT_TOO_SMALL)
    if line.agreed_tax_percent is not None and line.agreed_tax_percent != line.tax_percent:
        reasons.append(Reason.TAX_RATE_DIFFERS)
    return reasons


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a blue line its red ones have not taken back yet."""

    quantity: Decimal
    net: Decimal
    tax: Decimal

    def without(self, line: EnteredLine) -> Rest:
        """The rest after one more (negative) line."""
        return Rest(self.quantity + line.quantity, self.net + line.net, self.tax + line.tax)

    @property
    def overdrawn(self) -> bool:
        """Whether more was taken back than billed, in quantity or money."""
        return min(self.quantity, self.net, self.tax) < 0


def summed(pairs: Iterable[tuple[UUID, Decimal]]) -> dict[UUID, Decimal]:
    """(id, quantity) pairs → quantity per id."""
    sums: dict[UUID, Decimal] = {}
    for one, quantity in pairs:
        sums[one] = sums.get(one, Decimal(0)) + quantity
    return sums


@dataclass(frozen=True, slots=True)
class Position:
    """An order's line with all that an invoice is compared with.

    `unit_price` has tax at `tax_percent`; `invoiced` is what standing invoices bill, `unstated` that part of it that
    names no statement, and `stated` what stands on statements.
    """

    order_line_id: UUID
    order_id: UUID
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    currency: str
    material_code: str
    unit: str
    cost_code: str
    unit_price: Decimal
    tax_percent: Decimal | None
    accepted: Decimal
    invoiced: Decimal
    unstated: Decimal
    stated: Decimal

    @property
    def left(self) -> Decimal:
        """What was accepted and no invoice bills."""
        return self.accepted - self.invoiced

    @property
    def billable(self) -> Decimal:
        """What of it a line may bill that names no statement: what stands on one is billed as agreed there."""
        return min(self.left, self.accepted - self.stated - self.unstated)

    @property
    def parties(self) -> tuple[UUID, UUID, UUID, str]:
        """What all lines of an invoice have in common."""
        return self.project_id, self.buyer_id, self.supplier_id, self.currency
