"""Reader of fleet pages in AEMP 2.0 / ISO 15143-3 XML, both dialects.

Real feeds disagree (and so do their namespaces): the time stands in an attribute or in a child element, a blank line
comes before the XML declaration, "missing", empty and absent all mean nothing, dates lie in the year 1. So names are
compared without namespace, and a machine that says something odd is reported, not fatal. What is not XML, carries a
DTD or entities, or is no Fleet is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from equipment_leasing.telematics import errors

MOST_MACHINES = 1000
DEEPEST = 16
LONGEST_ID = 200
HOUR = Decimal("0.01")
_HIGHEST_COUNTER = Decimal(10) ** 8
_NOTHING = frozenset({"", "missing", "n/a", "na", "null", "none", "unknown", "-"})


class Fault(StrEnum):
    """Why a machine's counter cannot be used although it has one."""

    NO_READING = "no_reading"
    INVALID_HOURS = "invalid_hours"
    INVALID_TIME = "invalid_time"


@dataclass(frozen=True, slots=True)
class Position:
    """WGS-84, degrees."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class FeedMachine:
    """One machine of a page. `hours`: cumulative operating hours at `at`; `fault` says why they are absent."""

    equipment_id: str | None
    oem_name: str | None
    model: str | None
    serial_number: str | None
    pin: str | None
    at: datetime | None = None
    hours: Decimal | None = None
    fault: Fault | None = None
    position: Position | None = None


def read_page(content: bytes) -> list[FeedMachine]:
    """The machines of one page, in its order.

    MalformedRequest XML_MALFORMED (truncated, not XML, too deep); InvalidArgument XML_DTD_FORBIDDEN, NOT_A_FLEET,
    TOO_MANY_MACHINES.
    """
    collector = _Collector()
    parser = XMLParser(target=collector, forbid_dtd=True)
    try:
        # Some feeds begin with a blank line, which XML forbids before the declaration.
        parser.feed(content.lstrip(b"\xef\xbb\xbf \t\r\n"))
        parser.close()
    except DefusedXmlException:
        raise errors.dtd_forbidden() from None
    except ParseError as error:
        line, column = error.position
        raise errors.xml_malformed(f"第 {line} 行第 {column} 列", f"line {line}, column {column}") from None
    except (ValueError, LookupError):  # encodings that expat cannot read
        raise errors.xml_malformed("编码", "the encoding") from None
    return collector.machines


@dataclass(slots=True)
class _Element:
    """What has been seen of one Equipment: header fields, and per reading its fields and time."""

    header: dict[str, str] = field(default_factory=dict)
    readings: dict[str, dict[str, str]] = field(default_factory=dict)


class _Collector:
    """Parser target: keeps the fields it knows and no tree, so a hostile page costs no memory."""

    def __init__(self) -> None:
        self.machines: list[FeedMachine] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._current: _Element | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition("}")[2]
        self._path.append(name)
        self._text = []
        depth = len(self._path)
        if depth == 1 and name != "Fleet":
            raise errors.not_a_fleet(name[:50])
        if depth > DEEPEST:
            raise errors.xml_malformed(f"嵌套超过 {DEEPEST} 层", f"more than {DEEPEST} levels deep")
        if depth == 2 and name == "Equipment":
            self._begin()
        elif depth == 3 and self._current is not None and name != "EquipmentHeader":
            known = {key.rpartition("}")[2].lower(): value for key, value in attributes.items()}
            self._current.readings.setdefault(name, {}).update(
                {"datetime": known["datetime"]} if "datetime" in known else {}
            )

    def data(self, text: str) -> None:
        """Characters between tags."""
        self._text.append(text)

    def end(self, _: str) -> None:
        """An element ends."""
        depth = len(self._path)
        name = self._path.pop()
        if depth == 4 and self._current is not None:
            self._field(self._path[-1], name, "".join(self._text))
        elif depth == 2 and name == "Equipment" and self._current is not None:
            self.machines.append(_machine(self._current))
            self._current = None
        self._text = []

    def close(self) -> None:
        """The document ends."""

    def _begin(self) -> None:
        if len(self.machines) >= MOST_MACHINES:
            raise errors.too_many_machines(MOST_MACHINES)
        self._current = _Element()

    def _field(self, parent: str, name: str, text: str) -> None:
        if self._current is None:
            return
        if parent == "EquipmentHeader":
            self._current.header[name] = text
        else:
            key = "datetime" if name.lower() == "datetime" else name
            self._current.readings.setdefault(parent, {})[key] = text


def _machine(seen: _Element) -> FeedMachine:
    at, hours, fault = _counter(seen.readings.get("CumulativeOperatingHours"))
    return FeedMachine(
        equipment_id=_text(seen.header.get("EquipmentID")),
        oem_name=_text(seen.header.get("OEMName")),
        model=_text(seen.header.get("Model")),
        serial_number=_text(seen.header.get("SerialNumber")),
        pin=_text(seen.header.get("PIN")),
        at=at,
        hours=hours,
        fault=fault,
        position=_position(seen.readings.get("Location")),
    )


def _text(value: str | None) -> str | None:
    """The text without outer blanks; None for the many ways to say nothing, and for what is no identifier."""
    text = (value or "").strip()
    if text.casefold() in _NOTHING or len(text) > LONGEST_ID:
        return None
    return text


def _counter(fields: Mapping[str, str] | None) -> tuple[datetime | None, Decimal | None, Fault | None]:
    if fields is None or _text(fields.get("Hour")) is None:
        return None, None, Fault.NO_READING
    hours = _number(fields.get("Hour"))
    if hours is None or not 0 <= hours < _HIGHEST_COUNTER:
        return None, None, Fault.INVALID_HOURS
    at = _instant(fields.get("datetime"))
    if at is None:
        return None, None, Fault.INVALID_TIME
    return at, hours.quantize(HOUR), None


def _position(fields: Mapping[str, str] | None) -> Position | None:
    if fields is None:
        return None
    latitude, longitude = _number(fields.get("Latitude")), _number(fields.get("Longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    degree = Decimal("0.000001")
    return Position(latitude.quantize(degree), longitude.quantize(degree))


def _number(value: str | None) -> Decimal | None:
    text = (value or "").strip()
    if not 0 < len(text) <= 40:
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) <= _HIGHEST_COUNTER else None


def _instant(value: str | None) -> datetime | None:
    """UTC; None without an offset (it could be any time zone's) and for dates before telematics existed (year 1)."""
    try:
        instant = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    if instant.tzinfo is None or instant.year < 1990 or instant.year > 9998:
        return None
    return instant.astimezone(UTC)
