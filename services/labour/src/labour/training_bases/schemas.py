"""What comes in and goes out about training bases and their certificates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Code, Instant, LongText, Text
from labour.courses.schemas import Skill
from labour.training_bases.models import Level
from labour.training_bases.rules import Standing
from labour.training_bases.states import State

CertificateNumber = Annotated[Code, Field(examples=["SZ-ZN-2026-0001"])]


class BaseIn(In):
    """A training base; without `valid_to` it is open."""

    organisation_id: UUID
    name: Text = Field(examples=["深圳智能建造实训基地"])
    place: Text = Field(examples=["深圳市龙岗区"])
    skills: list[Skill] = Field(min_length=1, max_length=20, examples=[["智能建造设备装备"]])
    valid_from: date = Field(examples=["2026-01-01"])
    valid_to: date | None = Field(default=None, examples=["2028-12-31"])

    @model_validator(mode="after")
    def _ordered(self) -> BaseIn:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("DATES_BACKWARDS", zh="截止日期早于起始日期", en="the last day is before the first")
        return self


class BaseOut(Out):
    """A registered training base."""

    id: UUID
    version: int
    organisation_id: UUID
    registered_by: UUID
    name: str
    place: str
    skills: list[str]
    valid_from: date
    valid_to: date | None
    created_at: Instant
    updated_at: Instant


class IssueIn(In):
    """A certificate for who passed a session; without `valid_to` it does not expire."""

    session_id: UUID
    worker_id: UUID
    number: CertificateNumber
    level: Level = Field(examples=["junior"])
    valid_to: date | None = Field(default=None, examples=["2029-12-31"])


class RevokeIn(In):
    """Why a certificate is revoked."""

    reason: LongText = Field(examples=["考试成绩作废"])


class SkillCertificateOut(Out):
    """A certificate as the base and the employer see it."""

    id: UUID
    version: int
    base_id: UUID
    session_id: UUID
    worker_id: UUID
    number: str
    skill: str
    level: Level
    issued_on: date
    valid_to: date | None
    state: State
    reason: str


class VerifiedOut(Out):
    """What a number stands for; no person is named."""

    number: str
    standing: Standing
    skill: str
    level: Level
    issued_on: date
    valid_to: date | None
    base_name: str
