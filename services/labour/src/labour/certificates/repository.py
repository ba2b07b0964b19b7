"""The only SQL of certificates that end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeAlias

import asyncpg

from labour.certificates.models import Ending

Driver: TypeAlias = "asyncpg.Connection[Any]"

TELL = """
WITH ending AS (
  SELECT c.id, c.worker_id, c.valid_to
  FROM worker_certificates c
  WHERE c.valid_to > $1 AND c.valid_to <= $2 AND c.status = $5
    AND NOT EXISTS (
      SELECT FROM worker_certificates next
      WHERE next.worker_id = c.worker_id AND next.trade = c.trade AND next.status = $5
        AND next.valid_to > c.valid_to AND next.valid_from <= c.valid_to + 1)
    AND NOT EXISTS (
      SELECT FROM certificate_notices told
      WHERE told.certificate_id = c.id AND told.valid_to = c.valid_to AND told.days <= $3)
  ORDER BY c.id LIMIT $6
), told AS (
  INSERT INTO certificate_notices (certificate_id, valid_to, days, told_at)
  SELECT id, valid_to, $3, $4 FROM ending
  ON CONFLICT DO NOTHING
  RETURNING certificate_id
)
SELECT w.employer_id, e.id, e.worker_id, e.valid_to
FROM told JOIN ending e ON e.id = told.certificate_id JOIN workers w ON w.id = e.worker_id
ORDER BY w.employer_id, e.id
"""


async def tell(
    driver: Driver, *, after: date, until: date, days: int, now: datetime, status: str, limit: int
) -> list[Ending]:
    """Note and answer the certificates of a status that end after one day and not after another, each once.

    One that another certificate of its trade carries on is left out.
    """
    rows = await driver.fetch(TELL, after, until, days, now, status, limit)
    return [Ending(*row) for row in rows]
