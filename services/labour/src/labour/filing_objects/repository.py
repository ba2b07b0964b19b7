"""The only SQL of filing objects: what there is to file, one entry a kind, and how far each has come.

What callers see starts from `visible_to` of filings; `contents` is for jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.authorities.models import Connection
from labour.clients.authorities import Kind
from labour.filings import rules
from labour.filings.models import Filing
from labour.filings.repository import Driver, visible_to
from labour.filings.states import State
from labour.payrolls.models import PayrollLine

_INSTANT = "to_char({} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')"
_DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"
_NOW = "'infinity'::date"
_ROLES = ", ".join(f"'{role}'" for role in rules.COMPANY_TYPES)
_COMPANIES = f"""
FROM known_parties y JOIN known_projects k ON k.project_id = y.project_id
JOIN known_organisations o ON o.organisation_id = y.organisation_id
WHERE k.project_id = $1 AND y.role IN ({_ROLES})
"""
_COMPANY = "k.code AS project_code, o.uscc, o.name AS company_name"
_NOT_ERASED = """
w.erased_at IS NULL AND NOT EXISTS (
  SELECT FROM erasures e WHERE e.worker_id = w.id AND 'site_records' = ANY(e.erased) AND a.created_at <= e.updated_at)
"""
"""A row that stays for a blacklist entry alone is filed no more once its records of the site are gone: the blanks would
go as an update. Who is assigned anew since, or whose erasure has been blocked again by it, is filed."""
_MEMBERS = f"""
FROM assignments a JOIN known_projects k ON k.project_id = a.project_id
JOIN known_organisations o ON o.organisation_id = a.employer_id
JOIN workers w ON w.id = a.worker_id AND {_NOT_ERASED} JOIN people p ON p.id = w.person_id
"""
_MEMBER = f"a.employer_id, a.worker_id, p.id AS person_id, p.id_card_type, p.id_number, {_COMPANY}"
_OF_A_WORKER = f"a.id::text AS parent_key, a.employer_id::text AS batch_key, {_MEMBER}"


def _team_on(day: str) -> str:
    """The team of a worker on a day, else the one that he joined last: whoever has left it stays filed with it."""
    return f"""
    LEFT JOIN LATERAL (
      SELECT m.team_id FROM team_members m WHERE m.worker_id = a.worker_id AND m.project_id = a.project_id
      ORDER BY ({day} BETWEEN m.first_day AND coalesce(m.last_day, 'infinity')) DESC, m.first_day DESC LIMIT 1
    ) g ON true
    """  # noqa: S608 - made of the constants here


_TEAM_KEY = "coalesce(g.team_id::text, '')"
_IN_A_TEAM = f"a.id::text AS parent_key, {_TEAM_KEY} AS batch_key, {_MEMBER}"
_LEADS = """
EXISTS (SELECT FROM team_leaders d WHERE d.team_id = g.team_id AND d.worker_id = a.worker_id AND d.last_day IS NULL)
"""
_TOLD = "w.name, w.work_type, w.work_role, w.nation, w.address, w.cell_phone, w.grant_org, w.urgent_contact"
_POLITICAL = "w.politics, w.has_insurance"


def _with_consent(purpose: str, value: str) -> str:
    """A value of a worker while his consent to this use of it stands, and he has not taken back that it is sent to
    authorities; else null (PIPL arts 15, 29)."""
    of_him = "SELECT FROM consents c WHERE c.worker_id = w.id AND c.purpose ="
    given = f"EXISTS ({of_him} '{purpose}' AND c.state = 'given')"
    sent = f"{of_him} 'upload_to_authority' AND c.state"
    stopped = f"EXISTS ({sent} = 'withdrawn') AND NOT EXISTS ({sent} = 'given')"
    return f"CASE WHEN {given} AND NOT ({stopped}) THEN {value} END"


_CARD = _with_consent("bank_account", "w.payroll_bank_card")
_PHOTO = _with_consent("face_image", "w.photo_file_id")
# an heir's account, or another's who is paid for him, is not the worker's to consent to
_PAID_CARD = _with_consent("bank_account", "CASE WHEN r.payee_name = l.worker_name THEN r.card END")
_AGREED_DAYS = "coalesce(w.agreement_from::text, '') AS start_date, coalesce(w.agreement_to::text, '') AS expiry_date"
_AGREED = """
w.agreement_number AS contract_number, w.agreement_from::text AS start_date,
coalesce(w.agreement_to::text, '') AS end_date
"""


def _stays(instant: str, kind: str) -> str:
    return f"""
    SELECT a.id || ':' || extract(epoch FROM s.{instant})::text || ':{kind}' AS object_key, '1' AS object_version,
           {_IN_A_TEAM}, s.{instant} AS occurred_at, {_INSTANT.format(f"s.{instant}")} AS at, '{kind}' AS type
    {_MEMBERS} JOIN assignment_stays s ON s.assignment_id = a.id {_team_on(_DAY.format(f"s.{instant}"))}
    WHERE a.project_id = $1 AND s.{instant} IS NOT NULL"""  # noqa: S608 - made of the constants above


_NUMBERED = "row_number() OVER (PARTITION BY t.employer_id, t.name ORDER BY t.id)"
_TEAMS = f"""
SELECT t.*, CASE WHEN {_NUMBERED} > 1 THEN t.name || ' (' || {_NUMBERED} || ')' ELSE t.name END AS filed_name,
       least({_DAY.format("t.created_at")}, (SELECT min(first_day) FROM team_members m WHERE m.team_id = t.id))::text
         AS entry_date,
       CASE WHEN t.state = 'dissolved' THEN {_DAY.format("t.updated_at")}::text ELSE '' END AS exit_date
FROM teams t WHERE t.project_id = $1
"""  # noqa: S608 - made of the constants above
"""A name may not come twice under one company of a project; a team with the name of a dissolved one gets a number."""

SOURCES: Mapping[Kind, str] = {
    Kind.PROJECT: """
        SELECT k.project_id::text AS object_key, md5(row(k.code, k.name_zh, k.state)::text) AS object_version,
               '' AS parent_key, '' AS batch_key, NULL::uuid AS employer_id, NULL::uuid AS worker_id,
               'epoch'::timestamptz AS occurred_at, k.code AS project_code, k.name_zh AS project_name,
               k.state AS project_state
        FROM known_projects k WHERE k.project_id = $1""",
    Kind.COMPANY: f"""
        SELECT DISTINCT o.organisation_id::text AS object_key, md5(row(o.uscc, o.name)::text) AS object_version,
               k.project_id::text AS parent_key, '' AS batch_key, o.organisation_id AS employer_id,
               NULL::uuid AS worker_id, 'epoch'::timestamptz AS occurred_at, {_COMPANY}
        {_COMPANIES}""",
    Kind.SUBCONTRACTOR: f"""
        SELECT o.organisation_id::text AS object_key, md5(min(y.role)) AS object_version,
               o.organisation_id::text AS parent_key, '' AS batch_key, o.organisation_id AS employer_id,
               NULL::uuid AS worker_id, 'epoch'::timestamptz AS occurred_at, {_COMPANY},
               min(y.role) AS role
        {_COMPANIES} GROUP BY o.organisation_id, k.code, o.uscc, o.name""",
    Kind.TEAM: f"""
        SELECT t.id::text AS object_key, md5(row(t.filed_name, t.entry_date, t.exit_date)::text) AS object_version,
               t.employer_id::text AS parent_key, '' AS batch_key, t.employer_id, NULL::uuid AS worker_id,
               t.created_at AS occurred_at, t.filed_name AS team_name, t.entry_date, t.exit_date,
               {_COMPANY}
        FROM ({_TEAMS}) t JOIN known_projects k ON k.project_id = t.project_id
        JOIN known_organisations o ON o.organisation_id = t.employer_id""",  # noqa: S608 - made of the constants above
    Kind.WORKER: f"""
        SELECT a.id::text AS object_key,
               md5(row(p.id_number, w.agreement_from, w.agreement_to, {_TEAM_KEY}, {_LEADS}, {_TOLD}, {_POLITICAL},
                       {_CARD}, {_PHOTO})::text) AS object_version,
               {_TEAM_KEY} AS parent_key, {_TEAM_KEY} AS batch_key, {_MEMBER},
               a.created_at AS occurred_at, {_LEADS} AS is_team_leader, {_TOLD}, {_POLITICAL}, {_AGREED_DAYS},
               {_CARD} AS bank_card, w.payroll_bank_code AS bank_code, f.sha256 AS photo_sha256,
               f.media_type AS photo_type, f.size AS photo_size
        {_MEMBERS} {_team_on(_NOW)}
        LEFT JOIN files f ON f.id = {_PHOTO} AND f.state <> 'infected' WHERE a.project_id = $1""",
    Kind.CONTRACT: f"""
        SELECT a.id::text AS object_key,
               md5(row(w.agreement_number, w.agreement_from, w.agreement_to)::text) AS object_version,
               {_OF_A_WORKER}, a.created_at AS occurred_at, {_AGREED}
        {_MEMBERS} WHERE a.project_id = $1 AND w.agreement_kind <> '' AND w.agreement_from IS NOT NULL""",
    Kind.TRAINING: f"""
        SELECT t.id::text AS object_key, t.version::text AS object_version, {_OF_A_WORKER},
               t.trained_on::timestamptz AS occurred_at, t.trained_on::text AS trained_on, t.course, t.training_type,
               t.hours::text AS hours
        {_MEMBERS} JOIN worker_trainings t ON t.worker_id = w.id WHERE a.project_id = $1""",
    Kind.ENTRY_EXIT: f"{_stays('entered_at', '1')} UNION ALL {_stays('left_at', '0')}",
    Kind.ATTENDANCE: f"""
        SELECT s.device_id || ':' || s.sequence AS object_key, '1' AS object_version, {_IN_A_TEAM},
               s.at AS occurred_at, {_INSTANT.format("s.at")} AS at, s.direction, s.attend_type, d.name AS channel
        {_MEMBERS} JOIN gate_swipes s ON s.assignment_id = a.id JOIN gate_devices d ON d.id = s.device_id
        {_team_on(_DAY.format("s.at"))} WHERE s.project_id = $1 AND a.project_id = $1""",
    Kind.PAYROLL: f"""
        SELECT l.id::text AS object_key,
               md5(row(l.days, l.hours, l.gross, l.net, l.paid_on, {_PAID_CARD})::text) AS object_version,
               a.id::text AS parent_key, {_TEAM_KEY} || ':' || l.month AS batch_key,
               {_MEMBER}, l.paid_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS occurred_at,
               to_char(l.month, 'YYYY-MM') AS month, l.days::text AS days, l.hours::text AS hours,
               l.gross::text AS gross, l.net::text AS net, l.paid_on::text AS paid_on, q.run = 'arrears' AS is_back_pay,
               {_PAID_CARD} AS paid_card, r.id AS transfer_id, n.number AS account_number, n.id AS account_id
        {_MEMBERS} JOIN payroll_lines l ON l.worker_id = a.worker_id AND l.project_id = a.project_id
          AND l.employer_id = a.employer_id AND l.state = 'paid'
        JOIN payrolls q ON q.id = l.payroll_id JOIN payout_rows r ON r.line_id = l.id AND r.state = 'paid'
        JOIN payouts u ON u.id = r.payout_id JOIN wage_accounts n ON n.id = u.account_id
        {_team_on("(l.month + interval '1 month - 1 day')::date")} WHERE a.project_id = $1""",
}
"""By kind: object_key, object_version, parent_key, batch_key, employer_id, worker_id, occurred_at, and the values that
go to the platform. `$1` is the project. A further object is a further entry. `batch_key` is what may go in one
request; of what is filed in a team it begins with the team.

A line of a sheet is filed once the bank has paid it: `actualAmount` and `balanceDate` say what has been paid and when,
which an approved sheet cannot say yet. A transfer that failed and is paid later follows on its day; a correction and
arrears are sheets of their own, so they follow as lines of their own.
"""


async def contents(driver: Driver, project_id: UUID, kind: Kind, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The values of a project's objects as they are now, by key; numbers encrypted as they rest."""
    rows = await driver.fetch(
        f"SELECT * FROM ({SOURCES[kind]}) s WHERE s.object_key = ANY($2::text[])",  # noqa: S608 - constants
        project_id,
        list(keys),
    )
    return {row["object_key"]: dict(row) for row in rows}


# --- how far each has come ------------------------------------------------------------------------------------------

Place = tuple[UUID, str, str]
"""Connection, kind and key: an object on its way over one connection."""


@dataclass(frozen=True, slots=True)
class ObjectFilter:
    """Which objects a list shows; None means all. `payroll_id`: the lines of a sheet."""

    project_id: UUID | None = None
    connection_id: UUID | None = None
    worker_id: UUID | None = None
    payroll_id: UUID | None = None
    kind: Kind | None = None
    states: Collection[State] | None = None


def place_of(filing: Filing) -> Place:
    """Of which object it is a version."""
    return filing.connection_id, filing.kind.value, filing.object_key


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: ObjectFilter, request: PageRequest
) -> Page[Filing]:
    """The last version of each visible object, in the order in which they were queued."""
    newer = aliased(Filing)
    replaced = exists().where(
        col(newer.connection_id) == col(Filing.connection_id),
        col(newer.kind) == col(Filing.kind),
        col(newer.object_key) == col(Filing.object_key),
        col(newer.id) > col(Filing.id),
    )
    statement = select(Filing).where(visible_to(principal, on), ~replaced)
    for name in ("project_id", "connection_id", "worker_id", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Filing, name) == value)
    if wanted.payroll_id is not None:
        lines = select(cast(col(PayrollLine.id), String)).where(col(PayrollLine.payroll_id) == wanted.payroll_id)
        statement = statement.where(col(Filing.kind) == Kind.PAYROLL, col(Filing.object_key).in_(lines))
    if wanted.states is not None:
        statement = statement.where(col(Filing.state).in_(wanted.states))
    return await paginate(session, statement, keys=(Filing.id,), request=request)


async def versions(session: AsyncSession, places: Iterable[Place]) -> dict[Place, list[Filing]]:
    """The versions of objects that the caller has found from what is visible, the oldest first."""
    found: dict[Place, list[Filing]] = {}
    whole = tuple_(col(Filing.connection_id), col(Filing.kind), col(Filing.object_key))
    for filing in await session.scalars(select(Filing).where(whole.in_(set(places))).order_by(col(Filing.id))):
        found.setdefault(place_of(filing), []).append(filing)
    return found


async def connections(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Connection]:
    """The connections over which these objects go, whoever's they are."""
    rows = await session.scalars(select(Connection).where(col(Connection.id).in_(set(ids))))
    return {connection.id: connection for connection in rows}
