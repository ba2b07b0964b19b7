"""Tables of the material catalogue."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import Row
from chassis.ids import new_id


class Material(Row, table=True):
    """A material by its eight-digit code: two digits major, two sub ("00": directly under the major), four serial.

    Source: GB/T 50851-2013 建设工程人工材料设备机械数据标准. The catalogue is the platform's, the same for all.
    """

    __tablename__ = "materials"
    __table_args__ = (
        UniqueConstraint("code", name="materials_code_taken"),
        CheckConstraint("code ~ '^[0-9]{8}$'", name="materials_code"),
    )

    code: str
    name_zh: str
    name_en: str = ""
    specification: str = ""
    retired: bool = False

    units: list["MaterialUnit"] = Relationship(
        sa_relationship_kwargs={
            "lazy": "selectin",
            "order_by": "MaterialUnit.unit",
            "primaryjoin": "Material.code == foreign(MaterialUnit.material_code)",
            "cascade": "all, delete-orphan",
        }
    )


class MaterialUnit(SQLModel, table=True):
    """A unit in which a material is measured; what an order line may use."""

    __tablename__ = "material_units"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["material_code"], ["materials.code"], name="material_units_material"),
        UniqueConstraint("material_code", "unit", name="material_units_once"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    material_code: str
    unit: str
