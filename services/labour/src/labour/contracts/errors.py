"""What the contracts slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def contract_not_found(contract_id: UUID) -> NotFound:
    """No such contract, or not one that the caller may see."""
    return NotFound(
        "CONTRACT_NOT_FOUND",
        zh="未找到该合同。",
        en="There is no such contract.",
        metadata={"contract_id": str(contract_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The employer has used this number for another contract."""
    return AlreadyExists(
        "CONTRACT_NUMBER_TAKEN",
        zh=f"合同编号 {number} 已被使用。",
        en=f"The number {number} is taken by another contract.",
        metadata={"number": number},
    )


def overlapping(number: str) -> FailedPrecondition:
    """The worker has another contract for the same days and project."""
    return FailedPrecondition(
        "CONTRACT_OVERLAP",
        zh=f"与合同 {number} 的有效期重叠(同一工人、同一项目)。",
        en=f"It overlaps with the contract {number} of the same worker on the same project.",
        metadata={"number": number},
    )


def named_twice() -> InvalidArgument:
    """The same contract a second time in one call."""
    return InvalidArgument(
        "DUPLICATE_IN_BATCH",
        zh="同一合同在本批中重复出现。",
        en="The same contract stands twice in this call.",
    )


def not_printed() -> FailedPrecondition:
    """The paper is being made, or the contract has not been offered."""
    return FailedPrecondition(
        "CONTRACT_NOT_PRINTED",
        zh="合同文本尚未生成(草稿没有文本;发出后数秒内生成)。",
        en="There is no paper yet: a draft has none, and an offered contract has one after some seconds.",
        retry_after=2,
    )


def other_document() -> FailedPrecondition:
    """What is to be signed is not what was shown."""
    return FailedPrecondition(
        "DOCUMENT_CHANGED",
        zh="提交的文件摘要与当前合同文本不一致,请重新阅读后签署。",
        en="The hash is not that of the contract's paper; read it again before signing.",
    )


def last_day_outside() -> InvalidArgument:
    """Terminated on a day on which it does not bind."""
    return invalid(
        Violation(
            "/last_day",
            "OUT_OF_RANGE",
            zh="最后一天须在合同有效期内。",
            en="The last day must lie within the contract's validity.",
        )
    )


def signed_in_future() -> InvalidArgument:
    """A paper that will be signed."""
    return invalid(Violation("/signed_on", "IN_FUTURE", "签署日期不能晚于今天。", "The day lies in the future."))


def renewal_too_early() -> InvalidArgument:
    """A renewal has to begin after the contract that it follows."""
    return invalid(
        Violation(
            "/valid_from",
            "CONTRACT_OVERLAP",
            zh="续签合同须在原合同结束之后开始。",
            en="A renewal begins after the end of the contract that it follows.",
        )
    )


def dates_backwards() -> InvalidArgument:
    """The last day lies before the first."""
    return invalid(
        Violation(
            "/valid_to",
            "DATES_BACKWARDS",
            zh="结束日期不能早于开始日期。",
            en="The last day lies before the first.",
        )
    )


def not_signed(contract_id: UUID) -> NotFound:
    """There is no signature whose evidence could be shown."""
    return NotFound(
        "CONTRACT_NOT_SIGNED",
        zh="该合同尚未签署。",
        en="The contract has not been signed.",
        metadata={"contract_id": str(contract_id)},
    )
