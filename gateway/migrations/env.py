"""Run by alembic."""

from chassis.migrations import run

run()
