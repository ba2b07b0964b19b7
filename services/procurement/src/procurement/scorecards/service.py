"""Use cases of scorecards: nobody enters a figure, and each one opens into the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.scorecards import errors, repository, rules
from procurement.scorecards.repository import FigureRow, Scope
from procurement.scorecards.rules import Figure, Period
from procurement.suppliers import repository as suppliers


@dataclass(frozen=True, slots=True)
class Question:
    """About which supplier file, in which currency, and which days; the year up to today where they are None."""

    file_id: UUID
    currency: str
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure is: two amounts and their quotient, None while there is nothing to judge."""

    figure: Figure
    numerator: Decimal
    denominator: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All figures about a supplier in a period."""

    supplier_file_id: UUID
    supplier_id: UUID | None
    currency: str
    first_day: date
    last_day: date
    figures: tuple[Value, ...]


async def get(work: Work, question: Question) -> Scorecard:
    """Every figure, computed now from orders, deliveries, invoices and inquiries."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        scope = await _scope(work, session, question)
        figures = []
        for figure in Figure:
            numerator, denominator = await repository.value(session, work.principal, figure, scope)
            figures.append(Value(figure, numerator, denominator, rules.percent(numerator, denominator)))
    period = scope.period
    return Scorecard(
        question.file_id, scope.supplier_id, scope.currency, period.first_day, period.last_day, tuple(figures)
    )


async def page(work: Work, question: Question, figure: Figure, request: PageRequest) -> Page[FigureRow]:
    """The rows behind a figure; they add up to it."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        scope = await _scope(work, session, question)
        return await repository.page(session, work.principal, figure, scope, request)


async def _scope(work: Work, session: AsyncSession, question: Question) -> Scope:
    last_day = question.last_day or work.today
    period = Period(question.first_day or Period.until(last_day).first_day, last_day)
    if period.last_day < period.first_day:
        raise errors.period_backwards()
    file = await suppliers.get(session, work.principal, question.file_id)
    return Scope(file.supplier_id, question.currency, period)
