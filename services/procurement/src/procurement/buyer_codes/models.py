"""The table of own codes."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint

from chassis.database import Row


class BuyerCode(Row, table=True):
    """A code of a buyer's own system, and the material of the catalogue that it means."""

    __tablename__ = "buyer_codes"
    __table_args__ = (
        UniqueConstraint("organisation_id", "own_code", name="buyer_codes_once"),
        ForeignKeyConstraint(["material_code"], ["materials.code"], name="buyer_codes_material"),
        CheckConstraint("own_code <> ''", name="buyer_codes_own_code"),
        Index("buyer_codes_of_material", "organisation_id", "material_code"),
    )

    organisation_id: UUID
    own_code: str
    material_code: str
    name: str = ""
