"""What comes in and goes out about deliveries."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Code, Instant, LongText, Quantity, QuantityOrZero, Text
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine
from procurement.deliveries.rules import WeightUnit
from procurement.deliveries.states import Outcome, SampleState, State

Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]


Photos = Annotated[list[UUID], Field(max_length=20, description="Ids of uploaded files.", examples=[[]])]
Vehicle = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$", examples=["粤B12345"])]
Driver = Annotated[str, Field(max_length=50, pattern=r"^[^\x00]*$", examples=["王师傅"])]


class CertificateIn(In):
    """A product certificate (产品合格证) of a line."""

    number: Code = Field(examples=["QC-2026-000123"])
    file_id: UUID = Field(description="Id of the uploaded file.")


class DispatchLineIn(In):
    """So much of one line of the order."""

    line_id: UUID = Field(description="Id of the order's line.")
    quantity: Quantity
    heat_numbers: Annotated[list[Code], Field(max_length=50, description="炉批号", examples=[["H26-1107"]])] = Field(
        default_factory=list
    )
    certificates: Annotated[list[CertificateIn], Field(max_length=20, examples=[[]])] = Field(default_factory=list)
    replaces: UUID | None = Field(
        default=None,
        description="Line of an earlier delivery that this makes good: short, rejected, returned or refused.",
        examples=[None],
    )


class JudgedLineIn(In):
    """How much of one line of the delivery came, how much of that is good, and why not all."""

    line_id: UUID = Field(description="Id of the delivery's line.")
    quantity: QuantityOrZero = Field(description="What is accepted; the rest of what came is rejected.")
    received: QuantityOrZero | None = Field(
        default=None, description="What came; the rest of what was sent is short. All of it when absent."
    )
    reason: Annotated[str, Field(max_length=500, examples=["2 bars are bent"])] = ""


class ReturnedLineIn(In):
    """How much of one accepted line goes back, and why."""

    line_id: UUID = Field(description="Id of the delivery's line.")
    quantity: Quantity
    reason: Text


def _once(lines: list[DispatchLineIn] | list[JudgedLineIn] | list[ReturnedLineIn]) -> object:
    if len({line.line_id for line in lines}) != len(lines):
        raise PydanticCustomError("LINE_TWICE", "a line stands in the list twice")
    return lines


ONCE = AfterValidator(_once)
SOME = Field(min_length=1, max_length=500)


class DispatchIn(In):
    """A delivery note (送货单)."""

    order_id: UUID
    note_number: Code = Field(examples=["DN-20261123-01"])
    vehicle: Vehicle = ""
    driver: Driver = ""
    expected_from: Instant | None = Field(default=None, description="Begin of the window in which it is expected.")
    expected_to: Instant | None = Field(default=None, description="End of the window.")
    certificate_number: Code | None = Field(
        default=None,
        description="With its hash; when absent the first file on a line stands for both.",
        examples=["QC-2026-000123"],
    )
    certificate_sha256: Sha256 | None = None
    lines: Annotated[list[DispatchLineIn], SOME, ONCE]

    @model_validator(mode="after")
    def _window(self) -> Self:
        begins, ends = self.expected_from, self.expected_to
        if (begins is None) != (ends is None) or (begins is not None and ends is not None and begins > ends):
            raise PydanticCustomError("WINDOW", "expected_from and expected_to go together, in this order")
        return self


class WeighingIn(In):
    """A reading of the weighbridge (地磅)."""

    unit: WeightUnit
    gross: Quantity = Field(description="Loaded.", examples=["65.400000"])
    tare: QuantityOrZero = Field(description="Empty.", examples=["15.400000"])

    @model_validator(mode="after")
    def _loaded(self) -> Self:
        if self.gross <= self.tare:
            raise PydanticCustomError("GROSS_BELOW_TARE", "the loaded lorry must weigh more than the empty one")
        return self


class ArriveIn(In):
    """A lorry at the gate; vehicle and driver where they are not those of the note."""

    weighing: WeighingIn | None = None
    vehicle: Vehicle = ""
    driver: Driver = ""
    photos: Photos = Field(default_factory=list)


class AcceptIn(In):
    """What the site takes; every line that is not judged yet must be judged, unless the acceptance is partial."""

    lines: Annotated[list[JudgedLineIn], SOME, ONCE]
    partial: bool = Field(default=False, description="The other lines are judged later.")
    photos: Photos = Field(default_factory=list)


class SampleIn(In):
    """A sample that was taken before a witness (见证取样)."""

    line_id: UUID = Field(description="Id of the delivery's line.")
    number: Code = Field(examples=["JZ-2026-0042"])
    laboratory: Text = Field(examples=["深圳市建设工程质量检测中心"])


class SampleResultIn(In):
    """What the laboratory says."""

    outcome: Outcome
    report_file_id: UUID | None = Field(default=None, description="Its uploaded report.", examples=[None])


class WitnessIn(In):
    """A supervisor's signature."""

    remark: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$", examples=["取样过程已见证"])] = ""


class ReturnIn(In):
    """What the site sends back."""

    lines: Annotated[list[ReturnedLineIn], SOME, ONCE]


class DeliveryReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The certificate does not belong to this heat."])


class CertificateOut(Out):
    """A product certificate of a line."""

    number: str
    file_id: UUID
    sha256: str


class DeliveryLineOut(Out):
    """A line of a delivery: sent = accepted + rejected + shortage, once it was judged."""

    id: UUID
    order_line_id: UUID
    position: int
    material_code: str
    unit: str
    heat_numbers: list[str]
    quantity: Quantity
    received: QuantityOrZero
    accepted: QuantityOrZero
    rejected: QuantityOrZero
    shortage: QuantityOrZero
    returned: QuantityOrZero
    judged: bool
    reason: str
    replaces: UUID | None
    certificates: list[CertificateOut] = Field(default_factory=list)

    @classmethod
    def of(cls, line: DeliveryLine, files: list[DeliveryFile]) -> DeliveryLineOut:
        """From the row and the files of its delivery."""
        certificates = [CertificateOut.model_validate(one) for one in files if one.line_id == line.id]
        return cls.model_validate(line).model_copy(update={"certificates": certificates})


class PhotoOut(Out):
    """A photo of a delivery."""

    file_id: UUID
    sha256: str


class SampleOut(Out):
    """A sample and what the laboratory has said of it."""

    id: UUID
    line_id: UUID
    number: str
    laboratory: str
    state: SampleState
    taken_by: str
    report_file_id: UUID | None
    created_at: Instant
    updated_at: Instant


class WitnessOut(Out):
    """A supervisor's signature."""

    organisation_id: UUID
    subject: str
    remark: str
    signed_at: Instant


class DeliverySummary(Out):
    """A delivery without its lines."""

    id: UUID
    version: int
    note_number: str
    order_id: UUID
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State
    vehicle: str
    driver: str
    certificate_number: str
    certificate_sha256: str
    reason: str
    expected_from: Instant | None
    expected_to: Instant | None
    arrived_at: Instant | None
    weight_unit: WeightUnit | None
    gross: Quantity | None
    tare: QuantityOrZero | None
    net: Quantity | None = Field(description="Gross less tare.")
    expected_weight: QuantityOrZero | None = Field(
        description="What the lines should weigh; absent when one is not measured by mass."
    )
    weight_deviates: bool = Field(description="Net and expected differ by more than the tolerance of the day.")
    created_at: Instant
    updated_at: Instant


class DeliveryOut(DeliverySummary):
    """A delivery with its lines and papers."""

    lines: list[DeliveryLineOut]
    photos: list[PhotoOut] = Field(default_factory=list)
    samples: list[SampleOut]
    witnesses: list[WitnessOut]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """From the row."""
        photos = [PhotoOut.model_validate(one) for one in delivery.files if one.line_id is None]
        lines = [DeliveryLineOut.of(line, delivery.files) for line in delivery.lines]
        return cls.model_validate(delivery).model_copy(update={"photos": photos, "lines": lines})
