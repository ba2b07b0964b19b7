"""What comes in and goes out about projects."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, Text
from project_mgmt.projects import codes
from project_mgmt.projects.codes import BuildingType, City, District, PartyRole
from project_mgmt.projects.models import Project, ProjectParty
from project_mgmt.projects.rules import InvestmentKind, Part, RiskClass
from project_mgmt.projects.states import State

EARLIEST = date(1990, 1, 1)
LATEST = date(2200, 12, 31)
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST, examples=["2026-11-23"])]
"""A calendar day in Asia/Shanghai, 1990 to 2200: what lies beyond is a slip of the pen."""

EnglishName = Annotated[Text, Field(examples=["Pingshan No. 3 Primary School"])]
FloorArea = Annotated[Amount, Field(description="Square metres, two places.", examples=["48600.00"])]


class PartyIn(In):
    """A party 参建单位 in one role, from the first to the last day inclusive; no last day means open."""

    organisation_id: UUID
    role: PartyRole = Field(examples=["owner"])
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _days_forward(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("DATES_BACKWARDS", zh="退出日期早于进入日期", en="The last day lies before the first")
        return self

    def part(self) -> Part:
        """The plain value."""
        return Part(self.organisation_id, self.role, self.valid_from, self.valid_to)


class RegisterProjectIn(In):
    """A new project."""

    code: Code = Field(examples=["PS-2026-017"])
    name_zh: Text = Field(examples=["坪山区第三小学"])
    name_en: EnglishName | None = None
    investment_kind: InvestmentKind
    building_type: BuildingType = Field(examples=["school"])
    city: City = "440300"
    district: District = Field(examples=["pingshan"])
    planned_start: Day
    planned_finish: Day
    floor_area: FloorArea
    risk_class: RiskClass = RiskClass.NORMAL
    parties: Annotated[list[PartyIn], Field(max_length=100)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.planned_finish < self.planned_start:
            raise fault(
                "DATES_BACKWARDS",
                zh="计划竣工日期早于计划开工日期",
                en="The planned finish lies before the planned start",
            )
        if not codes.district_in_city(self.district, self.city):
            raise fault(
                "DISTRICT_OF_OTHER_CITY",
                zh="该区不属于所填城市",
                en="The district belongs to another city",
            )
        return self


class UpdateProjectIn(In):
    """What may change of an open project; what is absent or null stays as it is."""

    name_zh: Text | None = None
    name_en: EnglishName | None = None
    investment_kind: InvestmentKind | None = None
    building_type: BuildingType | None = None
    city: City | None = None
    district: District | None = None
    planned_start: Day | None = None
    planned_finish: Day | None = None
    floor_area: FloorArea | None = None
    risk_class: RiskClass | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given, by name."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in given.items() if value is not None}


class SuspendProjectIn(In):
    """Why work stops."""

    reason: LongText = Field(examples=["台风红色预警,全面停工。"])


class EndPartyIn(In):
    """The last day of a party's part."""

    party_id: UUID
    valid_to: Day


class PartyOut(Out):
    """A party of a project. `corp_type` is the national code of the role, null where none exists (IPMT, authority)."""

    id: UUID
    organisation_id: UUID
    role: str = Field(examples=["general_contractor"])
    corp_type: str | None = Field(examples=["009"])
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, party: ProjectParty) -> PartyOut:
        """From the row."""
        return cls(
            id=party.id,
            organisation_id=party.organisation_id,
            role=party.role,
            corp_type=codes.corp_type(party.role),
            valid_from=party.valid_from,
            valid_to=party.valid_to,
        )


class ProjectSummary(Out):
    """A project without its parties."""

    id: UUID
    version: int
    organisation_id: UUID = Field(description="The organisation that registered the project.")
    code: str
    name_zh: str
    name_en: str = Field(description="Empty when the project has no English name.")
    investment_kind: InvestmentKind
    building_type: str
    city: str
    district: str
    planned_start: date
    planned_finish: date
    floor_area: FloorArea
    risk_class: RiskClass
    state: State
    suspension_reason: str
    started_on: date | None
    completed_on: date | None
    created_at: Instant
    updated_at: Instant


class ProjectOut(ProjectSummary):
    """A project with its parties."""

    parties: list[PartyOut]

    @classmethod
    def of(cls, project: Project) -> ProjectOut:
        """From the row with its parties."""
        summary = ProjectSummary.model_validate(project)
        return cls(**summary.model_dump(), parties=[PartyOut.of(party) for party in project.parties])
