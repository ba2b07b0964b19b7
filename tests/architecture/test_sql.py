"""Design rule 9: who may see what is decided in the repository, so `repository.py` holds the only SQL."""

import ast
import re

import pytest

from tests.architecture.tree import Source, sample, services, violations

BUILDERS = {"select", "insert", "update", "delete", "text", "exists", "union", "union_all", "literal_column"}
LIBRARIES = ("sqlalchemy.", "sqlmodel.")
STATEMENT = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|COPY\s+\w+|TRUNCATE\s|LOCK\s)",
    re.DOTALL,
)
DRIVER = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "exec_driver_sql", "cursor"}
SQL_FILES = {"repository.py", "models.py"}
"""models.py may, for what belongs to a table: CHECKs, server defaults, partial indexes."""


def rule(source: Source) -> list[str]:
    """Statements are built and written in repository.py alone."""
    if source.path.name in SQL_FILES:
        return []
    built = [
        source.at(node, f"{name.rpartition('.')[2]}( is SQL: it belongs into repository.py")
        for node, name in source.calls()
        if name.startswith(LIBRARIES) and name.rpartition(".")[2] in BUILDERS
    ]
    written = [
        source.at(node, "a SQL statement belongs into repository.py")
        for node in source.strings()
        if STATEMENT.match(str(node.value))
    ]
    given = [
        source.at(node, f"{name.rpartition('.')[2]}( with a statement belongs into repository.py")
        for node, name in source.calls()
        if name.rpartition(".")[2] in DRIVER and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]
    return built + written + given


def test_the_tree_keeps_it() -> None:
    assert violations(rule, services()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from sqlmodel import select\nselect(Order)",
        "from sqlalchemy.dialects.postgresql import insert as pg_insert\npg_insert(Order)",
        "import sqlalchemy\nsqlalchemy.text('x')",
        "sql = 'UPDATE orders SET state = $1'",
        "sql = '''\n    SELECT id\n    FROM orders\n'''",
        "sql = f'DELETE FROM {table}'",
        "await connection.fetchval('select 1')",
    ],
)
def test_it_bites(text: str) -> None:
    assert len(rule(sample(text))) == 1


def test_a_repository_may() -> None:
    path = "services/procurement/src/procurement/orders/repository.py"
    assert rule(sample("from sqlmodel import select\nselect(Order)", path)) == []


def test_a_sentence_is_no_statement() -> None:
    assert rule(sample("'Select one of these; update the file, delete nothing from it.'")) == []
