"""Tables of training bases and their certificates."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from labour.training_bases.states import State


class Level(StrEnum):
    """Of a skill, lowest first (技能等级)."""

    JUNIOR = "junior"  # 初级
    MIDDLE = "middle"  # 中级
    SENIOR = "senior"  # 高级


class TrainingBase(Row, table=True):
    """A training base (实训基地) that an organisation runs, as authority or operator registered it.

    `skills` it may certify from the first to the last day; open when `valid_to` is None.
    """

    __tablename__ = "training_bases"
    __table_args__ = (
        UniqueConstraint("organisation_id", name="training_bases_once"),
        CheckConstraint("valid_to >= valid_from", name="training_bases_dates"),
    )

    organisation_id: UUID
    registered_by: UUID
    name: str
    place: str
    skills: list[str] = Field(sa_type=ARRAY(Text))
    valid_from: date
    valid_to: date | None = None


class SkillCertificate(Row, table=True):
    """A certificate (技能证书) that a base issued to who passed a session of its; open when `valid_to` is None."""

    __tablename__ = "skill_certificates"
    __table_args__ = (
        UniqueConstraint("number", name="skill_certificates_number_taken"),
        UniqueConstraint("session_id", "worker_id", name="skill_certificates_once"),
        ForeignKeyConstraint(["base_id"], ["training_bases.id"], name="skill_certificates_base"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="skill_certificates_worker"),
        CheckConstraint(one_of("level", Level), name="skill_certificates_level"),
        CheckConstraint(one_of("state", State), name="skill_certificates_state"),
        CheckConstraint("valid_to >= issued_on", name="skill_certificates_dates"),
        Index("skill_certificates_organisation", "organisation_id", "id"),
        Index("skill_certificates_employer", "employer_id", "id"),
        Index("skill_certificates_worker_id", "worker_id"),
    )

    base_id: UUID
    organisation_id: UUID
    session_id: UUID
    worker_id: UUID
    employer_id: UUID
    number: str
    skill: str
    level: Level = Field(sa_type=text_enum(Level))
    issued_on: date
    valid_to: date | None = None
    state: State = Field(sa_type=text_enum(State))
    reason: str = ""
