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


def other_response(code: str) -> InvalidArgument:
    """Neither accepted nor rejected: nothing follows from it for an order."""
    return wrong_value(
        "OrderResponseCode",
        zh=f"只接受 AP(按原订单接受)和 RE(拒绝),收到 {code}。",
        en=f"Only AP (accepted as it is) and RE (rejected) are taken, not {code}.",
    )


def amended(where: str) -> InvalidArgument:
    """A supplier that would take the order otherwise: here the buyer alone changes an order."""
    return invalid(
        Violation(
            where,
            "UBL_AMENDMENT_NOT_OFFERED",
            zh="供应商不能修改订单;请以 RE 拒绝并在 cbc:Note 中说明,由采购方另行下单或变更。",
            en="A supplier does not change an order: decline it with RE and say in cbc:Note what should be otherwise; "
            "the buyer changes it or writes another.",
        )
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
    """A red invoice (红字发票) is a UBL CreditNote."""
    return FailedPrecondition(
        "UBL_CREDIT_NOTE",
        zh=f"红字发票 {number} 在 UBL 中为 CreditNote。",
        en=f"The red invoice {number} is a CreditNote in UBL.",
        metadata={"number": number},
    )


def is_blue(number: str) -> FailedPrecondition:
    """A blue invoice (蓝字发票) is a UBL Invoice."""
    return FailedPrecondition(
        "UBL_INVOICE",
        zh=f"蓝字发票 {number} 在 UBL 中为 Invoice。",
        en=f"The blue invoice {number} is an Invoice in UBL.",
        metadata={"number": number},
    )


def other_type(element: str, wanted: str, code: str) -> InvalidArgument:
    """Corrected, prepayment and other invoices are other documents."""
    return wrong_value(element, zh=f"只接受 {wanted},收到 {code}。", en=f"Only {wanted}, not {code}.")


def one_invoice() -> InvalidArgument:
    """A red invoice corrects one blue invoice, which it names as the platform does."""
    return wrong_value(
        "BillingReference",
        zh="须引用且只引用一张蓝字发票(cbc:UUID 为平台发票标识,cbc:ID 为其号码)。",
        en="Exactly one invoice is named, by its id on the platform (cbc:UUID) and its own number (cbc:ID).",
    )
