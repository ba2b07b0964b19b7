"""What prices refuse for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import NotFound, Violation


def publication_not_found(publication_id: UUID) -> NotFound:
    """No publication has this id."""
    return NotFound(
        "PUBLICATION_NOT_FOUND",
        zh="未找到该信息价发布。",
        en="There is no such publication.",
        metadata={"publication_id": str(publication_id)},
    )


def not_published(material_code: str, region: str, on: date) -> NotFound:
    """Neither the region nor what contains it has published a price of this material by this day."""
    return NotFound(
        "PRICE_NOT_PUBLISHED",
        zh=f"区域 {region} 截至 {on} 没有材料 {material_code} 的信息价。",
        en=f"By {on} no price of {material_code} is published for {region}.",
        metadata={"material_code": material_code, "region": region, "on": on.isoformat()},
    )


TAX_NEGATIVE = Violation(
    "price_without_tax",
    "PRICE_WITHOUT_TAX_HIGHER",
    zh="除税价高于含税价",
    en="the price without tax is above the price with tax",
)
UNKNOWN_MATERIAL = Violation(
    "material_code", "MATERIAL_NOT_FOUND", zh="材料目录中没有该编码", en="the catalogue has no such material"
)
UNKNOWN_UNIT = Violation(
    "unit", "UNIT_UNKNOWN", zh="该材料不以此单位计量", en="the material is not measured in this unit"
)
