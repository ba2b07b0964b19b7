"""The parts of the local stack that need no stack: secrets, ports, stack.json, the supervisor, who is told what."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra import programs
from infra.contracts.paths import GATEWAY, SERVICES
from infra.local import control, migrations, ports, processes, stack_file, supervisor, tools
from infra.local.components import Components
from infra.local.console import Console, is_loud
from infra.local.control import AlreadyRunningError
from infra.local.processes import Surroundings
from infra.local.secret_store import SecretStore
from infra.local.settings import StackSettings
from infra.local.supervisor import Supervised
from infra.nats import Credentials
from infra.postgres import DatabaseAddresses
from infra.programs import LOOPBACK, Program, StartError

SETTINGS = StackSettings()
SERVES = textwrap.dedent(
    """
    import http.server, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """
)


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Away from the stack that may be running in this checkout."""
    for module in (control, supervisor):
        monkeypatch.setattr(module, "RUN", tmp_path)
        monkeypatch.setattr(module, "HELD", tmp_path / "held")
    monkeypatch.setattr(supervisor, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(control, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(control, "STATE", tmp_path / "state.json")
    return tmp_path


def supervised(name: str, *command: str, changes: list[str] | None = None, port: int | None = None) -> Supervised:
    async def ready() -> bool:
        return port is None or await asyncio.to_thread(programs.listens, port)

    noted = changes if changes is not None else []
    return Supervised(
        Program(name, (sys.executable, "-c", *command)), ready, Console(), lambda: noted.append(name), seconds=20
    )


async def until(condition: Any, seconds: float = 15) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.05)


def test_secrets_are_drawn_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    store = SecretStore(path)
    drawn = store.token("a"), store.key("b"), store.identifier("c")
    assert len(store.text("d", 32)) == 32
    assert len({store.token("a"), store.token("other")}) == 2
    again = SecretStore(path)
    assert (again.token("a"), again.key("b"), again.identifier("c")) == drawn
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_left_to_its_owner() -> None:
    with socket.create_server((LOOPBACK, 0)) as somebody:
        taken = somebody.getsockname()[1]
        chosen = ports.choose(SETTINGS.model_copy(update={"postgres_port": taken, "nats_port": taken}))
    everything = [
        *(chosen.postgres, chosen.nats, chosen.keycloak, chosen.keycloak_management, chosen.authority),
        *chosen.rest.values(),
        *chosen.grpc.values(),
    ]
    assert taken not in everything
    assert len(set(everything)) == len(everything)
    chosen.release()


def test_two_stacks_that_start_together_share_no_port() -> None:
    one, other = ports.choose(SETTINGS), ports.choose(SETTINGS)
    assert not {*one.rest.values(), *one.grpc.values(), one.keycloak} & {*other.rest.values(), *other.grpc.values()}
    one.release()
    other.release()


def test_stack_json_keeps_what_the_demo_added(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    operator = {"id": "1", "name": "运营"}
    stack_file.write_addresses({"gateway": {"url": "http://one"}}, operator, path)
    stack_file.update_organisations({"contractor": {"id": "2"}}, path)
    stack_file.write_addresses({"gateway": {"url": "http://two"}}, operator, path)
    found = stack_file.read(path)
    assert found["gateway"] == {"url": "http://two"}
    assert found["demo"]["organisations"] == {"operator": operator, "contractor": {"id": "2"}}
    assert path.stat().st_mode & 0o777 == 0o600


def test_there_is_one_supervisor(run_folder: Path) -> None:
    assert control.running_pid() is None
    with control.only_one(4711):
        assert control.running_pid() == 4711
        with pytest.raises(AlreadyRunningError), control.only_one(4712):
            pass
    assert control.running_pid() is None
    control.LOCK.write_text("4711", encoding="ascii")  # what a killed one leaves behind
    assert control.running_pid() is None


def test_a_name_to_hold_is_no_path(run_folder: Path) -> None:
    with pytest.raises(ValueError, match="no part of the stack"):
        control.hold("../../etc/passwd")


async def test_what_dies_is_started_again(run_folder: Path) -> None:
    port = programs.free_port()
    changes: list[str] = []
    web = supervised("web", SERVES, str(port), changes=changes, port=port)
    await web.start()
    await web.wait()
    first = web.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: web.pid not in (None, first) and programs.listens(port))
    assert web.restarts == 1
    assert changes
    await web.stop()
    assert web.pid is None
    assert not programs.listens(port)


async def test_what_is_held_stays_stopped_until_released(run_folder: Path) -> None:
    port = programs.free_port()
    web = supervised("web", SERVES, str(port), port=port)
    await web.start()
    await web.wait()
    control.hold("web")
    await until(lambda: web.pid is None)
    await asyncio.sleep(1)
    assert web.pid is None
    control.release("web")
    await until(lambda: programs.listens(port))
    await web.stop()


async def test_a_start_that_fails_shows_the_end_of_the_log(run_folder: Path) -> None:
    broken = supervised("broken", "raise SystemExit('the disk is full')", port=programs.free_port())
    await broken.start()
    with pytest.raises(StartError, match="the disk is full"):
        await broken.wait()


async def test_who_does_not_end_in_time_is_killed(run_folder: Path) -> None:
    deaf = supervised("deaf", "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    deaf.stop_seconds = 0.5
    await deaf.start()
    await asyncio.sleep(0.5)
    began = time.monotonic()
    await deaf.stop()
    assert time.monotonic() - began < 5
    assert deaf.pid is None


def test_a_program_ends_with_whoever_started_it(tmp_path: Path) -> None:
    port = programs.free_port()
    script = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from infra import programs
        from infra.programs import Program
        programs.start(Program("web", (sys.executable, "-c", {SERVES!r}, "{port}")), Path({str(tmp_path / "log")!r}))
        time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        give_up = time.monotonic() + 20
        while not programs.listens(port):
            assert time.monotonic() < give_up
            time.sleep(0.05)
        parent.kill()
    give_up = time.monotonic() + 10
    while programs.listens(port):
        assert time.monotonic() < give_up
        time.sleep(0.05)


async def test_a_tool_that_fails_says_what_it_said() -> None:
    failing = Program("failing", (sys.executable, "-c", "import sys; print('half way'); sys.exit('no space left')"))
    with pytest.raises(StartError, match=r"(?s)code 1.*half way.*no space left"):
        await tools.run(failing, Console(), aloud=False)


@pytest.mark.parametrize(
    ("line", "loud"),
    [
        ('{"level":"info","event":"ERROR [ is only text"}', False),
        ('{"level":"warning","event":"consumer.failed"}', True),
        ('{"level":"error","event":"x"}', True),
        ("{not json", False),
        ("2026-11-23 02:28:21 UTC [1] ERROR:  relation does not exist", False),
        ("2026-11-23 02:28:21 UTC [1] FATAL:  out of memory", True),
        ("2026-11-23 02:28:21,1 ERROR [org.keycloak.services] (main) x", True),
        ("[1] 2026/11/23 02:28:16 [ERR] disk", True),
        ("[1] 2026/11/23 02:28:16 [INF] ready", False),
    ],
)
def test_trouble_is_shown_and_chatter_is_not(line: str, loud: bool) -> None:
    assert is_loud(line) is loud


def surroundings(tmp_path: Path) -> Surroundings:
    everyone = (*SERVICES, GATEWAY)
    chosen = ports.choose(SETTINGS)
    chosen.release()
    return Surroundings(
        chosen,
        {each.package: DatabaseAddresses(each.package, "owner-url", "runtime-url", "role") for each in everyone},
        "nats://127.0.0.1:4222",
        {each.name: Credentials(each.name, f"{each.name}-nats") for each in everyone},
        "http://127.0.0.1:8080",
        SecretStore(tmp_path / "secrets.json"),
        {"national": "http://127.0.0.1:8090/national"},
    )


def test_each_process_is_told_its_own_secrets_only(tmp_path: Path) -> None:
    around = surroundings(tmp_path)
    told = {each.name: processes.serve(each, around).environment for each in (*SERVICES, GATEWAY)}
    for name, environment in told.items():
        text = " ".join(environment.values())
        assert "owner-url" not in text
        assert environment["ZHULIAN_REST_HOST"] == LOOPBACK
        others = [other for other in told if other != name]
        assert not any(told[other]["ZHULIAN_CLIENT_SECRET"] in text for other in others)
        assert not any(told[other]["ZHULIAN_NATS_PASSWORD"] in text for other in others)
    assert told["labour"]["ZHULIAN_BLIND_INDEX_KEY"] != told["procurement"]["ZHULIAN_BLIND_INDEX_KEY"]
    assert "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_SECRET" in told["gateway"]
    assert {name for name, environment in told.items() if "ZHULIAN_AUTHORITIES" in environment} == {"labour"}
    assert "ZHULIAN_GRPC_PORT" not in told["gateway"]
    assert len({told[name]["ZHULIAN_ENCRYPTION_KEYS"] for name in ("gateway", "labour", "procurement")}) == 3


def test_labour_files_where_the_environment_says_when_it_says_so(tmp_path: Path) -> None:
    around = replace(surroundings(tmp_path), authorities={})  # as the stack leaves it then
    labour = processes.serve(processes.LABOUR, around)
    assert "ZHULIAN_AUTHORITIES" not in labour.environment
    settings = StackSettings(authorities={"national": "https://platform.example/open/api"})
    components = Components(settings, around.secrets, around.ports, Console(), lambda: None)
    asyncio.run(components.start_authority())
    assert components.running == {}
    assert components.authorities == {}


def test_addresses_of_outside_components_stay_with_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHULIAN_EXTERNAL_POSTGRES_URL", "postgresql://admin:secret@db:5432")
    monkeypatch.setenv("ZHULIAN_LOG_LEVEL", "DEBUG")
    environment = Program("x", ("true",)).full_environment()
    assert "ZHULIAN_EXTERNAL_POSTGRES_URL" not in environment
    assert environment["ZHULIAN_LOG_LEVEL"] == "DEBUG"


def test_an_outside_component_without_its_password_is_refused() -> None:
    for component in ("nats", "keycloak"):
        with pytest.raises(ValidationError, match="PASSWORD"):
            StackSettings.model_validate({f"external_{component}_url": "http://elsewhere"})


def test_a_process_that_nobody_knows_cannot_be_chosen() -> None:
    assert [each.name for each in processes.present(["labour"])] == ["labour"]
    with pytest.raises(ValueError, match="accounting"):
        processes.present(["accounting"])


def test_a_changed_migration_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    monkeypatch.setattr("infra.contracts.paths.ROOT", tmp_path)
    monkeypatch.setattr(migrations, "SHARED", tmp_path / "chassis")
    versions = tmp_path / "services" / "x" / "migrations" / "versions"
    (tmp_path / "chassis" / "schema").mkdir(parents=True)
    (tmp_path / "chassis" / "migrations.py").touch()
    versions.mkdir(parents=True)
    (versions / "0001.py").write_text("one", encoding="ascii")
    service = replace(SERVICES[0], folder="services/x")
    before = migrations.fingerprint(service)
    assert migrations.fingerprint(service) == before
    (versions / "0002.py").write_text("two", encoding="ascii")
    after = migrations.fingerprint(service)
    assert after != before
    (tmp_path / "chassis" / "schema" / "v2.sql").write_text("three", encoding="ascii")
    assert migrations.fingerprint(service) != after


def test_every_setting_stands_in_the_example() -> None:
    """`.env.example` is the one list of all settings, those of the stack and those that it gives to the processes."""
    from chassis.settings import Environment

    for package in ("procurement", "labour", "project_mgmt", "equipment_leasing", "gateway"):
        import_module(f"{package}.settings")
    known: set[str] = {f"ZHULIAN_{name.upper()}" for name in (*StackSettings.model_fields, "local")}
    waiting = [Environment]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.split(".")[0] in ("chassis", "gateway", *(each.package for each in SERVICES)):
            for name, field in kind.model_fields.items():
                alias = field.validation_alias
                known.add(alias if isinstance(alias, str) else f"ZHULIAN_{name.upper()}")
    example = Path(__file__).parents[2] / ".env.example"
    lines = example.read_text(encoding="utf-8").splitlines()
    listed = {line.removeprefix("# ").split("=", 1)[0] for line in lines if "=" in line}
    assert known - listed == set()
    assert {name for name in listed if name.startswith(("ZHULIAN_", "OTEL_"))} - known == set()
