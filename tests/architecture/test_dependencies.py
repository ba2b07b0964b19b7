"""A package says what it needs: its pyproject.toml names the distribution of every foreign module that it imports."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from infra.contracts.paths import EVERYONE, ROOT
from tests.architecture.tree import CHASSIS, PACKAGES, Source, production, sample

OURS = {"chassis", "zhulian", "infra", "tests", *PACKAGES}
FOLDERS = {"services/chassis": CHASSIS, **{service.folder: PACKAGES[service.package] for service in EVERYONE}}


def undeclared(source: Source, declared: set[str], owners: dict[str, list[str]]) -> list[str]:
    """Imports whose distribution is not among the declared ones."""
    found = []
    for node, name in source.imports():
        head = name.partition(".")[0]
        if head in OURS or head in sys.stdlib_module_names:
            continue
        if not {_plain(owner) for owner in owners.get(head, [])} & declared:
            found.append(source.at(node, f"imports {name}, which pyproject.toml does not name"))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ]", name)[0]).lower()


def _declared(folder: str) -> set[str]:
    """What the folder's pyproject names; a service has what the chassis brings with it."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {_plain(name) for name in project["dependencies"]}
    return names | (_declared("services/chassis") if "zhulian-chassis" in names else set())


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_every_import_is_declared(folder: str) -> None:
    owners = dict(packages_distributions())
    declared = _declared(folder)
    mine = [source for source in production() if source.below(FOLDERS[folder])]
    assert "\n".join(line for source in mine for line in undeclared(source, declared, owners)) == ""


def test_an_undeclared_import_is_found() -> None:
    owners = {"yaml": ["PyYAML"], "fastapi": ["fastapi"]}
    source = sample("import yaml\nimport json\nfrom chassis.work import Work\nfrom fastapi import Request")
    assert len(undeclared(source, {"fastapi"}, owners)) == 1
    assert undeclared(source, {"fastapi", "pyyaml"}, owners) == []
