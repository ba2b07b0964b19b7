"""The ledger of wages is anonymised when its time is over, by the owner's function; until then its names do not change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from chassis.migrations import script

revision = "0014"
down_revision = "0013"

# Who was paid, and to which card, is written once. The service may change neither: what a bug or an intruder under its
# role writes there is refused, while the columns that its verbs change stay as they are, with those to come.
KEPT = {
    "payroll_lines": "worker_name",
    "payroll_signatures": "code_sent_to, address_hash, user_agent, file_id",
    "payout_rows": "payee_name, card, card_masked, bank_code",
    "payees": "name, card, card_masked, bank_code, file_id",
}

# Runs as the migrations' role. It opens nothing but what it is for: one worker, all of whose wages are paid, and were
# paid before the day that the caller gives: the caller knows the clock (design rule 18) and the years (data, rule 13).
ANONYMISE = """
CREATE FUNCTION keep_wage_ledger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = '@runtime@' THEN
    RAISE EXCEPTION 'the ledger of wages is kept: %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION anonymise_wages(of_worker uuid, paid_before date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT FROM payroll_lines l JOIN payrolls p ON p.id = l.payroll_id
             WHERE l.worker_id = of_worker AND p.state <> 'cancelled'
               AND (l.state NOT IN ('approved', 'paid') OR (l.paid_on IS NULL AND l.net > 0)
                    OR coalesce(l.paid_on, l.month) >= paid_before)) THEN
    RAISE EXCEPTION 'wages of % are not all paid before %', of_worker, paid_before
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE wage_entries SET note = '' WHERE subject_id IN (SELECT id FROM payout_rows WHERE worker_id = of_worker);
  UPDATE payout_rows SET payee_name = '', card = '', card_masked = '', bank_code = '', reason = ''
  WHERE worker_id = of_worker;
  UPDATE payees SET name = '', card = '', card_masked = '', bank_code = '', reason = '', file_id = NULL
  WHERE worker_id = of_worker;
  UPDATE payroll_items SET note = '' WHERE line_id IN (SELECT id FROM payroll_lines WHERE worker_id = of_worker);
  UPDATE payroll_objections SET reason = '', answer = CASE WHEN answer = '' THEN '' ELSE '-' END
  WHERE worker_id = of_worker;
  UPDATE payroll_signatures SET code_sent_to = '', address_hash = NULL, user_agent = '', reason = '', file_id = NULL,
    void_reason = CASE WHEN void_reason = '' THEN '' ELSE '-' END
  WHERE worker_id = of_worker;
  UPDATE payroll_lines SET worker_name = '' WHERE worker_id = of_worker;
END $$;
REVOKE ALL ON FUNCTION anonymise_wages(uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION anonymise_wages(uuid, date) TO "@runtime@";
"""


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    role = context.config.attributes["runtime_role"]
    # a paper that is erased leaves the row that it proved
    op.alter_column("payees", "file_id", existing_type=sa.Uuid(), nullable=True)
    op.drop_constraint("payroll_signatures_scan", "payroll_signatures", type_="check")
    op.create_check_constraint("payroll_signatures_scan", "payroll_signatures", "method = 'paper' OR file_id IS NULL")
    script(ANONYMISE.replace("@runtime@", role))
    for table, columns in KEPT.items():
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_wage_ledger()"
        )
