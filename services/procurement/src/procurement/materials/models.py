"""Tables of the material catalogue."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import Row, one_of, text_enum
from chassis.ids import new_id

MATERIAL_WORDS = "(((((code || ' ') || name_zh) || ' ') || name_en) || ' ') || specification"
"""What a search (搜索) looks at; the index holds its pairs of characters."""


class CostType(StrEnum):
    """What kind of cost an entry is (费用类型); the standard's name lists the four."""

    LABOUR = "labour"  # 人工
    MATERIAL = "material"  # 材料
    EQUIPMENT = "equipment"  # 设备
    MACHINERY = "machinery"  # 机械


class Branch(Row, table=True):
    """A class of the catalogue (类别): two digits are a major class (大类), four a sub class (中类) below it.

    Source: GB/T 50851-2013. Names are data that the operator imports, the same for all.
    """

    __tablename__ = "material_branches"
    __table_args__ = (
        UniqueConstraint("code", name="material_branches_code_taken"),
        CheckConstraint("code ~ '^([0-9]{2}){1,2}$'", name="material_branches_code"),
    )

    code: str
    name_zh: str
    name_en: str = ""


class Material(Row, table=True):
    """A material by its eight-digit code: two digits major, two sub ("00": directly under the major), four serial.

    Source: GB/T 50851-2013 建设工程人工材料设备机械数据标准. The catalogue is the platform's, the same for all.
    """

    __tablename__ = "materials"
    __table_args__ = (
        UniqueConstraint("code", name="materials_code_taken"),
        Index("materials_search", text(f"search_bigrams({MATERIAL_WORDS})"), postgresql_using="gin"),
        CheckConstraint("code ~ '^[0-9]{8}$'", name="materials_code"),
        CheckConstraint(one_of("cost_type", CostType), name="materials_cost_type"),
    )

    code: str
    name_zh: str
    name_en: str = ""
    specification: str = ""
    cost_type: CostType = Field(
        default=CostType.MATERIAL,
        sa_type=text_enum(CostType),
        sa_column_kwargs={"server_default": text("'material'")},
    )
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
