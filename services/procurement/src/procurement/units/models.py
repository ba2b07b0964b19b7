"""The table of conversions."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from chassis.database import Row

EVERY_MATERIAL = "*"


class UnitConversion(Row, table=True):
    """So many of one unit are one of another (换算系数), as an exact fraction, from a day on.

    1 `from_unit` = `numerator` / `denominator` `to_unit`. `material_code` is `*` where the conversion is the same for
    every material (t and kg), or the material whose nature it is (the mass per metre of a bar). `source` says whence:
    rows are added, never changed, so that what was computed before stays explained.
    """

    __tablename__ = "unit_conversions"
    __table_args__ = (
        UniqueConstraint("material_code", "from_unit", "to_unit", "valid_from", name="unit_conversions_once"),
        CheckConstraint("material_code ~ '^([0-9]{8}|[*])$'", name="unit_conversions_code"),
        CheckConstraint("numerator > 0 AND denominator > 0", name="unit_conversions_ratio"),
        CheckConstraint("from_unit <> to_unit", name="unit_conversions_units"),
        CheckConstraint("source <> ''", name="unit_conversions_source"),
        Index("unit_conversions_of_material", "material_code", "id"),
    )

    material_code: str
    from_unit: str
    to_unit: str
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    source: str
    valid_from: date
