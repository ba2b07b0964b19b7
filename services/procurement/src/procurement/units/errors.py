"""What conversions refuse for."""

from __future__ import annotations

from chassis.errors import FailedPrecondition, Violation


def do_not_convert(from_unit: str, to_unit: str) -> FailedPrecondition:
    """Nothing leads from one unit to the other for this material on this day."""
    return FailedPrecondition(
        "UNITS_DO_NOT_CONVERT",
        zh=f"该材料的单位 {from_unit} 与 {to_unit} 之间没有换算系数。",
        en=f"For this material nothing converts {from_unit} into {to_unit}.",
        metadata={"from": from_unit, "to": to_unit},
    )


UNKNOWN = Violation(
    "material_code", "MATERIAL_NOT_FOUND", zh="材料目录中没有该编码", en="the catalogue has no such material"
)
SAME_UNIT = Violation("to_unit", "UNITS_ARE_THE_SAME", zh="两个单位相同", en="the two units are the same")
STANDS = Violation(
    "valid_from",
    "CONVERSION_STANDS",
    zh="该日起已有不同的换算系数,请使用更晚的生效日期",
    en="another factor counts from this day; a new one needs a later day",
)
ADDS_NOTHING = Violation(
    "to_unit",
    "CONVERSION_KNOWN_OTHERWISE",
    zh="这两个单位已可经其他系数换算",
    en="other factors already lead from one unit to the other",
)
