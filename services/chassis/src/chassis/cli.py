"""The commands of a service: `python -m <package> serve | migrate | openapi | replay | dead-letters | jobs | …`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import uvloop

from chassis import inbox, jobs, logs, migrations, outbox, process
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identity import service_principal
from chassis.runtime import Service
from chassis.settings import MigrationSettings
from chassis.work import Works


def main(service: Service, arguments: list[str] | None = None) -> None:
    """Run one command; exits non-zero with a message on a wrong call."""
    options = _parser(service).parse_args(arguments)
    handler: Callable[[Service, argparse.Namespace], None] = options.handler
    handler(service, options)


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.package}", description=service.title)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("serve", help="run the service").set_defaults(handler=_serve)
    commands.add_parser("migrate", help="bring the database to the newest version").set_defaults(handler=_migrate)
    commands.add_parser("openapi", help="print the OpenAPI document").set_defaults(handler=_openapi)
    revision = commands.add_parser("revision", help="write a migration from the models")
    revision.add_argument("number")
    revision.add_argument("message")
    revision.set_defaults(handler=_revision)
    replay = commands.add_parser("replay", help="publish facts of the outbox again")
    replay.add_argument("--from", dest="since", type=datetime.fromisoformat, help="instant with offset")
    replay.add_argument("--subject")
    replay.set_defaults(handler=_replay)
    letters = commands.add_parser("dead-letters", help="facts whose handler failed")
    letters.add_argument("action", choices=("list", "replay"))
    letters.add_argument("--id", dest="event_id", type=UUID, help="one event; all without it")
    letters.set_defaults(handler=_dead_letters)
    parked = commands.add_parser("jobs", help="durable jobs that kept failing")
    parked.add_argument("action", choices=("list", "retry"))
    parked.add_argument("--id", dest="job_id", type=int, help="one job; all without it")
    parked.set_defaults(handler=_jobs)
    return parser


def _serve(service: Service, _: argparse.Namespace) -> None:
    uvloop.run(process.serve(service))


def _migrate(service: Service, _: argparse.Namespace) -> None:
    settings = MigrationSettings()
    logs.configure(service.name, "INFO")
    migrations.upgrade(service, settings.migration_database_url.get_secret_value(), settings.runtime_role)


def _revision(service: Service, options: argparse.Namespace) -> None:
    settings = MigrationSettings()
    url = settings.migration_database_url.get_secret_value()
    migrations.revision(service, url, settings.runtime_role, options.message, options.number)


def _openapi(service: Service, _: argparse.Namespace) -> None:
    sys.stdout.buffer.write(process.openapi_document(service))


def _replay(service: Service, options: argparse.Namespace) -> None:
    async def run(database: Database) -> dict[str, int]:
        async with database.driver() as connection:
            return {"replayed": await outbox.replay(connection, since=options.since, subject=options.subject)}

    _with_database(service, run)


def _dead_letters(service: Service, options: argparse.Namespace) -> None:
    async def run(database: Database) -> Any:
        if options.action == "list":
            async with database.driver() as connection:
                return await inbox.list_dead(connection)
        works = Works(database, SystemClock(), jobs.enqueue)
        principal = service_principal(service.name)
        return await inbox.replay_dead(works, principal, service.subscriptions, options.event_id)

    _with_database(service, run)


def _jobs(service: Service, options: argparse.Namespace) -> None:
    async def run(database: Database) -> Any:
        async with database.driver() as connection:
            if options.action == "list":
                return await jobs.parked(connection)
            return {"retried": await jobs.retry_parked(connection, options.job_id)}

    _with_database(service, run)


def _with_database(service: Service, run: Callable[[Database], Awaitable[Any]]) -> None:
    async def connected() -> Any:
        settings = process.DatabaseSettings()
        database = Database(settings.database_url.get_secret_value(), size=2, name=f"{service.name}-cli")
        try:
            return await run(database)
        finally:
            await database.close()

    sys.stdout.buffer.write(orjson.dumps(asyncio.run(connected()), option=orjson.OPT_INDENT_2) + b"\n")
