"""Tables of courses."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from labour.courses.states import State


class Category(StrEnum):
    """Which duty to train a course serves (建教[1997]83号); the three entry levels are 三级安全教育."""

    ENTRY_COMPANY = "entry_company"  # 公司级
    ENTRY_PROJECT = "entry_project"  # 项目级
    ENTRY_TEAM = "entry_team"  # 班组级
    YEARLY = "yearly"  # 年度继续教育
    JOB_CHANGE = "job_change"  # 转岗
    SKILL = "skill"  # 技能


class Subject(StrEnum):
    """What is taught."""

    SAFETY = "safety"  # 安全
    TRADE = "trade"  # 工种技能
    SMART_CONSTRUCTION = "smart_construction"  # 智能建造


ENTRY_LEVELS = (Category.ENTRY_COMPANY, Category.ENTRY_PROJECT, Category.ENTRY_TEAM)


class Course(Row, table=True):
    """What a provider teaches: an employer its people, a training base whoever comes.

    `skill` is empty but for a course that may end in a skill certificate; `base_id` is the base that certifies it.
    `pass_mark` (of 100) is None for a course without a test.
    """

    __tablename__ = "courses"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", name="courses_name_taken"),
        CheckConstraint(one_of("category", Category), name="courses_category"),
        CheckConstraint(one_of("subject", Subject), name="courses_subject"),
        CheckConstraint(one_of("state", State), name="courses_state"),
        CheckConstraint("(category = 'skill') = (subject <> 'safety')", name="courses_subject_fits"),
        CheckConstraint("hours > 0", name="courses_hours"),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="courses_pass_mark"),
        Index("courses_base", "base_id"),
    )

    organisation_id: UUID
    name: str
    category: Category = Field(sa_type=text_enum(Category))
    subject: Subject = Field(sa_type=text_enum(Subject))
    hours: Decimal = Field(sa_type=Numeric(12, 2))
    training_type: str
    skill: str = ""
    pass_mark: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    base_id: UUID | None = None
    state: State = Field(sa_type=text_enum(State))
