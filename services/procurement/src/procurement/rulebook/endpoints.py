"""REST door of the rulebook: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.rulebook import service
from procurement.rulebook.models import RuleKind
from procurement.rulebook.repository import RuleFilter
from procurement.rulebook.schemas import (
    CalendarYearOut,
    PriceSourceOut,
    RuleOut,
    RuleRowOut,
    SetRuleIn,
    TaxRateOut,
    WorkingDayOut,
)
from procurement.rulebook.service import SetRule

router = APIRouter(tags=["rulebook"])

MaterialCode = Annotated[str, Query(pattern=r"^([0-9]{8})?$", examples=["01090001"])]


class RuleFilters(Filters):
    """Which rules to list."""

    kind: RuleKind | None = None


@router.post("/rules", operation_id="setRule", status_code=201, response_model=RuleRowOut, responses=problems())
async def set_rule(body: SetRuleIn, edge: EdgeDep) -> Response:
    """Set a rule of the caller's organisation from a day on, today at the earliest; earlier rules stay as they are."""
    command = SetRule(**body.model_dump())
    return await edge.write(lambda work: service.set_rule(work, command), RuleRowOut.model_validate, status=201)


@router.get("/rules", operation_id="listRules", response_model=PageOut[RuleRowOut], responses=problems())
async def list_rules(filters: Annotated[RuleFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Every rule that the caller's organisation has ever set, newest first."""
    wanted = RuleFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), RuleRowOut.model_validate)


@router.get("/rules/{kind}", operation_id="getRuleInForce", response_model=RuleOut, responses=problems(NotFound))
async def get_in_force(
    kind: RuleKind, edge: EdgeDep, material_code: MaterialCode = "", on: date | None = None
) -> Response:
    """The rule that counts for the caller's organisation on a day (today), for a material where that matters."""
    return await edge.read(lambda work: service.get_in_force(work, kind, material_code, on), RuleOut.model_validate)


@router.get(
    "/calendar/{year}", operation_id="getCalendarYear", response_model=CalendarYearOut, responses=problems(NotFound)
)
async def calendar_year(year: Annotated[int, Path(ge=1900, le=9999, examples=[2026])], edge: EdgeDep) -> Response:
    """China's public holidays and worked weekends of a year, with their source."""
    return await edge.read(lambda work: service.calendar_year(work, year), CalendarYearOut.of)


@router.get(
    "/working-days",
    operation_id="addWorkingDays",
    response_model=WorkingDayOut,
    responses=problems(FailedPrecondition),
)
async def add_working_days(
    from_day: Annotated[date, Query(examples=["2026-09-30"])],
    count: Annotated[int, Query(ge=0, le=366, examples=[3])],
    edge: EdgeDep,
) -> Response:
    """The `count`-th working day after a day that itself is not counted; 0: that day or the first working one after."""
    return await edge.read(lambda work: service.working_day(work, from_day, count), WorkingDayOut.model_validate)


@router.get("/tax-rates", operation_id="listTaxRates", response_model=PageOut[TaxRateOut], responses=problems())
async def list_tax_rates(page: PageDep, edge: EdgeDep, on: date | None = None) -> Response:
    """The rates of value-added tax in force on a day (today), with their sources."""
    return await edge.page(lambda work: service.tax_rates(work, on, page), TaxRateOut.model_validate)


@router.get(
    "/price-sources", operation_id="listPriceSources", response_model=PageOut[PriceSourceOut], responses=problems()
)
async def list_price_sources(page: PageDep, edge: EdgeDep) -> Response:
    """Who publishes prices (信息价) for which region."""
    return await edge.page(lambda work: service.price_sources(work, page), PriceSourceOut.model_validate)
