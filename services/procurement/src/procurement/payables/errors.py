"""What payables refuse for, beside INVALID_STATE."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def payable_not_found(payable_id: UUID) -> NotFound:
    """No such payable, or not one of the caller's."""
    return NotFound(
        "PAYABLE_NOT_FOUND",
        zh="未找到该应付款。",
        en="There is no such payable.",
        metadata={"payable_id": str(payable_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The buyer is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def already_raised(invoice_id: UUID) -> AlreadyExists:
    """An invoice is owed once."""
    return AlreadyExists(
        "PAYABLE_ALREADY_RAISED",
        zh="该发票的应付款已生成。",
        en="The payable of this invoice has been raised already.",
        metadata={"invoice_id": str(invoice_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The buyer has a payable with this number."""
    return AlreadyExists(
        "PAYABLE_NUMBER_TAKEN",
        zh=f"应付款编号 {number} 已存在。",
        en=f"There is a payable with the number {number} already.",
        metadata={"number": number},
    )


def terms_exist(valid_from: date) -> AlreadyExists:
    """Terms that begin on a day are never overwritten."""
    return AlreadyExists(
        "PAYMENT_TERMS_EXIST",
        zh=f"已有自 {valid_from.isoformat()} 起生效的付款条件。",
        en=f"There are payment terms from {valid_from.isoformat()} already.",
        metadata={"valid_from": valid_from.isoformat()},
    )


def terms_in_the_past(today: date) -> InvalidArgument:
    """Terms for days that are over would change what was decided on them."""
    return invalid(
        Violation(
            "/valid_from",
            "TERMS_IN_THE_PAST",
            zh=f"付款条件最早从今天({today.isoformat()})起生效。",
            en=f"Payment terms count from today ({today.isoformat()}) at the earliest.",
        )
    )


def retention_over_cap(most: Decimal, source: str) -> InvalidArgument:
    """More retention money than the law lets a buyer withhold."""
    return invalid(
        Violation(
            "/retention_percent",
            "RETENTION_OVER_CAP",
            zh=f"质保金比例最高 {decimal_text(most)}%。依据:{source}",
            en=f"Retention money is at most {decimal_text(most)} %; source: {source}",
        )
    )


def supplier_unknown(supplier_id: UUID) -> NotFound:
    """The buyer keeps no file about such a supplier."""
    return NotFound(
        "SUPPLIER_UNKNOWN",
        zh="本单位没有该供应商的档案。",
        en="This organisation keeps no file about such a supplier.",
        metadata={"supplier_id": str(supplier_id)},
    )


def own_supplier() -> InvalidArgument:
    """An organisation owes itself nothing."""
    return invalid(
        Violation(
            "/supplier_id",
            "SUPPLIER_IS_BUYER",
            zh="供应商不能是采购方本身。",
            en="The supplier cannot be the buyer.",
        )
    )


def nothing_owed() -> InvalidArgument:
    """An advance over nothing."""
    return invalid(Violation("/costs", "NOTHING_OWED", zh="合计须大于零。", en="The sum must be above zero."))


def due_in_the_past() -> InvalidArgument:
    """An advance cannot have been due before it was asked for."""
    return invalid(
        Violation("/due_on", "DUE_IN_THE_PAST", zh="到期日不得早于今天。", en="The due date is before today.")
    )


def more_than_open(payable_id: UUID, index: int, most: Decimal) -> FailedPrecondition:
    """More than is open and not bound in another payment order."""
    return FailedPrecondition(
        "MORE_THAN_OPEN",
        zh=f"第 {index + 1} 项金额超出可付余额 {decimal_text(most)}。",
        en=f"Item {index + 1} is more than what may still be paid: {decimal_text(most)}.",
        metadata={"payable_id": str(payable_id), "most": decimal_text(most)},
        violations=(
            Violation(f"/items/{index}/amount", "MORE_THAN_OPEN", zh="超出可付余额。", en="More than may be paid."),
        ),
    )


def not_payable(payable_id: UUID, state: str, kind: str) -> FailedPrecondition:
    """Withheld, settled, or a credit, which is no debt of the buyer."""
    return FailedPrecondition(
        "NOT_PAYABLE",
        zh=f"该款项(类型 {kind},状态 {state})不可付款。",
        en=f"This is not to be paid: its kind is {kind}, its state {state}.",
        metadata={"payable_id": str(payable_id), "state": state, "kind": kind},
    )


def not_refundable(payable_id: UUID, most: Decimal) -> FailedPrecondition:
    """More than the supplier owes back."""
    return FailedPrecondition(
        "NOT_REFUNDABLE",
        zh=f"退款金额超出供应商应退余额 {decimal_text(most)}。",
        en=f"The supplier owes back at most {decimal_text(most)}.",
        metadata={"payable_id": str(payable_id), "most": decimal_text(most)},
    )
