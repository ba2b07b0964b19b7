"""The only SQL of attendance. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.repository import OVERSEEING
from labour.attendance.models import Swipe
from labour.attendance.rules import Break, NewSwipe, Standing, day_shift
from labour.codes.models import WorkerDayRule
from labour.devices.rules import Step


def visible_to(principal: Principal, on: date, table: Any) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all.

    Another service of the platform, which asks for itself, sees all, too.
    """
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(table.employer_id) == principal.organisation_id, col(table.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class AttendanceFilter:
    """Which swipes or worker days of one project a list shows; days in Asia/Shanghai, both included."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    device_id: UUID | None = None
    counted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None


async def page_of_swipes(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[Swipe]:
    """The visible swipes of a project, newest first."""
    statement = select(Swipe).where(visible_to(principal, on, Swipe), col(Swipe.project_id) == wanted.project_id)
    for name in ("employer_id", "worker_id", "device_id", "counted"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Swipe, name) == value)
    if wanted.since is not None:
        statement = statement.where(col(Swipe.at) >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(col(Swipe.at) < wanted.until)
    keys = (Swipe.at, Swipe.device_id, Swipe.sequence)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


# --- the bulk path: 1,000 swipes in a few statements (a hot path of the benchmarks) ---------------------------------

Driver: TypeAlias = "asyncpg.Connection[Any]"

STANDING = """
WITH held AS (
  SELECT a.id, a.worker_id, a.employer_id, a.cleared_until
  FROM unnest($2::text::uuid[]) AS asked (worker_id)
  JOIN assignments a ON a.project_id = $1 AND a.worker_id = asked.worker_id
  ORDER BY a.id FOR NO KEY UPDATE OF a
)
SELECT h.employer_id::text, h.cleared_until, s.entered_at, s.left_at,
       string_agg(h.id::text, ' '), string_agg(h.worker_id::text, ' ')
FROM held h LEFT JOIN assignment_stays s ON s.assignment_id = h.id GROUP BY 1, 2, 3, 4
"""
"""Most of a crew have one employer, entered together and are cleared to the same day: told once for all of them."""

LAPSES = """
SELECT assignment_id::text, first_day, last_day FROM assignment_lapses WHERE project_id = $1 AND last_day >= $2
"""

BOOKS = """
SELECT (SELECT array_agg(employer_id::text || ' ' || month) FROM locked_months WHERE project_id = $1 AND month >= $2),
       (SELECT array_agg(concat_ws(' ', valid_from, coalesce(valid_to, '9999-12-31'), beyond_minutes, minutes))
        FROM break_rules WHERE project_id = $1)
"""

DAYS = """
, locked AS (
  SELECT split_part(one, ' ', 1)::uuid AS employer_id, split_part(one, ' ', 2)::date AS month
  FROM unnest($8::text::text[]) AS one
), breaks AS (
  SELECT * FROM unnest($9::text::date[], $10::text::date[], $11::interval[], $12::interval[])
    WITH ORDINALITY AS rule (first, last, beyond, off, place)
), came AS (
  SELECT assignment_id, worker_id, employer_id, (at AT TIME ZONE 'UTC' + $2::interval)::date AS day,
         min(at) FILTER (WHERE direction = '01') AS first_in, max(at) FILTER (WHERE direction = '01') AS last_in,
         min(at) FILTER (WHERE direction = '02') AS first_out, max(at) FILTER (WHERE direction = '02') AS last_out
  FROM taken GROUP BY 1, 2, 3, 4
), beside AS (
  SELECT came.*, lag(day) OVER one IS NOT DISTINCT FROM day - 1 AS day_before_came,
         CASE WHEN lead(day) OVER one = day + 1 THEN lead(first_in) OVER one END AS next_in,
         CASE WHEN lead(day) OVER one = day + 1 THEN lead(first_out) OVER one END AS next_out
  FROM came WINDOW one AS (PARTITION BY assignment_id ORDER BY day)
), marked AS (
  SELECT b.assignment_id, b.worker_id, b.employer_id, b.day, own.place, coalesce(own.days, 0) AS counted,
         least(b.first_in, own.first_in) AS first_in, greatest(b.last_in, own.last_in) AS last_in,
         least(b.first_out, own.first_out) AS first_out, greatest(b.last_out, own.last_out) AS last_out,
         least(b.next_in, after.first_in) AS next_in, least(b.next_out, after.first_out) AS next_out,
         NOT b.day_before_came AND (
           least(b.first_out, own.first_out) < coalesce(least(b.first_in, own.first_in), 'infinity')
           OR own.first_out < coalesce(own.first_in, 'infinity')
         ) IS TRUE AS touches_day_before
  FROM beside b
  LEFT JOIN LATERAL (SELECT w.ctid AS place, w.* FROM worker_days w
                     WHERE w.assignment_id = b.assignment_id AND w.day = b.day LIMIT 1) own ON true
  LEFT JOIN LATERAL (SELECT w.first_in, w.first_out FROM worker_days w
                     WHERE w.assignment_id = b.assignment_id AND w.day = b.day + 1 LIMIT 1) after ON true
), reached AS (
  SELECT assignment_id, worker_id, employer_id, day, place, counted, first_in, last_in, first_out, last_out, next_in,
         next_out
  FROM marked
  UNION ALL
  SELECT m.assignment_id, m.worker_id, m.employer_id, before.day, before.place, before.days, before.first_in,
         before.last_in, before.first_out, before.last_out, m.first_in, m.first_out
  FROM marked m CROSS JOIN LATERAL (
    SELECT w.ctid AS place, w.* FROM worker_days w WHERE w.assignment_id = m.assignment_id AND w.day = m.day - 1 LIMIT 1
  ) before
  WHERE m.touches_day_before AND (before.last_out IS NULL OR before.last_in > before.last_out)
    AND NOT EXISTS (SELECT FROM locked l
                    WHERE l.employer_id = m.employer_id AND l.month = date_trunc('month', before.day)::date)
), ended AS (
  SELECT *, CASE WHEN (last_out IS NULL OR last_in > last_out) AND (next_in IS NULL OR next_out < next_in)
                      AND next_out - last_in <= $3::interval
                 THEN next_out ELSE last_out END - first_in AS gross
  FROM reached
), netted AS MATERIALIZED (
  SELECT *, gross - coalesce((SELECT CASE WHEN gross > b.beyond THEN b.off END FROM breaks b
                              WHERE day BETWEEN b.first AND b.last ORDER BY b.place LIMIT 1), interval '0') AS on_site
  FROM ended
), figured AS (
  SELECT *, CASE WHEN on_site > interval '0' AND on_site >= $4::interval THEN $5::numeric
                 WHEN on_site > interval '0' AND on_site >= $6::interval THEN $7::numeric ELSE 0 END AS days
  FROM netted
), changed AS (
  UPDATE worker_days w
  SET first_in = f.first_in, last_in = f.last_in, first_out = f.first_out, last_out = f.last_out, days = f.days
  FROM figured f WHERE w.ctid = f.place
), begun AS (
  INSERT INTO worker_days (project_id, assignment_id, day, worker_id, employer_id, first_in, last_in, first_out,
                           last_out, days)
  SELECT $1, assignment_id, day, worker_id, employer_id, first_in, last_in, first_out, last_out, days
  FROM figured WHERE place IS NULL
), change AS (
  SELECT day, employer_id, sum(days - counted) AS delta FROM figured WHERE days <> counted
  GROUP BY 1, 2 HAVING sum(days - counted) <> 0
)
SELECT (SELECT array_agg(day) FROM change) AS days, (SELECT array_agg(employer_id) FROM change) AS employers,
       (SELECT array_agg(delta) FROM change) AS deltas
"""
"""Worker days follow from the instants in `taken`; what `rules.worker_days` says, said in SQL.

A property test holds the two together. Arrays travel as text (`'{…}'`): the driver's own arrays look at each element
twice, which takes longer than the insert. The assignments are locked by the statement before, so what this one reads
of worker_days is the latest, and nobody moves a row between its being read and its being changed: it is found again by
its place (ctid) for a third of what ON CONFLICT takes. The lateral LIMIT 1 keeps three looks into the primary key three
looks, whatever the planner thinks of the table's size.
"""

RECORD = f"""
WITH added AS (
  INSERT INTO gate_swipes (device_id, project_id, received_at, sequence, assignment_id, worker_id, employer_id, at,
                           direction, attend_type, papers_lapsed, counted)
  SELECT $13, $1, $14, sequence, assignment_id, worker_id, employer_id, to_timestamp(micros / 1000000.0::float8),
         direction, attend_type, papers_lapsed, counted
  FROM unnest($15::text::bigint[], $16::text::uuid[], $17::text::uuid[], $18::text::uuid[], $19::text::bigint[],
              $20::text::text[], $21::text::text[], $22::text::boolean[], $23::text::boolean[])
    AS given (sequence, assignment_id, worker_id, employer_id, micros, direction, attend_type, papers_lapsed, counted)
  ORDER BY sequence
  ON CONFLICT DO NOTHING
  RETURNING sequence, assignment_id, worker_id, employer_id, at, direction, counted
), taken AS (
  SELECT assignment_id, worker_id, employer_id, at, direction FROM added WHERE counted
){DAYS}, (SELECT CASE WHEN count(*) < $24 THEN coalesce(array_agg(sequence), '{{}}') END FROM added) AS new
"""  # noqa: S608 - of constants

STANDING_SWIPES = """
SELECT sequence, worker_id, at, direction FROM gate_swipes WHERE device_id = $1 AND sequence = ANY($2::bigint[])
"""

NEIGHBOURS = """
(SELECT sequence, at FROM gate_swipes WHERE device_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT 1)
UNION ALL
(SELECT sequence, at FROM gate_swipes WHERE device_id = $1 AND sequence > $3 ORDER BY sequence LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Books:
    """What a project's months and rules say: (employer, month) that are locked, breaks in the order of precedence."""

    locked: frozenset[tuple[str, date]]
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Which sequence numbers were new (None: all), and by (day, employer) how the worker days changed."""

    new: set[int] | None
    deltas: dict[tuple[date, UUID], Decimal]


async def standing(driver: Driver, project_id: UUID, worker_ids: Iterable[str]) -> dict[str, Standing]:
    """Where these workers stand on the project, by worker.

    Their assignments are locked, in one order: batches with the same workers run one after the other, so that each
    counts its change of worker days from what the one before it left; batches with other workers do not wait.
    """
    found: dict[str, Standing] = {}
    for employer_id, cleared_until, entered_at, left_at, ids, workers in await driver.fetch(
        STANDING, project_id, array(worker_ids)
    ):
        stay = () if entered_at is None else ((entered_at, left_at),)
        for id_, worker_id in zip(ids.split(" "), workers.split(" "), strict=True):
            before = found.get(worker_id)
            stays = stay if before is None else before.stays + stay
            found[worker_id] = Standing(id_, worker_id, employer_id, cleared_until, stays)
    return found


async def lapses(driver: Driver, project_id: UUID, since: date) -> dict[str, list[tuple[date, date]]]:
    """By assignment the days (first, last) since a day on which papers that hold again did not.

    Read once the assignments are locked: who lets papers hold again keeps the lapse in the same transaction.
    """
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for assignment_id, first, last in await driver.fetch(LAPSES, project_id, since):
        found[assignment_id].append((first, last))
    return found


async def books(driver: Driver, project_id: UUID, since: date) -> Books:
    """Locked months since a day, and the project's own break rules; read once the assignments are locked."""
    locked, breaks = await driver.fetchrow(BOOKS, project_id, since)  # type: ignore[misc]
    return Books(
        frozenset((one[:36], date.fromisoformat(one[37:])) for one in locked or ()),
        tuple(_break(*one.split(" ")) for one in breaks or ()),
    )


def _break(first: str, last: str, beyond: str, off: str) -> Break:
    minutes = timedelta(minutes=int(beyond)), timedelta(minutes=int(off))
    return Break(date.fromisoformat(first), date.fromisoformat(last), *minutes)


def day_arguments(project_id: UUID, rule: WorkerDayRule, books: Books) -> tuple[Any, ...]:
    """The first twelve arguments of every statement that ends in DAYS."""
    (full, whole), (part, half) = rule.steps
    return (
        project_id, day_shift(rule), rule.longest_shift, full, whole, part, half,
        array(f'"{employer} {month}"' for employer, month in books.locked),
        array(one.first.isoformat() for one in books.breaks),
        array((one.last or date.max).isoformat() for one in books.breaks),
        [one.beyond for one in books.breaks],
        [one.off for one in books.breaks],
    )  # fmt: skip


def changes(row: Any) -> dict[tuple[date, UUID], Decimal]:
    """By (day, employer), how worker days changed, from the row that DAYS answers."""
    triples = zip(row["days"] or (), row["employers"] or (), row["deltas"] or (), strict=True)
    return {(day, employer): delta for day, employer, delta in triples}


async def record(
    driver: Driver,
    device_id: UUID,
    project_id: UUID,
    received_at: datetime,
    swipes: Sequence[NewSwipe],
    rule: WorkerDayRule,
    books: Books,
) -> Written:
    """Write swipes that are not there yet, and bring the worker days of every day that they touch up to date."""
    row = await driver.fetchrow(
        RECORD,
        *day_arguments(project_id, rule, books),
        device_id,
        received_at,
        array([str(one.sequence) for one in swipes]),
        array([one.standing.assignment_id for one in swipes]),
        array([one.standing.worker_id for one in swipes]),
        array([one.standing.employer_id for one in swipes]),
        array([str(round(one.at.timestamp() * 1_000_000)) for one in swipes]),
        array([one.direction for one in swipes]),
        array([one.attend_type for one in swipes]),
        array(["t" if one.papers_lapsed else "f" for one in swipes]),
        array(["t" if one.counted else "f" for one in swipes]),
        len(swipes),
    )
    assert row is not None  # noqa: S101 - a select without FROM answers one row
    return Written(None if row["new"] is None else set(row["new"]), changes(row))


def array(values: Iterable[str]) -> str:
    """A PostgreSQL array as text; of numbers, UUIDs, days and codes, which need no quotes."""
    return "{" + ",".join(values) + "}"


async def standing_swipes(
    driver: Driver, device_id: UUID, sequences: Sequence[int]
) -> dict[int, tuple[str, datetime, str]]:
    """(worker, instant, direction) of swipes that stand under these numbers, in whatever month."""
    rows = await driver.fetch(STANDING_SWIPES, device_id, sequences)
    return {row["sequence"]: (str(row["worker_id"]), row["at"], row["direction"]) for row in rows}


async def neighbours(driver: Driver, device_id: UUID, least: int, greatest: int) -> list[Step]:
    """The known swipes whose numbers lie nearest below and above a batch's."""
    rows = await driver.fetch(NEIGHBOURS, device_id, least, greatest)
    return [Step(row["sequence"], row["at"]) for row in rows]


async def make_partitions(driver: Driver, through: date) -> int:
    """Have the months until a day ready; answers how many were made."""
    made: int = await driver.fetchval("SELECT make_swipe_partitions($1)", through)
    return made
