"""What the sourcing slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def sourcing_not_found(sourcing_id: UUID) -> NotFound:
    """No such sourcing, or not one that the caller may see: both are told alike."""
    return NotFound(
        "SOURCING_NOT_FOUND",
        zh="未找到该寻源单。",
        en="There is no such sourcing.",
        metadata={"sourcing_id": str(sourcing_id)},
    )


def question_not_found(question_id: UUID) -> NotFound:
    """No such question, or not one that the caller may see."""
    return NotFound(
        "QUESTION_NOT_FOUND",
        zh="未找到该问题。",
        en="There is no such question.",
        metadata={"question_id": str(question_id)},
    )


def supplier_not_invited(supplier_id: UUID) -> NotFound:
    """The buyer has not invited such a supplier."""
    return NotFound(
        "SUPPLIER_NOT_INVITED",
        zh="该供应商未受邀参与。",
        en="This supplier is not invited.",
        metadata={"supplier_id": str(supplier_id)},
    )


def project_not_found(pointers: Sequence[str]) -> NotFound:
    """Parts for projects in which the buyer does not take part."""
    zh, en = (
        "未找到该项目,或本单位不是其参建方。",
        "There is no such project in which this organisation takes part.",
    )
    faults = tuple(Violation(pointer, "PROJECT_NOT_FOUND", zh=zh, en=en) for pointer in pointers)
    return NotFound("PROJECT_NOT_FOUND", zh=zh, en=en, violations=faults)


def unknown_materials(pointers: Sequence[str]) -> InvalidArgument:
    """Lines whose material is not in the catalogue or is not measured in the unit."""
    return invalid(
        *(
            Violation(
                pointer,
                "MATERIAL_UNIT_UNKNOWN",
                zh="目录中没有以该单位计量的此材料。",
                en="The catalogue has no such material in this unit.",
            )
            for pointer in pointers
        )
    )


def own_guest(index: int) -> InvalidArgument:
    """An organisation cannot ask itself for offers."""
    return invalid(
        Violation(
            f"/supplier_ids/{index}",
            "SUPPLIER_IS_BUYER",
            zh="供应商不能是采购方本身。",
            en="The supplier cannot be the buyer.",
        )
    )


def already_invited(indexes: Sequence[int]) -> InvalidArgument:
    """Suppliers (by index) that are guests already."""
    return invalid(
        *(
            Violation(
                f"/supplier_ids/{index}",
                "SUPPLIER_ALREADY_INVITED",
                zh="该供应商已受邀。",
                en="This supplier is invited already.",
            )
            for index in indexes
        )
    )


def too_many_guests(most: int) -> InvalidArgument:
    """More guests than one sourcing takes."""
    return invalid(
        Violation(
            "/supplier_ids",
            "TOO_MANY_GUESTS",
            zh=f"受邀供应商最多 {most} 家。",
            en=f"A sourcing has {most} guests at most.",
        )
    )


def revised_as_auction() -> FailedPrecondition:
    """The draft is an auction, whose terms are revised together with it; or the other way round."""
    return FailedPrecondition(
        "REVISED_AS_AUCTION",
        zh="该草稿已是竞价,须连同竞价规则一并修改。",
        en="The draft is an auction: it is revised together with the terms of its bids.",
    )


def deadline_passed() -> FailedPrecondition:
    """The deadline is not in the future by the server's clock."""
    return FailedPrecondition(
        "DEADLINE_PASSED",
        zh="截止时间已过(以服务器时间为准)。",
        en="The deadline has passed by the server's clock.",
    )


def deadline_not_later() -> InvalidArgument:
    """A deadline is moved back only."""
    return invalid(
        Violation(
            "/deadline",
            "DEADLINE_NOT_LATER",
            zh="新的截止时间须晚于原截止时间。",
            en="The new deadline must be later than the present one.",
        )
    )


def ends_by_itself() -> FailedPrecondition:
    """An auction is extended by late bids, not by the buyer."""
    return FailedPrecondition(
        "AUCTION_EXTENDS_ITSELF",
        zh="竞价由临近结束的报价自动延时,采购方不能延期。",
        en="An auction is extended by late bids, not by its buyer.",
    )


def already_awarded() -> FailedPrecondition:
    """Something of it is ordered; it can be concluded, not cancelled."""
    return FailedPrecondition(
        "SOURCING_PARTLY_AWARDED",
        zh="已有部分定标,不能取消,只能结束。",
        en="Part of it is awarded: it can be concluded, not cancelled.",
    )


def award_waits() -> FailedPrecondition:
    """An award waits for approval; it is decided or withdrawn first."""
    return FailedPrecondition(
        "AWARD_WAITS",
        zh="有定标结果待审批,请先审批或撤回。",
        en="An award of this sourcing waits for approval; it must be decided or withdrawn first.",
    )


def nothing_awarded() -> FailedPrecondition:
    """Without an award there is nothing to conclude; it can be cancelled."""
    return FailedPrecondition(
        "NOTHING_AWARDED",
        zh="尚未定标,不能结束,只能取消。",
        en="Nothing is awarded yet: it can be cancelled, not concluded.",
    )
