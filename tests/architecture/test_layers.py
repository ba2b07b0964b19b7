"""Design rules 1 and 2, and the direction of imports inside a service.

`endpoints | rpc | handlers → service → repository | events → rules, models → states`. import-linter checks that
for whole chains; here stands what it cannot say: doors stay off the database, states and rules stay pure.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.contracts.paths import ROOT
from tests.architecture.tree import PACKAGES, Source, aggregate, production, sample, services, violations

DOORS = {"endpoints.py", "rpc.py", "handlers.py"}
PURE = {"states.py", "rules.py"}
DATABASE = (
    "sqlalchemy",
    "sqlmodel",
    "asyncpg",
    "chassis.database",
    "chassis.hot",
    "chassis.outbox",
    "chassis.audit",
)
IMPURE = (
    *DATABASE,
    *("chassis.work", "chassis.clock.Clock", "chassis.clock.SystemClock", "chassis.clock.today"),
    *("chassis.http", "chassis.rpc", "chassis.streams", "fastapi", "grpc", "nats", "aiohttp", "httpx"),
    *("os", "random", "secrets", "socket", "subprocess", "time", "asyncio"),
)


def _is(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def doors_only_translate(source: Source) -> list[str]:
    """REST, gRPC and events reach rows through the service alone."""
    if aggregate(source) is None or source.path.name not in DOORS:
        return []
    return [
        source.at(node, f"a door imports {name}: it only translates, the service asks the database")
        for node, name in source.imports()
        if _is(name, DATABASE) or _asks_a_repository(name)
    ]


def _asks_a_repository(name: str) -> bool:
    """The values that a query takes (`OrderFilter`) are no query; the module and its functions are."""
    *path, last = name.split(".")
    return last == "repository" or ("repository" in path and not last[0].isupper())


def states_and_rules_are_pure(source: Source) -> list[str]:
    """Nothing that a test would have to start, wait for or fake; no coroutine."""
    if aggregate(source) is None or source.path.name not in PURE:
        return []
    found = [
        source.at(node, f"{source.path.name} imports {name}: it is pure")
        for node, name in source.imports()
        if _is(name, IMPURE) or "repository" in name.split(".") or "service" in name.split(".")
    ]
    return found + [
        source.at(node, f"{source.path.name} holds a coroutine: it is pure")
        for node in source.walk()
        if isinstance(node, ast.AsyncFunctionDef)
    ]


def meets_another_service(source: Source) -> list[str]:
    """Services meet in proto/ and in the chassis; neither imports one."""
    own = next((package for package, folder in PACKAGES.items() if source.below(folder)), None)
    strangers = set(PACKAGES) - {own}
    return [
        source.at(node, f"imports {name}: services meet in proto/ and the chassis")
        for node, name in source.imports()
        if name.partition(".")[0] in strangers | {"infra", "tests"}
    ]


def test_doors_only_translate() -> None:
    assert violations(doors_only_translate, services()) == ""


def test_states_and_rules_are_pure() -> None:
    assert violations(states_and_rules_are_pure, services()) == ""


def test_services_never_meet() -> None:
    assert violations(meets_another_service, [one for one in production() if not one.below("infra")]) == ""


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.parametrize(
    "line",
    [
        "from procurement.orders import repository",
        "from procurement.orders.repository import get_for_update",
        "from sqlmodel import select",
        "from sqlalchemy.ext.asyncio import AsyncSession",
        "import asyncpg",
    ],
)
def test_a_door_to_the_database_is_found(door: str, line: str) -> None:
    path = f"services/procurement/src/procurement/orders/{door}"
    assert len(doors_only_translate(sample(line, path))) == 1


def test_the_values_of_a_query_are_fine() -> None:
    text = "from procurement.orders.repository import OrderFilter"
    assert doors_only_translate(sample(text, "services/procurement/src/procurement/orders/endpoints.py")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from sqlmodel.ext.asyncio.session import AsyncSession",
        "from chassis.clock import today",
        "from chassis.work import Work",
        "import time",
        "async def allowed() -> bool:\n    return True",
    ],
)
def test_an_impure_rule_is_found(line: str) -> None:
    path = "services/procurement/src/procurement/orders/rules.py"
    assert len(states_and_rules_are_pure(sample(line, path))) == 1


def test_a_rule_over_plain_values_is_fine() -> None:
    text = "from datetime import date\nfrom decimal import Decimal\nfrom procurement.orders.states import State"
    assert states_and_rules_are_pure(sample(text, "services/procurement/src/procurement/orders/rules.py")) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            "services/procurement/src/procurement/orders/service.py",
            "from project_mgmt.budgets import service",
        ),
        ("services/chassis/src/chassis/work.py", "import procurement"),
        ("gateway/src/gateway/edge/routes.py", "from labour.workers.models import Worker"),
        ("services/labour/src/labour/app.py", "from infra.local import stack"),
    ],
)
def test_a_meeting_is_found(path: str, line: str) -> None:
    assert len(meets_another_service(sample(line, path))) == 1


GOOD = {
    "procurement.orders.service": "from procurement.orders import repository, events, models, states",
    "procurement.orders.endpoints": "from procurement.orders import service",
}
BAD = {
    "procurement.orders.repository": "from procurement.orders import service",
    "procurement.orders.models": "from procurement.orders import repository",
    "procurement.orders.states": "from procurement.orders import models",
    "project_mgmt.orders.service": "from project_mgmt.orders import endpoints",
    "project_mgmt.orders.rpc": "from project_mgmt.orders import endpoints",
    "gateway.access.orders.models": "from gateway.access.orders import service",
    "labour.orders.service": "from procurement.orders import rules",
    "chassis.orders.service": "import labour.orders.models",
    "gateway.access.orders.service": "import equipment_leasing.orders.models",
}


def _fake_tree(folder: Path, lines: dict[str, str]) -> None:
    """All packages with one aggregate each; `lines`: module → its one line."""
    for package in ("chassis", *PACKAGES):
        inner = folder / package / ("access/orders" if package == "gateway" else "orders")
        inner.mkdir(parents=True)
        for parent in (folder / package, inner.parent, inner):
            (parent / "__init__.py").touch()
        for name in ("models", "states", "rules", "repository", "events", "service", "endpoints", "rpc", "handlers"):
            (inner / f"{name}.py").touch()
    for module, line in lines.items():
        (folder / (module.replace(".", "/") + ".py")).write_text(line + "\n", encoding="utf-8")


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a folder under the contracts of our own pyproject.toml."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", ROOT / "pyproject.toml", "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_linter_leaves_good_imports_alone(tmp_path: Path) -> None:
    _fake_tree(tmp_path, GOOD)
    done = _lint(tmp_path)
    assert done.returncode == 0, done.stdout


def test_import_linter_bites(tmp_path: Path) -> None:
    _fake_tree(tmp_path, BAD)
    done = _lint(tmp_path)
    assert done.returncode == 1, done.stdout
    said = " ".join(done.stdout.split())
    assert [module for module in BAD if f"- {module} ->" not in said] == []
