"""What a service says about itself in code: its facts, what it reads, its timed jobs, its state machines.

`python -m infra.contracts.describe <package>` prints it as JSON. Each service is described in a process of
its own, because SQLModel keeps one registry of tables per process and two services may name a table alike.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import ModuleType
from typing import Any

from chassis.jobs import Job
from chassis.rpc.server import callers_of
from chassis.states import StateMachine
from infra.contracts.paths import EVERYONE

Description = dict[str, Any]


@lru_cache(maxsize=1)
def all_services() -> dict[str, Description]:
    """Package → description, for every service; raises RuntimeError when one cannot be imported."""
    packages = [service.package for service in EVERYONE]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(packages, pool.map(_ask, packages), strict=True))


def _ask(package: str) -> Description:
    command = [sys.executable, "-m", "infra.contracts.describe", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-4:])
        raise RuntimeError(f"`python -m infra.contracts.describe {package}` failed:\n{last}")
    description: Description = json.loads(done.stdout)
    return description


def describe(package: str) -> Description:
    """The description of one importable package."""
    modules = list(_modules(package))
    return {
        "subjects": {
            subject: message.DESCRIPTOR.full_name
            for module in modules
            if module.__name__.endswith(".events")
            for subject, message in getattr(module, "SUBJECTS", {}).items()
        },
        "subscriptions": [
            {
                "subject": subscription.subject,
                "durable": subscription.durable,
                "message": subscription.message.DESCRIPTOR.full_name,
                "handler": _name(subscription.handler),
            }
            for subscription in _page(package, "subscriptions").get("SUBSCRIPTIONS", ())
        ],
        "jobs": [_job(job) for job in _page(package, "jobs").get("JOBS", ())],
        "callers": _callers(package),
        "machines": {
            module.__name__.split(".")[-2]: [
                {
                    "name": machine.name,
                    "initial": str(machine.initial),
                    "transitions": [[*map(str, step), str(end)] for step, end in machine.transitions.items()],
                }
                for machine in vars(module).values()
                if isinstance(machine, StateMachine)
            ]
            for module in modules
            if module.__name__.endswith(".states")
        },
    }


def _callers(package: str) -> dict[str, tuple[str, ...]]:
    """Full method name → services that may call it, for every servicer that the package's rpc.py registers."""
    classes = [value for value in _page(package, "rpc").values() if inspect.isclass(value)]
    callers: dict[str, tuple[str, ...]] = {}
    for servicer in classes:
        generated = [base for base in servicer.__mro__ if base.__module__.endswith("_pb2_grpc")]
        part_of_another = any(issubclass(other, servicer) for other in classes if other is not servicer)
        if generated and not part_of_another and servicer not in generated:
            messages = importlib.import_module(generated[-1].__module__.removesuffix("_grpc"))
            directory = generated[-1].__name__.removesuffix("Servicer")
            callers |= callers_of(messages.DESCRIPTOR.services_by_name[directory], servicer)
    return callers


def _modules(package: str) -> Iterator[ModuleType]:
    """Every events.py and states.py of the package."""
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if found.name.endswith((".events", ".states")):
            yield importlib.import_module(found.name)


def _page(package: str, module: str) -> dict[str, Any]:
    """A table of contents of the package; empty for a package without that page."""
    try:
        return vars(importlib.import_module(f"{package}.{module}"))
    except ModuleNotFoundError as error:
        if error.name != f"{package}.{module}":
            raise
        return {}


def _name(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _job(job: Job) -> dict[str, str]:
    what = (inspect.getdoc(job.handler) or "").partition("\n")[0]
    return {"name": job.name, "when": "when due" if job.every is None else f"every {job.every}", "what": what}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe(sys.argv[1])))
