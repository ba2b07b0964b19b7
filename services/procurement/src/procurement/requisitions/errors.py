"""What requisitions refuse for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text

PROJECT_UNKNOWN = Violation(
    "project_code",
    "PROJECT_UNKNOWN",
    zh="本单位未参与该编号的项目",
    en="your organisation takes part in no project of this code",
)
PROJECT_AMBIGUOUS = Violation(
    "project_code",
    "PROJECT_AMBIGUOUS",
    zh="多个项目使用该编号,请填写项目 ID",
    en="several projects have this code; name the project by its id",
)
PROJECT_DIFFERS = Violation(
    "project_code",
    "PROJECT_DIFFERS",
    zh="一个文件只能对应一个项目",
    en="all rows of a file are for one project",
)
MATERIAL_NOT_FOUND = Violation(
    "material_code",
    "MATERIAL_NOT_FOUND",
    zh="既不是目录编码,也不是本单位自有编码",
    en="neither a code of the catalogue nor one of your own",
)
MATERIAL_AMBIGUOUS = Violation(
    "material_code",
    "MATERIAL_AMBIGUOUS",
    zh="本单位自有编码与目录编码相同但所指材料不同",
    en="as your own code it means another material than as the catalogue's",
)


def no_rows() -> InvalidArgument:
    """A file with nothing but its header."""
    return invalid(Violation("/rows", "TOO_SHORT", zh="文件中没有数据行。", en="There is no row in the file."))


def requisition_not_found(requisition_id: UUID) -> NotFound:
    """No such requisition, or another organisation's."""
    return NotFound(
        "REQUISITION_NOT_FOUND",
        zh="未找到该请购单。",
        en="There is no such requisition.",
        metadata={"requisition_id": str(requisition_id)},
    )


def line_not_found(line_id: UUID) -> NotFound:
    """No such line, or (when something is taken) another organisation's."""
    return NotFound(
        "REQUISITION_LINE_NOT_FOUND",
        zh="未找到该请购行。",
        en="There is no such requisition line.",
        metadata={"requisition_line_id": str(line_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The organisation has a requisition with this number."""
    return AlreadyExists(
        "REQUISITION_NUMBER_TAKEN",
        zh=f"请购单编号 {number} 已存在。",
        en=f"There is a requisition with the number {number} already.",
        metadata={"number": number},
    )


def unfit_lines(large: Sequence[int], past: Sequence[int], today: date) -> InvalidArgument:
    """Lines (by index) with which the estimate is more than can be kept, and those that are needed before today."""
    return invalid(
        *(
            Violation(
                f"/lines/{index}/estimated_price",
                "TOTAL_TOO_LARGE",
                zh="估算总额过大。",
                en="The estimate is too large.",
            )
            for index in large
        ),
        *(
            Violation(
                f"/lines/{index}/needed_by",
                "NEEDED_IN_THE_PAST",
                zh=f"需用日期不得早于今天({today.isoformat()})。",
                en=f"The day must not be before today ({today.isoformat()}).",
            )
            for index in past
        ),
    )


def needed_by_passed(positions: Sequence[int]) -> FailedPrecondition:
    """The draft lay so long that the day of some lines is over."""
    text = ", ".join(map(str, positions))
    return FailedPrecondition(
        "NEEDED_BY_PASSED",
        zh=f"第 {text} 行的需用日期已过,请先修改。",
        en=f"The day on which lines {text} are needed is over; revise them first.",
        metadata={"positions": text},
    )


def unknown_tasks(lines: Sequence[tuple[int, int]]) -> InvalidArgument:
    """Lines (index, uid) that name no live task of the project's work breakdown."""
    return invalid(
        *(
            Violation(
                f"/lines/{index}/wbs_uid",
                "WBS_TASK_UNKNOWN",
                zh=f"项目的 WBS 中没有任务 {uid}。",
                en=f"The project's work breakdown has no task {uid}.",
            )
            for index, uid in lines
        )
    )


def exhausted(line_id: UUID, asked: Decimal, left: Decimal) -> FailedPrecondition:
    """More than the line has for this move: nothing is bought twice."""
    values = {
        "requisition_line_id": str(line_id),
        "asked": decimal_text(asked),
        "left": decimal_text(left),
    }
    return FailedPrecondition(
        "REQUISITION_EXHAUSTED",
        zh=f"请购行仅剩 {values['left']},不足 {values['asked']}。",
        en=f"The requisition line has {values['left']} left, {values['asked']} was asked for.",
        metadata=values,
    )


def not_open(number: str, state: str) -> FailedPrecondition:
    """Only an approved requisition is bought from."""
    return FailedPrecondition(
        "REQUISITION_NOT_OPEN",
        zh=f"请购单 {number} 的状态为 {state},不能采购。",
        en=f"The requisition {number} is {state}; nothing can be bought for it.",
        metadata={"number": number, "state": state},
    )


def in_sourcing(positions: Sequence[int]) -> FailedPrecondition:
    """An inquiry or auction is still about some lines."""
    text = ", ".join(map(str, positions))
    return FailedPrecondition(
        "REQUISITION_IN_SOURCING",
        zh=f"第 {text} 行正在询价或竞价,不能关闭。",
        en=f"Lines {text} are being sourced; the requisition cannot be closed.",
        metadata={"positions": text},
    )


def unfit_unit(line_id: UUID, unit: str, own: str) -> FailedPrecondition:
    """A quantity in a unit of which one is no whole number of the line's: it could not be counted exactly."""
    return FailedPrecondition(
        "REQUISITION_UNIT_UNFIT",
        zh=f"单位 {unit} 不能精确换算为请购行的单位 {own}。",
        en=f"The unit {unit} does not convert exactly into the requisition line's, {own}.",
        metadata={"requisition_line_id": str(line_id), "unit": unit, "own": own},
    )


def nothing_left(left: Mapping[int, Decimal]) -> FailedPrecondition:
    """Lines (by index) of which less is left than was asked for: they are sourced or ordered already."""
    return FailedPrecondition(
        "REQUISITION_EXHAUSTED",
        zh="部分请购行已询价或已下单,剩余数量不足。",
        en="Some requisition lines are sourced or ordered already; less is left of them.",
        violations=tuple(
            Violation(
                f"/lines/{index}/quantity",
                "REQUISITION_EXHAUSTED",
                zh=f"仅剩 {decimal_text(quantity)}。",
                en=f"{decimal_text(quantity)} is left.",
            )
            for index, quantity in left.items()
        ),
    )
