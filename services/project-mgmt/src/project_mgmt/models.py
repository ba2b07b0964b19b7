"""Every table of project-mgmt, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from project_mgmt.budgets.models import Budget, BudgetLine, Commitment, CommitmentLine
from project_mgmt.indicators.models import IndicatorEntry
from project_mgmt.projects.models import Project, ProjectParty
from project_mgmt.wbs.models import WbsTask

MODELS: tuple[type[SQLModel], ...] = (
    Project,
    ProjectParty,
    WbsTask,
    Budget,
    BudgetLine,
    Commitment,
    CommitmentLine,
    IndicatorEntry,
)
TABLES: tuple[Table, ...] = tuple(model.__table__ for model in MODELS)  # type: ignore[attr-defined]
