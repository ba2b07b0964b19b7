"""Design rule 3: one transaction per request, committed at the edge. `commit(` stands only in the chassis."""

import re

import pytest

from tests.architecture.tree import CHASSIS, PACKAGES, Source, production, sample, violations

STATEMENT = re.compile(r"\s*(COMMIT|BEGIN|ROLLBACK|START)(\s+(WORK|TRANSACTION)\b.*)?[\s;]*", re.IGNORECASE)
OURS = tuple(f"{package}." for package in PACKAGES)
"""`budgets.service.commit(…)` commits budget, not a transaction."""
ENDING = {"commit", "rollback", "begin", "begin_nested"}


def rule(source: Source) -> list[str]:
    """Transactions begin and end in the chassis; infra makes databases and roles, which is no request."""
    if source.below(CHASSIS, "infra"):
        return []
    calls = [
        source.at(node, f"{name.rpartition('.')[2]}( belongs to the chassis: the edge ends the transaction")
        for node, name in source.calls()
        if name.rpartition(".")[2] in ENDING and not name.startswith(OURS)
    ]
    statements = [
        source.at(node, "a statement that begins or ends a transaction belongs to the chassis")
        for node in source.strings()
        if STATEMENT.fullmatch(str(node.value)) and str(node.value).isupper()
    ]
    return calls + statements


def test_the_tree_keeps_it() -> None:
    assert violations(rule, production()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "async def approve(session):\n    await session.commit()\n",
        "async def approve(work):\n    await (await work.driver()).execute('COMMIT')\n",
        "async def approve(session):\n    async with session.begin():\n        pass\n",
        "async def approve(session):\n    await session.rollback()\n",
    ],
)
def test_it_bites(text: str) -> None:
    assert len(rule(sample(text))) == 1


def test_the_chassis_may() -> None:
    assert rule(sample("await session.commit()", f"{CHASSIS}/work.py")) == []


def test_a_budget_is_committed_over_grpc() -> None:
    assert rule(sample("await projects.commit_budget(order.id)")) == []
    text = "from project_mgmt.budgets import service\nawait service.commit(work, command)"
    assert rule(sample(text, "services/project-mgmt/src/project_mgmt/budgets/rpc.py")) == []
