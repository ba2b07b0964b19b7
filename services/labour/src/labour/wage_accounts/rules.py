"""Names, due days and the rate of a wage guarantee. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from labour.codes.models import Calendar, Moves, Term
from labour.codes.rules import moved
from labour.wage_accounts.states import ClockKind

FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class WageRules:
    """What a law or a city can change, see data/wage-rules.json."""

    name_suffix: str
    notice: Term
    clocks: Mapping[ClockKind, Term]
    share_moves: Moves
    least_percent: Decimal
    most_percent: Decimal
    least_percent_several_projects: Decimal
    exempt_below: Decimal
    reduced_after_clean_years: int
    exempt_after_clean_years: int


@dataclass(frozen=True, slots=True)
class GuaranteeBasis:
    """What the rate depends on: contract amount in CNY, the percent that the authority has set, the employer's record.

    `clean_years`: whole years without arrears; `several_projects`: he has more than one in the same place.
    """

    contract_amount: Decimal
    percent: Decimal
    clean_years: int
    several_projects: bool


def account_name(contractor: str, project: str, suffix: str) -> str:
    """`广东建工集团` + `前海中心` + suffix, as the bank has to call it."""
    return f"{contractor}{project}{suffix}"


def account_place(account_id: UUID) -> str:
    """Where a sealed account number stands; part of its seal."""
    return f"wage_accounts.number:{account_id}"


def next_due(after: date, day: int, calendar: Calendar, moves: Moves) -> date:
    """The first day of a month with this number (1–28) that, moved as the rule says, lies after a day.

    Where nothing is moved it is never more than a month later. One that was brought forward is not due once more.
    """
    month = after.replace(day=1)
    while (falls := moved(calendar, month.replace(day=day), moves).on) <= after:
        month = (month + timedelta(days=31)).replace(day=1)
    return falls


def may_be_exempt(basis: GuaranteeBasis, rules: WageRules) -> bool:
    """Whether no guarantee may be asked for: a small contract, or enough clean years."""
    return basis.contract_amount < rules.exempt_below or basis.clean_years >= rules.exempt_after_clean_years


def percent_range(basis: GuaranteeBasis, rules: WageRules) -> tuple[Decimal, Decimal]:
    """The least and the most percent that may be set; after some clean years it may be any reduced rate above 0."""
    if basis.clean_years >= rules.reduced_after_clean_years:
        return FEN, rules.most_percent
    least = rules.least_percent_several_projects if basis.several_projects else rules.least_percent
    return least, rules.most_percent


def guarantee_amount(basis: GuaranteeBasis) -> Decimal:
    """What has to be lodged, rounded half up to the fen (分)."""
    return (basis.contract_amount * basis.percent / 100).quantize(FEN, ROUND_HALF_UP)
