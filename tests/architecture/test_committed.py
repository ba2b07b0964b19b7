"""What is committed has to mean the same on every machine: no registry's address, no path of somebody's disk."""

import re
from pathlib import Path

import pytest

from infra.contracts.paths import ROOT
from tests.architecture.tree import committed

REGISTRIES = ("pypi", "pythonhosted", "npmjs", "maven", "golang", "crates", "debian")
HOST = re.compile(rf"\b([a-z0-9-]+\.)*({'|'.join(REGISTRIES)})[a-z]*\.(org|com|io|net)\b", re.IGNORECASE)
INDEX = re.compile(r"--(extra-)?index-url|--find-links|\bindex-url\s*=", re.IGNORECASE)
PLACE = re.compile(r"(?<![A-Za-z0-9_.$}~-])/(work|farm|root|home/[a-z]+|Users/[A-Za-z]+|tmp/(zl|lab))/")
BINARY = {".png", ".ico", ".woff2", ".gz", ".zip", ".pdf", ".ttf"}


def rule(name: str, text: str) -> list[str]:
    """Lines that name a package registry's host, an index or a folder of one machine."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if HOST.search(line) or INDEX.search(line) or PLACE.search(line)
    ]


def test_nothing_of_this_machine_is_committed() -> None:
    found = []
    for path in committed():
        if path.suffix not in BINARY and path.name != Path(__file__).name:
            found += rule(str(path), (ROOT / path).read_text(encoding="utf-8", errors="replace"))
    assert "\n".join(found) == ""


def _host(name: str, end: str) -> str:
    return f"https://files.{name}.{end}/simple"


@pytest.mark.parametrize(
    "line",
    [
        _host("pythonhosted", "org"),
        "registry = " + _host("npmjs", "com"),
        "repo1." + "maven" + ".org",
        "--index-url " + "https://mirror.example",
        "find = '/" + "work" + "/main/services'",
        "sys.path.append('" + "/root/" + "venv')",
        "cp " + "/tmp/lab/" + "req.in .",
    ],
)
def test_it_bites(line: str) -> None:
    assert len(rule("README.md", line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "org.keycloak:keycloak-quarkus-dist:zip",
        "GET /projects/v1/work/items",
        "see docs/work/ and .local/work/",
        "/tmp/zhulian.sock",
    ],
)
def test_ordinary_lines_are_fine(line: str) -> None:
    assert rule("README.md", line) == []
