"""The five bans of decree 166 (建筑起重机械安全监督管理规定): may this machine be leased and used on that day?

Pure: a plain file of the machine, a day and the rulebook go in, reasons come out. All bans that apply are
named, not just the first, so that a lessor can mend everything at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from equipment_leasing.machines.rulebook import MachineKind, Name, Rulebook


class Ban(StrEnum):
    """Why a machine may be neither leased nor used."""

    ELIMINATED_MODEL = "ELIMINATED_MODEL"
    PAST_SERVICE_LIFE = "PAST_SERVICE_LIFE"
    INSPECTION_MISSING = "INSPECTION_MISSING"
    INSPECTION_FAILED = "INSPECTION_FAILED"
    INSPECTION_EXPIRED = "INSPECTION_EXPIRED"
    TECHNICAL_FILE_INCOMPLETE = "TECHNICAL_FILE_INCOMPLETE"
    SAFETY_DEVICE_MISSING = "SAFETY_DEVICE_MISSING"
    SAFETY_DEVICE_BROKEN = "SAFETY_DEVICE_BROKEN"
    NOT_REGISTERED = "NOT_REGISTERED"


class Verdict(StrEnum):
    """Result of an inspection (检测) or a safety assessment (安全评估)."""

    PASSED = "passed"
    FAILED = "failed"


class DeviceState(StrEnum):
    """Condition of a safety device (安全保护装置)."""

    WORKING = "working"
    BROKEN = "broken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Examination:
    """An inspection or assessment: its day, the last day on which it counts, its result."""

    on: date
    valid_to: date
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MachineFile:
    """What the rule needs to know of a machine. `papers`: codes of the papers at hand; moment in kN·m."""

    kind: str
    model: str
    papers: frozenset[str] = frozenset()
    factory_date: date | None = None
    rated_moment: Decimal | None = None
    registered_on: date | None = None
    inspection: Examination | None = None
    assessment: Examination | None = None
    devices: Mapping[str, DeviceState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One ban that applies: code, both texts, the rule it comes from, and what exactly (codes or dates)."""

    code: Ban
    zh: str
    en: str
    source: str
    items: tuple[str, ...] = ()


def bans(machine: MachineFile, on: date, book: Rulebook) -> tuple[Reason, ...]:
    """Every ban that applies on that day (Asia/Shanghai), in the order of the law; empty means clear."""
    kind = book.kinds[machine.kind]
    source = book.sources["leasing_bans" if kind.lifting else "platform"]
    return (
        *_eliminated(machine, on, book),
        *_service_life(machine, on, book),
        *(_inspection(machine, on, source) if kind.lifting else ()),
        *_papers(machine, kind, book, source),
        *_devices(machine, kind, book, source),
        *(_registration(machine, on, book) if kind.lifting else ()),
    )


def anniversary(day: date, years: int) -> date:
    """The same day `years` later; 29 February falls on the 28th in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _eliminated(machine: MachineFile, on: date, book: Rulebook) -> Iterator[Reason]:
    entry = book.eliminated(machine.kind, machine.model, on)
    if entry is not None:
        yield Reason(
            Ban.ELIMINATED_MODEL,
            f"型号 {entry.model} 已被国家明令淘汰",
            f"model {entry.model} has been eliminated by the state",
            entry.source,
            (entry.model,),
        )


def _service_life(machine: MachineFile, on: date, book: Rulebook) -> Iterator[Reason]:
    """Without factory date or rated moment the file is incomplete, which is a ban of its own."""
    kind = book.kinds[machine.kind]
    if machine.factory_date is None or ("rated_moment" in kind.papers and machine.rated_moment is None):
        return
    rule = book.life(machine.kind, machine.rated_moment, on)
    if rule is None:
        return
    end = anniversary(machine.factory_date, rule.years)
    assessment = machine.assessment
    assessed = (
        assessment is not None and assessment.verdict is Verdict.PASSED and assessment.on <= on <= assessment.valid_to
    )
    if on > end and not assessed:
        yield Reason(
            Ban.PAST_SERVICE_LIFE,
            f"已于 {end} 超过使用年限 {rule.years} 年,且无有效的安全评估",
            f"past its service life of {rule.years} years since {end} without a valid safety assessment",
            rule.source,
            (end.isoformat(),),
        )


def _inspection(machine: MachineFile, on: date, source: str) -> Iterator[Reason]:
    inspection = machine.inspection
    if inspection is None or inspection.on > on:
        yield Reason(Ban.INSPECTION_MISSING, "没有检测报告", "there is no inspection report", source)
    elif inspection.verdict is Verdict.FAILED:
        day = inspection.on.isoformat()
        yield Reason(Ban.INSPECTION_FAILED, f"{day} 检测不合格", f"failed its inspection on {day}", source, (day,))
    elif inspection.valid_to < on:
        day = inspection.valid_to.isoformat()
        yield Reason(Ban.INSPECTION_EXPIRED, f"检测已于 {day} 到期", f"its inspection expired on {day}", source, (day,))


def _papers(machine: MachineFile, kind: MachineKind, book: Rulebook, source: str) -> Iterator[Reason]:
    lacking = [code for code in kind.papers if code not in machine.papers]
    if lacking:
        yield Reason(
            Ban.TECHNICAL_FILE_INCOMPLETE,
            f"安全技术档案不完整,缺:{_listed(lacking, book.papers, 'zh')}",
            f"the technical file is incomplete, lacking: {_listed(lacking, book.papers, 'en')}",
            source,
            tuple(lacking),
        )


def _devices(machine: MachineFile, kind: MachineKind, book: Rulebook, source: str) -> Iterator[Reason]:
    """A device that nobody has reported counts as missing."""
    state = {code: machine.devices.get(code, DeviceState.MISSING) for code in (*kind.devices, *machine.devices)}
    missing = [code for code in kind.devices if state[code] is DeviceState.MISSING]
    broken = [code for code, condition in state.items() if condition is DeviceState.BROKEN]
    if missing:
        yield Reason(
            Ban.SAFETY_DEVICE_MISSING,
            f"缺少安全保护装置:{_listed(missing, book.devices, 'zh')}",
            f"safety devices are missing: {_listed(missing, book.devices, 'en')}",
            source,
            tuple(missing),
        )
    if broken:
        yield Reason(
            Ban.SAFETY_DEVICE_BROKEN,
            f"安全保护装置失效:{_listed(broken, book.devices, 'zh')}",
            f"safety devices are broken: {_listed(broken, book.devices, 'en')}",
            source,
            tuple(broken),
        )


def _registration(machine: MachineFile, on: date, book: Rulebook) -> Iterator[Reason]:
    if machine.registered_on is None or machine.registered_on > on:
        yield Reason(
            Ban.NOT_REGISTERED,
            "首次出租前未办理备案",
            "it was not registered before its first lease",
            book.sources["registration"],
        )


def _listed(codes: Iterable[str], names: Mapping[str, Name], language: str) -> str:
    texts = [names[code].zh if language == "zh" else names[code].en for code in codes]
    return "、".join(texts) if language == "zh" else ", ".join(texts)
