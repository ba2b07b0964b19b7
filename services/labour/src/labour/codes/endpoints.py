"""REST door of codes: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import PageOut
from labour.codes import service
from labour.codes.models import CodeTable
from labour.codes.schemas import AgeRuleOut, CodeOut, CodeTableSummary

router = APIRouter(tags=["codes"])

TableName = Annotated[str, Path(max_length=64, examples=["work_type"])]


def _summary(table: CodeTable) -> CodeTableSummary:
    newest = table.versions[-1]
    return CodeTableSummary(
        name=table.name,
        size=len(table.codes),
        edition=newest.version,
        valid_from=newest.valid_from,
        source=newest.source,
        status=newest.status,
    )


@router.get("/codes", operation_id="listCodeTables", response_model=PageOut[CodeTableSummary], responses=problems())
async def list_tables(page: PageDep, edge: EdgeDep) -> Response:
    """The code tables of the national real-name platform."""
    return await edge.page(lambda work: service.tables(work, page), _summary)


@router.get("/codes/{table}", operation_id="listCodes", response_model=PageOut[CodeOut], responses=problems(NotFound))
async def list_codes(table: TableName, page: PageDep, edge: EdgeDep) -> Response:
    """The entries of one code table."""
    return await edge.page(lambda work: service.codes(work, table, page), CodeOut.model_validate)


@router.get("/age-rules", operation_id="listAgeRules", response_model=PageOut[AgeRuleOut], responses=problems())
async def list_age_rules(page: PageDep, edge: EdgeDep) -> Response:
    """Who is admitted at what age, by city, sex and risk class, each rule with source and validity."""
    return await edge.page(lambda work: service.age_rules(work, page), AgeRuleOut.model_validate)
