"""Use cases of the rulebook on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest

from chassis.errors import InvalidArgument, NotFound
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from procurement.rulebook import service
from procurement.rulebook.models import OrganisationRule, Rule, RuleKind
from procurement.rulebook.repository import RuleFilter
from procurement.rulebook.service import SetRule
from tests.harness import Harness, Organisation, organisation

TODAY = date(2026, 11, 23)
STEEL = SetRule(RuleKind.TOLERANCE_PERCENT, "01", Decimal("0.50"), TODAY, "公司物资管理办法 2026-03")


@pytest.fixture
def buyer() -> Organisation:
    """A contractor that has set nothing."""
    return organisation(Kind.CONTRACTOR)


async def set_rule(harness: Harness, who: Organisation, command: SetRule) -> OrganisationRule:
    async with harness.work(who.as_(Role.ADMIN)) as work:
        return await service.set_rule(work, command)


async def in_force(harness: Harness, who: Organisation, on: date, code: str = "01090001") -> Rule:
    async with harness.work(who.as_(Role.BUYER)) as work:
        return await service.get_in_force(work, RuleKind.TOLERANCE_PERCENT, code, on)


async def test_what_one_has_set_counts_for_oneself(procurement: Harness, buyer: Organisation) -> None:
    """From its day on, for its branch; another buyer has the platform's."""
    row = await set_rule(procurement, buyer, STEEL)
    own = await in_force(procurement, buyer, TODAY)
    assert (own.ref, own.value, own.own) == (str(row.id), Decimal("0.50"), True)
    other = await in_force(procurement, organisation(Kind.CONTRACTOR), TODAY)
    assert (other.ref, other.value, other.own) == ("tolerance_percent/01@2026-01-01", Decimal("0.30"), False)
    assert (await in_force(procurement, buyer, TODAY, "04010001")).value == Decimal("0.00")
    assert await procurement.audited(row.id) == ["rules.set"]


async def test_a_change_leaves_earlier_days_and_rows_as_they_were(procurement: Harness, buyer: Organisation) -> None:
    """What counted yesterday counts for yesterday, whatever is set later; every row stays."""
    before = await in_force(procurement, buyer, TODAY - timedelta(days=1))
    first = await set_rule(procurement, buyer, STEEL)
    tomorrow = TODAY + timedelta(days=1)
    second = await set_rule(procurement, buyer, replace(STEEL, value=Decimal("1.00"), valid_from=tomorrow))
    assert await in_force(procurement, buyer, TODAY - timedelta(days=1)) == before
    assert (await in_force(procurement, buyer, TODAY)).ref == str(first.id)
    assert (await in_force(procurement, buyer, tomorrow)).ref == str(second.id)
    async with procurement.work(buyer.as_(Role.VIEWER)) as work:
        listed = await service.page(work, RuleFilter(RuleKind.TOLERANCE_PERCENT), PageRequest())
    assert [row.id for row in listed.items] == [second.id, first.id]


@pytest.mark.parametrize("statement", ["UPDATE {} SET source = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["organisation_rules", "approval_matrices"])
async def test_the_database_lets_nobody_edit_in_place(procurement: Harness, statement: str, table: str) -> None:
    async with procurement.sql() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format(table))


WRONG = [
    (replace(STEEL, valid_from=TODAY - timedelta(days=1)), "/valid_from", "RULE_IN_THE_PAST"),
    (replace(STEEL, value=Decimal("100.01")), "/value", "OVER_THE_CAP"),
    (SetRule(RuleKind.PAYMENT_DAYS, "", Decimal("30.00"), TODAY, "…"), "/kind", "SAID_BY_TERMS"),
    (SetRule(RuleKind.RETENTION_PERCENT, "", Decimal("3.00"), TODAY, "…"), "/kind", "SAID_BY_TERMS"),
    (SetRule(RuleKind.DIRECT_LIMIT, "", Decimal("1999999.99"), TODAY, "…"), "", ""),
    (SetRule(RuleKind.DIRECT_LIMIT, "", Decimal("2000000.00"), TODAY, "…"), "/value", "OVER_THE_CAP"),
    (SetRule(RuleKind.OVERDUE_PERCENT_PER_DAY, "", Decimal("0.03"), TODAY, "…"), "", ""),
    (SetRule(RuleKind.DIRECT_LIMIT, "01", Decimal("1.00"), TODAY, "…"), "/material_prefix", "NO_BRANCHES"),
]


@pytest.mark.parametrize(("command", "pointer", "code"), WRONG)
async def test_what_may_not_be_set(
    procurement: Harness, buyer: Organisation, command: SetRule, pointer: str, code: str
) -> None:
    """What is exactly the cap may still be set, and what has none (the cases without a code)."""
    if not code:
        assert (await set_rule(procurement, buyer, command)).value == command.value
        return
    before = await procurement.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await set_rule(procurement, buyer, command)
    assert [(one.pointer, one.code) for one in refusal.value.violations] == [(pointer, code)]
    assert await procurement.checksum() == before


async def test_days_set_before_terms_came_stay_readable(procurement: Harness, buyer: Organisation) -> None:
    """A row of then is listed and in force as it was; without one there is none, of the platform neither."""
    async with procurement.sql() as connection:
        await connection.execute(
            "INSERT INTO organisation_rules (id, version, created_at, updated_at, organisation_id, kind,"
            " material_prefix, value, valid_from, source, created_by)"
            " VALUES (uuidv7(), 1, now(), now(), $1, 'payment_days', '', 45, $2, '合同范本', 'x')",
            buyer.id,
            TODAY,
        )
    async with procurement.work(buyer.as_(Role.VIEWER)) as work:
        [row] = (await service.page(work, RuleFilter(RuleKind.PAYMENT_DAYS), PageRequest())).items
        assert (await service.get_in_force(work, RuleKind.PAYMENT_DAYS, "", TODAY)).ref == str(row.id)
    async with procurement.work(organisation(Kind.CONTRACTOR).as_(Role.VIEWER)) as work:
        with pytest.raises(NotFound, match="RULE_NOT_SET"):
            await service.get_in_force(work, RuleKind.PAYMENT_DAYS, "", TODAY)


async def test_before_any_rule_there_is_none(procurement: Harness, buyer: Organisation) -> None:
    with pytest.raises(NotFound) as refusal:
        await in_force(procurement, buyer, date(2025, 12, 31))
    assert refusal.value.reason == "RULE_NOT_SET"
