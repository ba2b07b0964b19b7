"""What goes out about the overview."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, Instant, SignedAmount
from project_mgmt.budgets.schemas import BudgetOut
from project_mgmt.indicators.schemas import TotalOut
from project_mgmt.overview.service import Overview
from project_mgmt.projects.schemas import ProjectSummary


class EmployerPresenceOut(Out):
    """Workers of one employer."""

    organisation_id: UUID
    on_site: int
    assigned: int


class PresenceOut(Out):
    """Who is on site now, as labour says."""

    on_site: int
    assigned: int
    employers: list[EmployerPresenceOut]
    as_of: Instant


class OrdersOut(Out):
    """What is ordered and accepted, as procurement says."""

    counts: dict[str, int] = Field(description="Orders by state.", examples=[{"approved": 3}])
    ordered: Amount
    accepted: SignedAmount
    currency: str


class MachineOut(Out):
    """A machine on site, as equipment-leasing says; `bans` names why it may not work."""

    machine_id: UUID
    kind: str
    model: str
    registration_number: str
    lessor_id: UUID
    since: date
    clear: bool
    bans: list[str] = Field(examples=[["INSPECTION_EXPIRED"]])


class MissingOut(Out):
    """A service that did not answer in time."""

    service: str = Field(examples=["labour"])
    code: str = Field(examples=["LABOUR_UNAVAILABLE"])


class OverviewOut(Out):
    """One page of a project. `presence`, `orders` or `machines` is null when its service is named in `missing`."""

    project: ProjectSummary
    budget: BudgetOut | None = Field(description="Null until a budget is set.")
    indicators: list[TotalOut] = Field(description="Over the project's whole life.")
    presence: PresenceOut | None
    orders: OrdersOut | None
    machines: list[MachineOut] | None
    missing: list[MissingOut]
    as_of: Instant

    @classmethod
    def of(cls, overview: Overview) -> OverviewOut:
        """From the use case's answer."""
        return cls(
            project=ProjectSummary.model_validate(overview.project),
            budget=None if overview.budget is None else BudgetOut.of(overview.budget),
            indicators=[TotalOut.model_validate(total) for total in overview.totals],
            presence=None if overview.presence is None else PresenceOut.model_validate(overview.presence),
            orders=None if overview.orders is None else OrdersOut.model_validate(overview.orders),
            machines=None
            if overview.machines is None
            else [MachineOut.model_validate(machine) for machine in overview.machines],
            missing=[MissingOut.model_validate(one) for one in overview.missing],
            as_of=overview.as_of,
        )
