"""Tables of projects."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, Relationship

from chassis.database import Row, one_of, text_enum
from project_mgmt.projects.rules import InvestmentKind, Part, RiskClass
from project_mgmt.projects.states import State


class Project(Row, table=True):
    """A construction project 工程项目; `organisation_id` registered it and its `code` is unique there."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code", name="projects_code_once"),
        CheckConstraint(one_of("state", State), name="projects_state"),
        CheckConstraint(one_of("investment_kind", InvestmentKind), name="projects_investment_kind"),
        CheckConstraint(one_of("risk_class", RiskClass), name="projects_risk_class"),
        CheckConstraint("planned_finish >= planned_start", name="projects_dates_forward"),
        CheckConstraint("floor_area >= 0", name="projects_floor_area_not_negative"),
        CheckConstraint("completed_on IS NULL OR completed_on >= started_on", name="projects_completed_after_start"),
    )

    organisation_id: UUID
    code: str
    name_zh: str
    name_en: str
    investment_kind: InvestmentKind = Field(sa_type=text_enum(InvestmentKind))
    building_type: str
    city: str
    district: str
    planned_start: date
    planned_finish: date
    floor_area: Decimal = Field(sa_type=Numeric(18, 2))
    risk_class: RiskClass = Field(sa_type=text_enum(RiskClass))
    state: State = Field(sa_type=text_enum(State))
    suspension_reason: str = ""
    started_on: date | None = None
    completed_on: date | None = None

    parties: list["ProjectParty"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "ProjectParty.id", "passive_deletes": True}
    )


class ProjectParty(Row, table=True):
    """A party 参建单位 of a project in one role, `valid_from` to `valid_to` inclusive."""

    __tablename__ = "project_parties"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="project_parties_days_forward"),
        Index("project_parties_of_project", "project_id", "id"),
        Index("project_parties_by_organisation", "organisation_id", "project_id"),
    )

    project_id: UUID = Field(foreign_key="projects.id")
    organisation_id: UUID
    role: str
    valid_from: date
    valid_to: date | None = None

    def part(self) -> Part:
        """The plain value that the rules work with."""
        return Part(self.organisation_id, self.role, self.valid_from, self.valid_to)
