"""Microsoft Project's XML (MSPDI), read without trusting it.

Facts about the format, from Microsoft's published schema (namespace below) and real files: durations are
xsd:duration; LinkLag is in tenths of a minute unless LagFormat is a percent one; link types 0 FF, 1 FS, 2 SF, 3 SS;
times carry no zone and mean the site's local time, Asia/Shanghai; tasks with IsNull = 1 are blank rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import errors as expat

from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from defusedxml.ElementTree import iterparse

from chassis.clock import SHANGHAI
from chassis.errors import Violation
from project_mgmt.wbs import errors
from project_mgmt.wbs.rules import Link, Predecessor, Task

NAMESPACE = "http://schemas.microsoft.com/project"
MAX_BYTES = 10 * 1024 * 1024
"""What the gateway lets through."""
MAX_TASKS = 10_000
MAX_DEPTH = 32
MAX_ELEMENTS = 2_000_000
MAX_ELEMENTS_OF_PART = 20_000
MAX_VIOLATIONS = 100

T = TypeVar("T")
_Q = f"{{{NAMESPACE}}}"
_LINKS = {
    "0": Link.FINISH_TO_FINISH,
    "1": Link.FINISH_TO_START,
    "2": Link.START_TO_FINISH,
    "3": Link.START_TO_START,
}
_PERCENT_FORMATS = frozenset({19, 20, 51, 52})
_ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
_TENTH = Decimal("0.1")
_CUT_OFF = frozenset(
    {
        expat.codes[expat.XML_ERROR_NO_ELEMENTS],
        expat.codes[expat.XML_ERROR_UNCLOSED_TOKEN],
        expat.codes[expat.XML_ERROR_UNCLOSED_CDATA_SECTION],
        expat.codes[expat.XML_ERROR_PARTIAL_CHAR],
    }
)


def minutes_of(duration: str) -> Decimal:
    """An xsd:duration in minutes, to a tenth as Microsoft Project counts: `PT8H0M0S` → 480.0.

    Days count 24 hours. Years and months are refused (ValueError): they have no fixed length.
    """
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found[part] for part in ("days", "hours", "minutes", "seconds")):
        raise ValueError(duration)
    days, hours, minutes = (Decimal(found[part] or 0) for part in ("days", "hours", "minutes"))
    seconds = Decimal(found["seconds"] or 0)
    total = days * 1440 + hours * 60 + minutes + seconds / 60
    return (-total if found["sign"] else total).quantize(_TENTH, ROUND_HALF_UP)


def instant_of(text: str) -> datetime:
    """An xsd:dateTime as UTC; without a zone it is local time on site, Asia/Shanghai."""
    value = datetime.fromisoformat(text)
    if len(text) < len("2026-11-23T08:00"):
        raise ValueError(text)
    return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def read(data: bytes) -> list[Task]:
    """The tasks of an MSPDI file in the file's order; InvalidArgument or PayloadTooLarge with a clear reason."""
    if len(data) > MAX_BYTES:
        raise errors.too_large("bytes", MAX_BYTES)
    faults = _Faults()
    tasks: list[Task] = []
    try:
        for number, element in enumerate(_task_elements(data), start=1):
            if number > MAX_TASKS:
                raise errors.too_large("tasks", MAX_TASKS)
            task = _task(element, len(tasks), _Reader(element, f"/Project/Tasks/Task[{number}]", faults))
            if task is not None:
                tasks.append(task)
    except ParseError as broken:
        raise _unreadable(broken) from None
    except (DTDForbidden, ExternalReferenceForbidden):
        raise errors.forbidden("DTD") from None
    except EntitiesForbidden:
        raise errors.forbidden("entity") from None
    except (LookupError, ValueError):  # what the codec machinery says to an odd encoding declaration
        raise errors.wrong_encoding() from None
    _check_together(tasks, faults)
    if faults.found:
        raise errors.faulty(faults.found)
    if not tasks:
        raise errors.no_tasks()
    return tasks


def _unreadable(broken: ParseError) -> Exception:
    line, column = broken.position
    if broken.code in _CUT_OFF:
        return errors.truncated(line)
    if broken.code == expat.codes[expat.XML_ERROR_UNKNOWN_ENCODING]:
        return errors.wrong_encoding()
    return errors.not_well_formed(line, column)


def _task_elements(data: bytes) -> Iterator[Element]:
    """Each Task below Project/Tasks; what has been read is dropped, so memory does not grow with the file."""
    path: list[Element] = []
    count = of_part = 0
    # forbid_dtd: MSPDI has none, and without a DTD there are no entities of one's own.
    for event, element in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if not path and element.tag != f"{_Q}Project":
                raise errors.wrong_root(str(element.tag)[:200])
            path.append(element)
            count += 1
            of_part = of_part + 1 if len(path) > 3 else 0
            _demand_bounded(len(path), count, of_part)
            continue
        path.pop()
        if _is_task(path, element):
            yield element
        if path and not _inside_task(path):
            path[-1].remove(element)


def _is_task(path: list[Element], element: Element) -> bool:
    return len(path) == 2 and path[1].tag == f"{_Q}Tasks" and element.tag == f"{_Q}Task"


def _inside_task(path: list[Element]) -> bool:
    return len(path) > 2 and _is_task(path[:2], path[2])


def _demand_bounded(depth: int, elements: int, of_part: int) -> None:
    if depth > MAX_DEPTH:
        raise errors.too_large("levels", MAX_DEPTH)
    if elements > MAX_ELEMENTS:
        raise errors.too_large("elements", MAX_ELEMENTS)
    if of_part > MAX_ELEMENTS_OF_PART:
        raise errors.too_large("elements in one part", MAX_ELEMENTS_OF_PART)


@dataclass(slots=True)
class _Faults:
    """Faults found so far; stops collecting at a bound, one broken export can hold thousands."""

    found: list[Violation] = field(default_factory=list)

    def add(self, pointer: str, code: str, zh: str, en: str) -> None:
        if len(self.found) < MAX_VIOLATIONS:
            self.found.append(Violation(pointer, code, zh, en))


class _Reader:
    """The children of one element by name, each converted or noted as a fault."""

    def __init__(self, element: Element, pointer: str, faults: _Faults) -> None:
        self._texts = {child.tag: (child.text or "").strip() for child in element}
        self.pointer = pointer
        self.faults = faults

    def text(self, name: str, limit: int = 255) -> str:
        value = self._texts.get(_Q + name, "")
        if len(value) > limit:
            self._fault(name, "TOO_LONG", f"最多 {limit} 个字符。", f"At most {limit} characters.")
        return value[:limit]

    def value(self, name: str, convert: Callable[[str], T], default: T, shape: str) -> T:
        raw = self._texts.get(_Q + name, "")
        if not raw:
            return default
        try:
            return convert(raw)
        except (ValueError, OverflowError, KeyError):
            self._fault(name, "INVALID_VALUE", f"值无效,应为{shape}。", f"The value is wrong; expected {shape}.")
            return default

    def integer(self, name: str, low: int, high: int, default: int = 0) -> int:
        def convert(raw: str) -> int:
            number = int(raw) if re.fullmatch(r"-?[0-9]{1,10}", raw) else high + 1
            if not low <= number <= high:
                raise ValueError(raw)
            return number

        return self.value(name, convert, default, f"an integer {low}..{high}")

    def flag(self, name: str) -> bool:
        flags = {"0": False, "1": True, "false": False, "true": True}
        return self.value(name, flags.__getitem__, False, "0/1")

    def has(self, name: str) -> bool:
        return bool(self._texts.get(_Q + name))

    def _fault(self, name: str, code: str, zh: str, en: str) -> None:
        self.faults.add(f"{self.pointer}/{name}", code, zh, en)


def _task(element: Element, position: int, reader: _Reader) -> Task | None:
    if reader.flag("IsNull"):
        return None
    if not reader.has("UID"):
        reader.faults.add(f"{reader.pointer}/UID", "REQUIRED", "任务缺少 UID。", "The task has no UID.")
    start = reader.value("Start", instant_of, None, "ISO 8601 date and time")
    finish = reader.value("Finish", instant_of, None, "ISO 8601 date and time")
    if start and finish and finish < start:
        reader.faults.add(
            f"{reader.pointer}/Finish", "DATES_BACKWARDS", "完成时间早于开始时间。", "The finish lies before the start."
        )
    return Task(
        uid=reader.integer("UID", 0, 2**31 - 1, -1),
        position=position,
        outline_number=reader.text("OutlineNumber"),
        outline_level=reader.integer("OutlineLevel", 0, 1000),
        wbs=reader.text("WBS"),
        name=reader.text("Name", 512),
        start=start,
        finish=finish,
        duration_minutes=reader.value("Duration", minutes_of, Decimal("0.0"), "xsd:duration, e.g. PT8H0M0S"),
        percent_complete=reader.integer("PercentComplete", 0, 100),
        milestone=reader.flag("Milestone"),
        summary=reader.flag("Summary"),
        predecessors=tuple(_predecessors(element, reader)),
    )


def _predecessors(element: Element, task: _Reader) -> Iterator[Predecessor]:
    for number, child in enumerate(element.findall(f"{_Q}PredecessorLink"), start=1):
        reader = _Reader(child, f"{task.pointer}/PredecessorLink[{number}]", task.faults)
        lag, unit = reader.integer("LinkLag", -(10**9), 10**9), reader.integer("LagFormat", 0, 100)
        percent = unit in _PERCENT_FORMATS
        yield Predecessor(
            uid=reader.integer("PredecessorUID", 0, 2**31 - 1, -1),
            link=reader.value("Type", _LINKS.__getitem__, Link.FINISH_TO_START, "0 FF, 1 FS, 2 SF, 3 SS"),
            lag_minutes=Decimal("0.0") if percent else (Decimal(lag) / 10).quantize(_TENTH),
            lag_percent=lag if percent else None,
            elapsed=unit in _ELAPSED_FORMATS,
            cross_project=reader.flag("CrossProject"),
        )


def _check_together(tasks: list[Task], faults: _Faults) -> None:
    """Faults that show only when all tasks are known: a UID twice, a link to nothing or to the task itself."""
    seen: set[int] = set()
    known = {task.uid for task in tasks}
    for task in tasks:
        where = f"/Project/Tasks/Task[UID={task.uid}]"
        if task.uid in seen:
            faults.add(f"{where}/UID", "DUPLICATE_UID", "UID 重复。", "The UID stands twice.")
        seen.add(task.uid)
        for link in task.predecessors:
            if link.cross_project or (link.uid in known and link.uid != task.uid):
                continue
            faults.add(
                f"{where}/PredecessorLink[PredecessorUID={link.uid}]",
                "UNKNOWN_PREDECESSOR",
                "前置任务不存在或指向自身。",
                "The predecessor does not exist, or is the task itself.",
            )
