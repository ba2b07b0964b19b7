"""Reads the data files (law and platform, design rule 13), and the only SQL of a buyer's own rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.rulebook.models import (
    Calendar,
    CalendarYear,
    Cap,
    OrganisationRule,
    PriceSource,
    Rule,
    RuleKind,
    Status,
    TaxKind,
    TaxRate,
)


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A buyer's rules are its own business."""
    return col(OrganisationRule.organisation_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules a list shows; None means all."""

    kind: RuleKind | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: RuleFilter, request: PageRequest
) -> Page[OrganisationRule]:
    """Everything that the caller's organisation has ever set, newest first."""
    statement = select(OrganisationRule).where(visible_to(principal))
    if wanted.kind is not None:
        statement = statement.where(col(OrganisationRule.kind) == wanted.kind)
    return await paginate(session, statement, keys=(OrganisationRule.id,), request=request, descending=True)


async def own_rules(session: AsyncSession, organisation_id: UUID, kind: RuleKind, on: date) -> list[Rule]:
    """What an organisation has set of a kind for a day or before it."""
    rows = await session.scalars(
        select(OrganisationRule).where(
            col(OrganisationRule.organisation_id) == organisation_id,
            col(OrganisationRule.kind) == kind,
            col(OrganisationRule.valid_from) <= on,
        )
    )
    return [
        Rule(str(row.id), row.kind, row.material_prefix, row.value, row.valid_from, row.source, own=True)
        for row in rows
    ]


def _load(name: str) -> dict[str, list[dict[str, Any]]]:
    text = files("procurement.rulebook").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, list[dict[str, Any]]] = json.loads(text)
    return loaded


@cache
def calendar() -> Calendar:
    """The working-day calendar."""
    return MappingProxyType({one["year"]: _year(one) for one in _load("calendar.json")["years"]})


def _year(raw: Mapping[str, Any]) -> CalendarYear:
    holidays: dict[date, str] = {}
    for one in raw["holidays"]:
        first, last = date.fromisoformat(one["first"]), date.fromisoformat(one["last"])
        holidays |= {first + timedelta(days=number): one["name"] for number in range((last - first).days + 1)}
    return CalendarYear(
        year=raw["year"],
        provisional=raw["provisional"],
        holidays=MappingProxyType(holidays),
        working_weekends=frozenset(map(date.fromisoformat, raw["working_weekends"])),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
    )


@cache
def tax_rates() -> tuple[TaxRate, ...]:
    """Every rate of value-added tax that the platform knows, past ones too."""
    return tuple(
        TaxRate(
            percent=Decimal(one["percent"]),
            kind=TaxKind(one["kind"]),
            name_zh=one["name_zh"],
            name_en=one["name_en"],
            source=one["source"],
            status=Status(one["status"]),
            valid_from=date.fromisoformat(one["valid_from"]),
            valid_to=date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
        )
        for one in _load("tax-rates.json")["tax_rates"]
    )


@cache
def platform_rules() -> tuple[Rule, ...]:
    """What counts for a buyer that has set nothing of its own."""
    return tuple(
        Rule(
            ref=f"{one['kind']}/{one['material_prefix']}@{one['valid_from']}",
            kind=RuleKind(one["kind"]),
            material_prefix=one["material_prefix"],
            value=Decimal(one["value"]),
            valid_from=date.fromisoformat(one["valid_from"]),
            source=one["source"],
            own=False,
        )
        for one in _load("rules.json")["rules"]
    )


@cache
def caps() -> tuple[Cap, ...]:
    """The most that anybody may set."""
    return tuple(
        Cap(RuleKind(one["kind"]), Decimal(one["value"]), one["source"], date.fromisoformat(one["valid_from"]))
        for one in _load("rules.json")["caps"]
    )


@cache
def price_sources() -> tuple[PriceSource, ...]:
    """Who publishes prices, by region."""
    return tuple(
        PriceSource(**(one | {"status": Status(one["status"]), "valid_from": date.fromisoformat(one["valid_from"])}))
        for one in _load("rules.json")["price_sources"]
    )
