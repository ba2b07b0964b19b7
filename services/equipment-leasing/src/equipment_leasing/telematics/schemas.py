"""What comes in and goes out about telematics."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Hours, Instant, Text, decimal_text
from equipment_leasing.hours.schemas import HoursChangeOut
from equipment_leasing.telematics.commands.take_page import PageTaken
from equipment_leasing.telematics.models import MatchedBy, Unit
from equipment_leasing.telematics.rules import Match, Taken
from equipment_leasing.values import PlainText

EquipmentId = Annotated[PlainText, Field(min_length=1, max_length=200, examples=["EQ-3EE9F444", "EX 200 #3"])]
"""As the feed names the unit; '#' and blanks occur."""


class OpenFeedIn(In):
    """A source of AEMP 2.0 pages."""

    name: Text = Field(examples=["OEM-B fleet service"])


class FeedOut(Out):
    """A feed."""

    id: UUID
    version: int
    lessor_id: UUID
    name: str
    created_at: Instant
    updated_at: Instant


class MapUnitIn(In):
    """Which machine a unit of the feed is; null unties it."""

    equipment_id: EquipmentId
    machine_id: UUID | None


class ReplaceControlUnitIn(In):
    """From when another control unit counts afresh."""

    at: Instant


class UnitOut(Out):
    """A unit as its feed describes it, and the machine that it counts for. Position in WGS-84, degrees."""

    id: UUID
    version: int
    feed_id: UUID
    lessor_id: UUID
    equipment_id: str
    oem_name: str | None
    model: str | None
    serial_number: str | None
    pin: str | None
    machine_id: UUID | None
    matched_by: MatchedBy | None
    latitude: str
    longitude: str
    replacements: list[Instant]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, unit: Unit) -> UnitOut:
        """From the row; latitude and longitude are empty while no position is known."""
        places = {"latitude": _degrees(unit.latitude), "longitude": _degrees(unit.longitude)}
        return cls(**unit.model_dump(exclude={"latitude", "longitude"}), **places)


class ReadingOut(Out):
    """Cumulative operating hours at an instant; `counted` is false where the counter had gone back."""

    at: Instant
    hours: Hours
    counted: bool
    page_id: UUID
    received_at: Instant


class PageRowOut(Out):
    """What became of one machine of a page: whether it is known, and what its reading did."""

    row: int
    equipment_id: str
    serial_number: str
    pin: str
    match: Match
    machine_id: UUID | None
    reading: Taken


class PageTakenOut(Out):
    """The report on a page: one row per machine in its order, and the changes of hours on projects."""

    page_id: UUID
    feed_id: UUID
    rows: list[PageRowOut]
    hours: list[HoursChangeOut]

    @classmethod
    def of(cls, page: PageTaken) -> PageTakenOut:
        """From the use case's result."""
        return cls(
            page_id=page.page_id,
            feed_id=page.feed_id,
            rows=[
                PageRowOut(
                    row=index,
                    equipment_id=row.machine.equipment_id or "",
                    serial_number=row.machine.serial_number or "",
                    pin=row.machine.pin or "",
                    match=row.matched.match,
                    machine_id=row.matched.machine_id,
                    reading=row.reading,
                )
                for index, row in enumerate(page.rows)
            ],
            hours=[
                HoursChangeOut(
                    project_id=one.project_id,
                    machine_id=one.machine_id,
                    day=one.day,
                    delta=decimal_text(one.delta),
                )
                for one in page.hours
            ],
        )


def _degrees(value: Decimal | None) -> str:
    return "" if value is None else decimal_text(value)
