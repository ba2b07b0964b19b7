"""Bring the services' databases up to date, all at once, and only when there is something new."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence

from infra.contracts.paths import ROOT, Service
from infra.local import processes, tools
from infra.local.console import Console
from infra.places import POSTGRES
from infra.postgres import DatabaseAddresses

STAMP = POSTGRES / "migrated.json"  # beside the data: whoever removes the one removes the other
SHARED = ROOT / "services" / "chassis" / "src" / "chassis"


def fingerprint(service: Service) -> str:
    """Hash of the service's migrations and of the chassis' part in them."""
    own = sorted((service.home / "migrations").rglob("*.py"))
    shared = [SHARED / "migrations.py", *sorted((SHARED / "schema").rglob("*"))]
    digest = hashlib.sha256()
    for path in (*own, *(each for each in shared if each.is_file())):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


async def migrate(
    services: Sequence[Service], databases: Mapping[str, DatabaseAddresses], console: Console, *, always: bool
) -> None:
    """Run each service's `migrate`; without `always` those are left out that have nothing new since the last time.

    Raises:
        StartError: one of them failed; the others are finished first.
    """
    done: dict[str, str] = json.loads(STAMP.read_text(encoding="ascii")) if STAMP.exists() else {}
    wanted = {service.name: fingerprint(service) for service in services}
    new = [service for service in services if always or done.get(service.name) != wanted[service.name]]
    if not new:
        console.say("migrate", "every database is up to date")
        return
    results = await asyncio.gather(
        *(_one(service, databases[service.package], console) for service in new), return_exceptions=True
    )
    failures = [result for result in results if isinstance(result, BaseException)]
    done |= {each.name: wanted[each.name] for each, result in zip(new, results, strict=True) if result is None}
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(json.dumps(done), encoding="ascii")
    if failures:
        raise failures[0]


async def _one(service: Service, database: DatabaseAddresses, console: Console) -> None:
    await tools.run(processes.migrate(service, database), console, aloud=False)
    console.say("migrate", f"{service.name} is up to date")
