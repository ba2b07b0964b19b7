"""What a UBL document is refused for."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FailedPrecondition, InvalidArgument, MalformedRequest, Violation, invalid

MOST_FAULTS = 20


def unreadable(why: str) -> MalformedRequest:
    """No well-formed XML that we read: other encodings, document types and entities are not."""
    return MalformedRequest("XML_UNREADABLE", zh=f"无法读取该 XML:{why}", en=f"This XML cannot be read: {why}")


def not_this_document(wanted: str) -> MalformedRequest:
    """Well-formed, but another document."""
    return MalformedRequest(
        "UBL_DOCUMENT_UNKNOWN",
        zh=f"根元素须为 UBL 2.1 的 {wanted}。",
        en=f"The root element must be {wanted} of UBL 2.1.",
        metadata={"expected": wanted},
    )


def against_the_schema(faults: Sequence[tuple[int, str]]) -> InvalidArgument:
    """(line, what libxml2 says) of each fault; the first MOST_FAULTS are told."""
    return invalid(
        *(
            Violation(f"line:{line}", "UBL_INVALID", zh=f"不符合 UBL 2.1 模式:{why}", en=f"not UBL 2.1: {why}")
            for line, why in faults[:MOST_FAULTS]
        )
    )


def wrong_value(where: str, zh: str, en: str) -> InvalidArgument:
    """A value that the schema allows and we cannot take; `where` is the element."""
    return invalid(Violation(where, "UBL_VALUE_UNKNOWN", zh=zh, en=en))


def other_party(where: str) -> InvalidArgument:
    """The document is another organisation's."""
    return invalid(
        Violation(where, "UBL_OTHER_PARTY", zh="该单据的此方不是本单位。", en="This party is not the caller's own.")
    )


def only_acceptance(code: str) -> InvalidArgument:
    """An order is taken as it is (AP); a change of it is not a response."""
    return wrong_value(
        "OrderResponseCode",
        zh=f"只接受 AP(按原订单接受),收到 {code}。",
        en=f"Only AP (accepted as it is) is taken, not {code}.",
    )


def not_confirmed(state: str) -> FailedPrecondition:
    """There is nothing to respond yet."""
    return FailedPrecondition(
        "ORDER_NOT_CONFIRMED",
        zh=f"订单当前状态为 {state},供应商尚未确认。",
        en=f"The order is {state}; its supplier has not taken it.",
        metadata={"state": state},
    )


def is_red(number: str) -> FailedPrecondition:
    """A red invoice (红字发票) would be a UBL CreditNote."""
    return FailedPrecondition(
        "UBL_CREDIT_NOTE",
        zh=f"红字发票 {number} 在 UBL 中为 CreditNote,暂不支持。",
        en=f"The red invoice {number} would be a UBL CreditNote, which is not offered.",
        metadata={"number": number},
    )


def only_invoices(code: str) -> InvalidArgument:
    """Corrected, prepayment and credit invoices are other documents."""
    return wrong_value(
        "InvoiceTypeCode", zh=f"只接受 380(商业发票),收到 {code}。", en=f"Only 380 (commercial invoice), not {code}."
    )
