"""Rules about a project's parties and dates, over plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from project_mgmt.projects.states import State

OWNER = "owner"
GENERAL_CONTRACTOR = "general_contractor"
NEEDED_TO_BUILD = (OWNER, GENERAL_CONTRACTOR)
"""建筑法, 建设工程质量管理条例: no construction without an owner (建设单位) and a contractor on site."""

STEERING_ROLES = frozenset({OWNER, "ipmt", GENERAL_CONTRACTOR, "supervisor"})
"""Parties that control cost and progress (GB/T 50319: 投资控制 is the supervisor's business too): they see money."""


class InvestmentKind(StrEnum):
    """Who pays 投资类型; policy demands more technology of the first two (深府办函〔2023〕30号 §6)."""

    GOVERNMENT = "government"  # 政府投资
    STATE_OWNED = "state_owned"  # 国有资金
    PRIVATE = "private"  # 社会投资


class RiskClass(StrEnum):
    """Risk of the works for labour's age rule: underground, high, hot or heavy work is hazardous."""

    NORMAL = "normal"
    HAZARDOUS = "hazardous"


@dataclass(frozen=True, slots=True)
class ProjectFilters:
    """What a list of projects may be narrowed by; None means not."""

    state: State | None = None
    district: str | None = None
    city: str | None = None
    building_type: str | None = None
    investment_kind: InvestmentKind | None = None
    code: str | None = None
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PartyFilters:
    """What a list of parties may be narrowed by; `on` keeps those valid on that day."""

    organisation_id: UUID | None = None
    role: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An organisation's role from the first to the last day, both inclusive; open when `valid_to` is None."""

    organisation_id: UUID
    role: str
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether the part is played on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: Part) -> bool:
        """Whether both parts share a day."""
        return (other.valid_to is None or self.valid_from <= other.valid_to) and (
            self.valid_to is None or other.valid_from <= self.valid_to
        )


def missing_roles(parts: Iterable[Part], day: date) -> list[str]:
    """Which of the roles that building needs nobody holds on that day, in the order of the table."""
    held = {part.role for part in parts if part.covers(day)}
    return [role for role in NEEDED_TO_BUILD if role not in held]


def double(parts: Iterable[Part], new: Part) -> Part | None:
    """The part that already gives the same organisation the same role on one of the new part's days."""
    for part in parts:
        if (part.organisation_id, part.role) == (new.organisation_id, new.role) and part.overlaps(new):
            return part
    return None


def roles_of(parts: Iterable[Part], organisation_id: UUID, day: date) -> list[str]:
    """The roles that an organisation holds on that day, sorted; empty when it is no party then."""
    return sorted({part.role for part in parts if part.organisation_id == organisation_id and part.covers(day)})
