"""The layout of design.md: the same file names in every aggregate and service, so a newcomer finds the way.

What an aggregate needs beside the usual files is listed here with its reason, one line each.
"""

from pathlib import PurePosixPath

import pytest

from infra.contracts.paths import EVERYONE, GATEWAY, SERVICES, Service
from tests.architecture.tree import Source, aggregate, committed, sample, services, violations

SLICE = {
    "__init__.py", "models.py", "states.py", "rules.py", "schemas.py", "repository.py", "service.py", "endpoints.py",
    "rpc.py", "handlers.py", "events.py", "errors.py",
}  # fmt: skip
TOP = {
    "__init__.py", "__main__.py", "app.py", "api.py", "rpc.py", "subscriptions.py", "jobs.py", "permissions.py",
    "settings.py", "models.py", "values.py",
}  # fmt: skip
REQUIRED = TOP - {"models.py", "values.py"}
HOME = {"README.md", "pyproject.toml", "openapi.json"}

EXTRAS = {
    "labour/evidence/rulebook.py": "reader of the rules that a law or a city can change (rule 13)",
    "equipment_leasing/machines/rulebook.py": "reader of the rules that a law can change (rule 13)",
    "equipment_leasing/telematics/reader.py": "reader of a foreign file format (AEMP 2.0, two dialects)",
    "gateway/access/__init__.py": "the folder of what the gateway owns",
    "gateway/access/secrets.py": "encryption of secrets at rest, for every aggregate of access",
    "gateway/access/values.py": "values that several aggregates of access take in",
    "labour/assignments/gates.py": "each gate by itself; `rules.py` says how they are asked together",
    "labour/attendance/rulebook.py": "reader of the rules that a law can change (rule 13)",
    "procurement/materials/exchange.py": "reader and writer of a foreign file format",
    "labour/payouts/bank_file.py": "writer and reader of files to and from a bank",
    "labour/privacy/rulebook.py": "reader of the rules that a law can change, and of what is personal (rule 13)",
    "labour/payrolls/rulebook.py": "reader of the rules that a law can change (rule 13)",
    "procurement/sealing.py": "envelope encryption of sealed quotes, for settings and quotes",
    "procurement/ubl/document.py": "reader and writer of a foreign file format (UBL 2.1)",
    "procurement/ubl/invoice.py": "invoices in the words of that format",
    "project_mgmt/projects/codes.py": "code tables that a city can change are data (rule 13)",
    "project_mgmt/wbs/mspdi.py": "reader of a foreign file format",
}
NO_USE_CASES = {
    "services/labour/src/labour/codes": "national code tables: read, changed by no verb",
}


def rule(source: Source) -> list[str]:
    """Every file stands where the layout has a place for it."""
    parts = source.path.parts
    inner = "/".join(parts[parts.index("src") + 1 :])
    if inner in EXTRAS or source.below("gateway/src/gateway/edge"):
        return []
    slice_ = aggregate(source)
    if slice_ is None:
        known = parts[-2] == "clients" or (len(PurePosixPath(inner).parts) == 2 and parts[-1] in TOP)
        return [] if known else [source.at(1, "no such file in a service's folder (design.md, Layout)")]
    depth = len(PurePosixPath(inner).parts) - len(slice_[1].split(".")) - 1
    if (depth == 1 and parts[-1] in SLICE) or (depth == 2 and parts[-2] == "commands"):
        return []
    return [source.at(1, f"{parts[-1]} is no file of an aggregate (design.md, Layout)")]


def missing(service: Service, files: frozenset[str]) -> list[str]:
    """What a service's folder lacks; the gateway has no gRPC door and nothing to say on subscriptions."""
    needed = REQUIRED - {"rpc.py", "subscriptions.py"} if service == GATEWAY else REQUIRED
    wanted = {f"{service.folder}/{name}" for name in HOME}
    wanted |= {f"{service.folder}/src/{service.package}/{name}" for name in needed}
    lacking = sorted(wanted - files)
    if not any(name.startswith(f"{service.folder}/migrations/") for name in files):
        lacking.append(f"{service.folder}/migrations/")
    return lacking


def empty_slices(files: frozenset[str]) -> list[str]:
    """Aggregate folders without a use case: an aggregate is complete or not there."""
    found = []
    for service in SERVICES:
        root = f"{service.folder}/src/{service.package}/"
        folders = {name[len(root) :].partition("/")[0] for name in files if name.startswith(root)}
        for folder in sorted(name for name in folders if "." not in name and name != "clients"):
            doing = {f"{root}{folder}/service.py", f"{root}{folder}/handlers.py"}
            if not doing & files and f"{root}{folder}" not in NO_USE_CASES:
                found.append(f"{root}{folder}: no service.py and no handlers.py")
    return found


def test_every_file_stands_where_the_layout_has_a_place() -> None:
    assert violations(rule, services()) == ""


@pytest.mark.parametrize("service", EVERYONE, ids=lambda service: service.name)
def test_no_service_lacks_a_page(service: Service) -> None:
    assert missing(service, frozenset(map(str, committed()))) == []


def test_no_aggregate_is_empty() -> None:
    assert empty_slices(frozenset(map(str, committed()))) == []


@pytest.mark.parametrize(
    "path",
    [
        "services/procurement/src/procurement/orders/helpers.py",
        "services/procurement/src/procurement/orders/more/service.py",
        "services/procurement/src/procurement/utils.py",
        "services/labour/src/labour/workers/crypto.py",
        "gateway/src/gateway/access/members/client.py",
    ],
)
def test_a_file_without_a_place_is_found(path: str) -> None:
    assert len(rule(sample("", path))) == 1


@pytest.mark.parametrize(
    "path",
    [
        "services/procurement/src/procurement/orders/commands/approve.py",
        "services/procurement/src/procurement/clients/projects.py",
        "services/procurement/src/procurement/permissions.py",
        "gateway/src/gateway/access/members/service.py",
    ],
)
def test_a_file_of_the_layout_is_fine(path: str) -> None:
    assert rule(sample("", path)) == []


def test_a_lacking_page_is_found() -> None:
    everything = {f"{SERVICES[0].folder}/{name}" for name in HOME} | {f"{SERVICES[0].folder}/migrations/0001.py"}
    everything |= {f"{SERVICES[0].folder}/src/{SERVICES[0].package}/{name}" for name in REQUIRED}
    assert missing(SERVICES[0], frozenset(everything)) == []
    page = f"{SERVICES[0].folder}/src/{SERVICES[0].package}/permissions.py"
    assert missing(SERVICES[0], frozenset(everything - {page})) == [page]
    migration = f"{SERVICES[0].folder}/migrations/0001.py"
    assert missing(SERVICES[0], frozenset(everything - {migration})) == [f"{SERVICES[0].folder}/migrations/"]


def test_an_empty_slice_is_found() -> None:
    root = "services/labour/src/labour/training"
    assert len(empty_slices(frozenset({f"{root}/__init__.py", f"{root}/models.py"}))) == 1
    assert empty_slices(frozenset({f"{root}/handlers.py"})) == []


def test_every_extra_is_there_and_has_a_reason() -> None:
    standing = {str(path).partition("/src/")[2] for path in committed()}
    assert {name for name in EXTRAS if name not in standing} == set()
    assert {folder for folder in NO_USE_CASES if not any(p.is_relative_to(folder) for p in committed())} == set()
