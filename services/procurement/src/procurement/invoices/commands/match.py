"""The three-way match (三单匹配) of one invoice: order × acceptance × invoice."""

from __future__ import annotations

from chassis.work import Work
from procurement.invoices import repository, rules, states
from procurement.invoices.models import Invoice
from procurement.invoices.rules import Compared
from procurement.invoices.states import Action, Reason
from procurement.rulebook import service as rulebook
from procurement.rulebook.models import RuleKind


async def judge(work: Work, invoice: Invoice) -> None:
    """Compare every line and the document with what is known now, keep the reasons, and move the state accordingly.

    The buyer's tolerance is that of the day of issue. The invoice's orders are locked by the caller.
    """
    session = await work.writing()
    tolerance = await rulebook.in_force(work, invoice.buyer_id, RuleKind.PRICE_TOLERANCE_PERCENT, invoice.issue_date)
    invoice.tolerance_percent, invoice.tolerance_ref = tolerance.value, tolerance.ref
    positions = await repository.positions(session, {line.order_line_id for line in invoice.lines}, but=invoice.id)
    asked = rules.summed((line.order_line_id, line.quantity) for line in invoice.lines)
    for line in invoice.lines:
        position = positions[line.order_line_id]
        if line.statement_line_id is None and line.corrects_line_id is None:
            line.expected_price = position.unit_price
        compared = Compared(
            quantity=line.quantity,
            gross=line.gross,
            tax_percent=line.tax_percent,
            price=line.expected_price,
            agreed_tax_percent=position.tax_percent,
            asked=asked[line.order_line_id],
            left=position.left,
        )
        line.reasons = [str(reason) for reason in rules.match(compared, tolerance.value)]
    seller, buyer = await repository.known_usccs(session, invoice)
    differs = {
        Reason.SELLER_USCC_DIFFERS: seller not in (None, invoice.seller_uscc),
        Reason.BUYER_USCC_DIFFERS: buyer not in (None, invoice.buyer_uscc),
    }
    invoice.reasons = [str(reason) for reason, found in differs.items() if found]
    failed = invoice.reasons or any(line.reasons for line in invoice.lines)
    invoice.state = states.INVOICE.apply(invoice.state, Action.MISMATCH if failed else Action.MATCH)
