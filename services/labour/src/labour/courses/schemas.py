"""What comes in and goes out about courses."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Hours, Instant, Percent, Text
from labour.courses.models import Category, Subject
from labour.courses.service import OfferCourse
from labour.courses.states import State
from labour.training.repository import training_rules


def _skill(value: str) -> str:
    if value not in training_rules().skills:
        raise fault("CODE_UNKNOWN", zh="没有该智能建造技能", en="not a skill of the smart-construction plan")
    return value


Skill = Annotated[str, AfterValidator(_skill), Field(max_length=64, examples=["智能建造设备装备"])]
"""A smart-construction skill (智能建造技能) of the city's plan."""


def took_time(hours: Hours) -> Hours:
    """Hours greater than 0; fault OUT_OF_RANGE otherwise."""
    if hours == 0:
        raise fault("OUT_OF_RANGE", zh="学时须大于 0", en="the hours must be greater than 0")
    return hours


PositiveHours = Annotated[Hours, AfterValidator(took_time), Field(examples=["8.00"])]


class CourseIn(In):
    """A course. Entry, yearly and job-change courses teach safety, skill courses a trade or smart construction."""

    name: Text = Field(examples=["公司级安全教育"])
    category: Category = Field(examples=["entry_company"])
    subject: Subject = Field(default=Subject.SAFETY, examples=["safety"])
    hours: PositiveHours
    skill: Skill | None = Field(default=None, description="Certified by the provider's own base.", examples=[None])
    pass_mark: Percent | None = Field(default=None, examples=["60.00"])

    @model_validator(mode="after")
    def _fits(self) -> CourseIn:
        if (self.category is Category.SKILL) == (self.subject is Subject.SAFETY):
            raise fault("SUBJECT_UNFIT", zh="课程类别与内容不符", en="this category teaches another subject")
        if self.skill is not None and self.subject is not Subject.SMART_CONSTRUCTION:
            raise fault("SUBJECT_UNFIT", zh="只有智能建造课程可认定技能", en="only smart construction is certified")
        return self

    def command(self) -> OfferCourse:
        """As the service takes it."""
        return OfferCourse(self.name, self.category, self.subject, self.hours, self.skill or "", self.pass_mark)


class CourseOut(Out):
    """A course; `base_id` is the training base that certifies it."""

    id: UUID
    version: int
    organisation_id: UUID
    name: str
    category: Category
    subject: Subject
    hours: Hours
    training_type: str
    skill: str
    pass_mark: Percent | None
    base_id: UUID | None
    state: State
    created_at: Instant
    updated_at: Instant
