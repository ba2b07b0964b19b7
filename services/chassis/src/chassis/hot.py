"""Hot writes: one compiled statement for the key, the rows, the fact, the audit row and the answer (design rule 12).

Measured for this stack (docs/decisions/0007): five statements through SQLAlchemy give 640–800 writes a second, one
statement on the driver 2,000. A repository builds its part from the SQLModel tables; this module adds what every
write owes. Every part selects from `claim`, so it writes only when the key was free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Insert,
    Numeric,
    Select,
    Update,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, asyncpg, insert
from sqlalchemy.types import BigInteger, Text

from chassis.audit import AuditRow, Change, dump
from chassis.database import table_of
from chassis.idempotency import Answer, Claim, IdempotencyKey
from chassis.identity import Principal
from chassis.ids import new_id
from chassis.outbox import Event, OutboxRow


def parameters(table: Any, names: Sequence[str], prefix: str) -> list[Any]:
    """Bind parameters `<prefix>_<name>`, typed like the columns."""
    columns = table_of(table).c
    return [bindparam(f"{prefix}_{name}", type_=columns[name].type) for name in names]


class HotStatement:
    """A statement compiled once. `sql` is for asyncpg; `bind` gives its positional arguments.

    `guard` is an optional condition of the claim (for instance "the caller takes part in it"); `rows` builds the
    aggregate's own inserts from the claim; `fact` says whether the write has one. The statement answers one row: `free`
    (nobody else is writing under the key), `passed` (the guard held), `claimed` (everything was written).
    """

    def __init__(self, rows: Any, guard: Any | None = None, *, fact: bool = True) -> None:
        self._has_fact = fact
        lock = select(func.pg_try_advisory_xact_lock(bindparam("key_lock", type_=BigInteger)).label("free")).cte("lock")
        passed = select((exists(guard) if guard is not None else literal_column("true")).label("passed")).cte("guard")
        claim = self._claim(lock, passed)
        parts: list[Insert | Update] = [*rows(claim), self._audit(claim)]
        if fact:
            parts.append(self._fact(claim))
        statement: Select[Any] = select(
            lock.c.free,
            select(passed.c.passed).scalar_subquery().label("passed"),
            exists(select(claim.c.key)).label("claimed"),
        )
        for number, part in enumerate(parts):
            statement = statement.add_cte(part.cte(f"part_{number}"))
        dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names: list[str] = list(compiled.positiontup or ())

    @staticmethod
    def _claim(lock: CTE, passed: CTE) -> CTE:
        names = ("organisation_id", "key", "fingerprint", "status", "body", "etag", "created_at")
        claim: CTE = (
            insert(IdempotencyKey)
            .from_select(
                names,
                select(*parameters(IdempotencyKey, names, "key"))
                .select_from(lock)
                .where(lock.c.free, select(passed.c.passed).scalar_subquery()),
            )
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)  # type: ignore[call-overload]
            .cte("claim")
        )
        return claim

    @staticmethod
    def _fact(claim: CTE) -> Insert:
        names = (
            "event_id",
            "subject",
            "aggregate_id",
            "aggregate_version",
            "payload",
            "traceparent",
            "occurred_at",
            "replays",
        )
        return insert(OutboxRow).from_select(
            names, select(*parameters(OutboxRow, names, "fact")).select_from(claim), include_defaults=False
        )

    @staticmethod
    def _audit(claim: CTE) -> Insert:
        plain = (
            "id",
            "at",
            "subject",
            "client_id",
            "organisation_id",
            "verb",
            "entity",
            "entity_id",
            "trace_id",
        )
        after = cast(bindparam("audit_after", type_=Text), JSONB)
        return insert(AuditRow).from_select(
            (*plain, "after"),
            select(*parameters(AuditRow, plain, "audit"), after).select_from(claim),
            include_defaults=False,
        )

    def bind(self, owed: Owed, values: dict[str, Any]) -> list[Any]:
        """The positional arguments for one write; `values` holds the repository's own parameters."""
        if self._has_fact is not (owed.event is not None):
            raise AssertionError("a hot statement writes one fact, or none when it was made so")
        fact = {} if owed.event is None else _of_fact(owed, owed.event)
        given = {**_of_key(owed), **fact, **_of_audit(owed), **values}
        return [given[name] for name in self._names]


class HotSelect:
    """A question compiled once; its parameters are `bindparam`s, given by name. No `IN (…)`: its length varies."""

    def __init__(self, statement: Select[Any]) -> None:
        dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names: list[str] = list(compiled.positiontup or ())
        self._fixed = {name: bind.value for name, bind in compiled.binds.items()}

    def bind(self, values: dict[str, Any]) -> list[Any]:
        """The positional arguments; what the statement itself says (a state, a limit) needs no value."""
        return [values[name] if name in values else self._fixed[name] for name in self._names]


def json_rows(statement: Select[Any], newest: str) -> Select[Any]:
    """The rows of a statement as JSON texts with its columns as members, sorted by the column `newest`, last first.

    For a hot list: PostgreSQL writes a page of 50 rows in a third of the time that Python takes to decode and write it.
    """
    rows = statement.subquery("rows")
    item = select(*(_as_answered(one).label(one.key) for one in rows.c)).subquery("item")
    return select(cast(func.row_to_json(item.table_valued()), Text)).order_by(item.c[newest].desc())


_INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def _as_answered(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as an answer's model would write it: decimals are strings, instants are UTC."""
    if isinstance(column.type, Numeric):
        return cast(column, Text)
    if isinstance(column.type, DateTime):
        text = func.to_char(func.timezone("UTC", column), _INSTANT)
        return func.replace(text, ".000000Z", "Z")  # Pydantic leaves out a fraction that is zero
    return column


@dataclass(frozen=True, slots=True)
class Owed:
    """What a hot write owes beside its rows: the key and its answer, the fact, the audit row."""

    claim: Claim
    answer: Answer
    event: Event | None
    change: Change
    principal: Principal
    now: datetime
    traceparent: str | None


def _of_key(owed: Owed) -> dict[str, Any]:
    return {
        "key_lock": owed.claim.lock,
        "key_organisation_id": owed.claim.organisation_id,
        "key_key": owed.claim.key,
        "key_fingerprint": owed.claim.fingerprint,
        "key_status": owed.answer.status,
        "key_body": owed.answer.body,
        "key_etag": owed.answer.etag,
        "key_created_at": owed.now,
    }


def _of_fact(owed: Owed, event: Event) -> dict[str, Any]:
    return {
        "fact_event_id": event.event_id,
        "fact_subject": event.subject,
        "fact_aggregate_id": event.aggregate_id,
        "fact_aggregate_version": event.version,
        "fact_payload": event.message.SerializeToString(deterministic=True),
        "fact_traceparent": owed.traceparent,
        "fact_occurred_at": owed.now,
        "fact_replays": 0,
    }


def _of_audit(owed: Owed) -> dict[str, Any]:
    change, principal = owed.change, owed.principal
    return {
        "audit_id": new_id(),
        "audit_at": owed.now,
        "audit_subject": principal.subject,
        "audit_client_id": principal.client_id,
        "audit_organisation_id": principal.organisation_id,
        "audit_verb": change.verb,
        "audit_entity": change.entity,
        "audit_entity_id": change.entity_id,
        "audit_after": dump(change.after),
        "audit_trace_id": owed.traceparent.split("-")[1] if owed.traceparent else None,
    }


def unnested(alias: str, **arrays: Any) -> Any:
    """`unnest($a::t[], $b::u[]) AS alias(a, b)`: many rows from one array per column.

    `arrays`: column name → element type; the parameters are `<alias>_<column>`.
    """
    binds = [bindparam(f"{alias}_{name}", type_=ARRAY(kind)) for name, kind in arrays.items()]
    columns = [column(name, kind) for name, kind in arrays.items()]
    return func.unnest(*binds).table_valued(*columns, name=alias).render_derived(name=alias)
