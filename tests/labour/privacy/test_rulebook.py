"""No table of labour holds personal data that nobody has named: a column that is in neither list fails here."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text, Uuid

from chassis.audit import AuditRow
from chassis.database import TextEnum, tables
from chassis.idempotency import IdempotencyKey
from chassis.inbox import DeadLetter, InboxRow
from chassis.outbox import OutboxRow
from chassis.replica import KnownParty, KnownProject
from labour.models import TABLES
from labour.privacy import rulebook
from labour.privacy.rulebook import How
from labour.privacy.rules import ERASABLE
from labour.workers.models import Worker

EVERY = (*TABLES, *tables(OutboxRow, InboxRow, DeadLetter, IdempotencyKey, AuditRow, KnownProject, KnownParty))
NAMED = {one.name: one for one in rulebook.personal_tables()}
NOTHING_PERSONAL = (TextEnum, DateTime, Date, Numeric, Integer, Boolean)
"""Closed lists of words, days and figures name nobody by themselves; some are named all the same: positions."""


def may_hold(column: Column[object]) -> bool:
    """Whether somebody's data could stand in it: texts, bytes, JSON, lists, and files. Ids are made up."""
    if isinstance(column.type, Uuid):
        return column.name.endswith("file_id")
    return not isinstance(column.type, NOTHING_PERSONAL)


def unnamed(every: Iterable[Table]) -> list[str]:
    """table.column of what is neither personal nor said to be nothing."""
    found = []
    for table in every:
        one = NAMED.get(table.name)
        known = {*one.personal, *one.plain} if one is not None else set()
        found += [
            f"{table.name}.{column.name}" for column in table.columns if may_hold(column) and column.name not in known
        ]
    return found


def test_every_column_is_named() -> None:
    assert unnamed(EVERY) == []


@pytest.mark.parametrize("name", ["workers", "a_table_of_tomorrow"])
def test_a_forgotten_column_is_found(name: str) -> None:
    table = Table(name, MetaData(), Column("nickname", Text), Column("scan_file_id", Uuid), Column("day", Date))
    assert unnamed([table]) == [f"{name}.nickname", f"{name}.scan_file_id"]


def test_nothing_is_named_that_is_not_there() -> None:
    columns = {table.name: set(table.columns.keys()) for table in EVERY}
    assert set(NAMED) <= set(columns)
    for one in NAMED.values():
        assert {*one.personal, *one.plain} <= columns[one.name], one.name
        assert not one.personal.keys() & one.plain, one.name
        assert {*one.unique, *one.papers} <= set(one.personal), one.name
        if one.of:
            above = columns[one.through] if one.through else columns[one.name]
            assert one.of in columns[one.name], one.name
            assert "worker_id" in above or not one.through, one.name


def test_what_is_personal_is_erased_or_kept_for_a_reason() -> None:
    rules = {rule.id for rule in rulebook.retention_rules()}
    for one in NAMED.values():
        assert set(one.personal.values()) <= rulebook.kinds(), one.name
        if one.how is How.KEPT:
            assert (one.of, bool(one.personal)) == ("", bool(one.kept)), one.name
            assert one.kept in rules or " " in one.kept or one.kept in {"", "own"}, one.name
        elif one.how is How.ANSWERS:
            assert (one.of, one.field, one.kept, set(one.personal)) == ("", "", "", {"body"}), one.name
        else:
            assert all((one.of, one.personal, not one.kept)), one.name
            assert one.how is How.OWN or one.field in ERASABLE, one.name


def test_papers_are_named_where_they_hang() -> None:
    for one in NAMED.values():
        hanging = {name for name in one.personal if name.endswith("file_id")}
        assert one.how is How.OWN or hanging == set(one.papers), one.name


def test_retention_rules_speak_of_the_same_fields() -> None:
    fields = {one.field for one in NAMED.values() if one.field}
    own = NAMED["workers"].personal.keys() - {"fingerprint"}
    assert set(ERASABLE) == {*fields, *own, "id_card_number"}
    assert own <= set(Worker.model_fields)
    assert {name for rule in rulebook.retention_rules() for name in rule.fields} <= set(ERASABLE)


def test_sensitive_kinds_are_kinds_and_some_column_is_of_each() -> None:
    used = {kind for one in NAMED.values() for kind in one.personal.values()}
    assert set(rulebook.sensitive_kinds()) <= used <= rulebook.kinds()
