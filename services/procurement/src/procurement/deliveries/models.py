"""Tables of deliveries."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.deliveries.rules import WeightUnit
from procurement.deliveries.states import SampleState, State

ZERO = {"server_default": text("0")}
EMPTY = {"server_default": text("''")}


def _mass() -> Any:
    return Field(default=None, sa_type=Numeric(18, 6))


class Delivery(Row, table=True):
    """A delivery note (送货单) against one order, with the product certificate (产品合格证) that it came with.

    `gross`, `tare` and `expected_weight` are in `weight_unit`; `weight_tolerance_percent` is the one of the day on
    which it was weighed.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="deliveries_order"),
        UniqueConstraint("supplier_id", "note_number", name="deliveries_note_taken"),
        CheckConstraint(one_of("state", State), name="deliveries_state"),
        CheckConstraint("certificate_sha256 ~ '^[0-9a-f]{64}$'", name="deliveries_certificate"),
        CheckConstraint("expected_from <= expected_to", name="deliveries_window"),
        CheckConstraint("tare >= 0 AND gross > tare", name="deliveries_weight"),
        CheckConstraint(one_of("weight_unit", WeightUnit), name="deliveries_weight_unit"),
        Index("deliveries_buyer", "buyer_id", "id"),
        Index("deliveries_supplier", "supplier_id", "id"),
        Index("deliveries_of_order", "order_id"),
        Index("deliveries_expected", "project_id", "expected_from", "id"),
    )

    note_number: str
    order_id: UUID
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State = Field(sa_type=text_enum(State))
    vehicle: str = ""
    driver: str = Field(default="", sa_column_kwargs=EMPTY)
    certificate_number: str
    certificate_sha256: str
    reason: str = ""
    expected_from: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    expected_to: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    arrived_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    arrived_by: str = Field(default="", sa_column_kwargs=EMPTY)
    weight_unit: WeightUnit | None = Field(default=None, sa_type=text_enum(WeightUnit))
    gross: Decimal | None = _mass()
    tare: Decimal | None = _mass()
    expected_weight: Decimal | None = _mass()
    weight_tolerance_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    weight_deviates: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    accepted_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    accepted_by: str = ""

    lines: list["DeliveryLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "DeliveryLine.position", "cascade": "all"}
    )
    files: list["DeliveryFile"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "DeliveryFile.id", "cascade": "all"}
    )
    samples: list["Sample"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "Sample.id", "cascade": "all"}
    )
    witnesses: list["Witness"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "Witness.signed_at", "cascade": "all"}
    )

    @property
    def net(self) -> Decimal | None:
        """What the weighbridge says of the goods, in `weight_unit`."""
        return None if self.gross is None or self.tare is None else self.gross - self.tare


class DeliveryLine(SQLModel, table=True):
    """So much of an order line, what came of it, what the site took of that and what it sent back later."""

    __tablename__ = "delivery_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE", name="delivery_lines_delivery"),
        ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="delivery_lines_order_line"),
        ForeignKeyConstraint(["replaces"], ["delivery_lines.id"], name="delivery_lines_replaced"),
        UniqueConstraint("delivery_id", "order_line_id", name="delivery_lines_once"),
        CheckConstraint("quantity > 0", name="delivery_lines_quantity"),
        CheckConstraint("accepted >= 0 AND accepted <= received", name="delivery_lines_accepted"),
        CheckConstraint("received <= quantity", name="delivery_lines_received"),
        CheckConstraint("returned >= 0 AND returned <= accepted", name="delivery_lines_returned"),
        CheckConstraint("accepted = received OR reason <> '' OR NOT judged", name="delivery_lines_reason"),
        Index("delivery_lines_replacing", "replaces"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID
    order_line_id: UUID
    position: int
    material_code: str
    unit: str
    heat_numbers: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String), sa_column_kwargs={"server_default": text("'{}'")}
    )
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    received: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs=ZERO)
    accepted: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs=ZERO)
    returned: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs=ZERO)
    judged: bool = False
    reason: str = ""
    replaces: UUID | None = None

    @property
    def shortage(self) -> Decimal:
        """What was on the note and not on the lorry (短缺); nothing before the line was judged."""
        return self.quantity - self.received if self.judged else Decimal("0.000000")

    @property
    def rejected(self) -> Decimal:
        """What came and was not good (拒收)."""
        return self.received - self.accepted


class DeliveryFile(SQLModel, table=True):
    """A product certificate of a line, with its number, or a photo (without one) of the delivery."""

    __tablename__ = "delivery_files"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE", name="delivery_files_delivery"),
        ForeignKeyConstraint(["line_id"], ["delivery_lines.id"], name="delivery_files_line"),
        ForeignKeyConstraint(["file_id"], ["files.id"], name="delivery_files_file"),
        CheckConstraint("(line_id IS NULL) = (number = '')", name="delivery_files_certificate"),
        Index("delivery_files_of_delivery", "delivery_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID
    line_id: UUID | None = None
    number: str = ""
    file_id: UUID
    sha256: str


class Sample(Row, table=True):
    """A sample of a line that was taken before a witness (见证取样) and went to a laboratory."""

    __tablename__ = "delivery_samples"
    __table_args__ = (
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE", name="delivery_samples_delivery"),
        ForeignKeyConstraint(["line_id"], ["delivery_lines.id"], name="delivery_samples_line"),
        ForeignKeyConstraint(["report_file_id"], ["files.id"], name="delivery_samples_report"),
        UniqueConstraint("delivery_id", "number", name="delivery_samples_once"),
        CheckConstraint(one_of("state", SampleState), name="delivery_samples_state"),
    )

    delivery_id: UUID
    line_id: UUID
    number: str
    laboratory: str
    state: SampleState = Field(sa_type=text_enum(SampleState))
    taken_by: str
    report_file_id: UUID | None = None
    report_sha256: str = ""


class Witness(SQLModel, table=True):
    """A supervisor's signature under what was done at a delivery (监理见证)."""

    __tablename__ = "delivery_witnesses"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], ondelete="CASCADE", name="delivery_witnesses_delivery"
        ),
    )

    delivery_id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(primary_key=True)
    subject: str
    remark: str = ""
    signed_at: datetime = Field(sa_type=TIMESTAMPTZ)


class WeighingTolerance(SQLModel, table=True):
    """How far a weighbridge may be off before a delivery is flagged (磅差), from a day on; the newest counts.

    The platform's own, written by its operators: a flag is for both sides, so neither of them sets it, unlike the
    quantity tolerance of an order line, which is the buyer's rule (`rulebook`).
    """

    __tablename__ = "weighing_tolerances"
    __table_args__: ClassVar = (CheckConstraint("percent BETWEEN 0 AND 100", name="weighing_tolerances_percent"),)

    valid_from: date = Field(primary_key=True)
    percent: Decimal = Field(sa_type=Numeric(5, 2))
    source: str
