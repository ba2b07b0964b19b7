"""Fleet pages for tests, in both dialects."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

ISO = "http://standards.iso.org/iso/15143/-3"
JCMA = "http://www.jcmanet.or.jp/english2017/ISO/15143/-3/20190501"


def machine(
    equipment_id: str | None = "EQ-1",
    *,
    at: datetime | str | None = None,
    hours: str | None = None,
    serial: str | None = None,
    pin: str | None = None,
    child: bool = False,
) -> str:
    """One Equipment; `child`: the time stands in a child element (the Japanese association's dialect)."""
    header = {"EquipmentID": equipment_id, "SerialNumber": serial, "PIN": pin}
    fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in header.items() if value is not None)
    reading = ""
    if hours is not None:
        time = at if isinstance(at, str) else at.isoformat().replace("+00:00", "Z") if at else ""
        attribute = "" if child else f' datetime="{time}"'
        inner = f"<datetime>{time}</datetime>" if child else ""
        reading = f"<CumulativeOperatingHours{attribute}><Hour>{hours}</Hour>{inner}</CumulativeOperatingHours>"
    return f"<Equipment><EquipmentHeader>{fields}</EquipmentHeader>{reading}</Equipment>"


def fleet(*machines: str, namespace: str = ISO) -> bytes:
    """A page, with the blank line that real feeds begin with."""
    return f'\n<?xml version="1.0" encoding="UTF-8"?>\n<Fleet xmlns="{namespace}">{"".join(machines)}</Fleet>'.encode()
