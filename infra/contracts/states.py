"""State diagrams in the service READMEs, drawn from the tables in `states.py` (design rule 2).

A README says where with `<!-- states:orders -->` and `<!-- /states -->`; what stands between is generated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.contracts import describe
from infra.contracts.paths import EVERYONE

MARKED = re.compile(r"(<!-- states:(?P<aggregate>[a-z_]+) -->\n).*?(<!-- /states -->)", re.DOTALL)


def diagram(machine: dict[str, Any]) -> str:
    """One machine as Mermaid: an arrow per transition, a final arrow from each state that allows nothing."""
    transitions: list[list[str]] = machine["transitions"]
    leaving = {source for source, _, _ in transitions}
    ends = sorted({target for _, _, target in transitions} - leaving)
    lines = [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {machine['initial']}",
        *(f"    {source} --> {target}: {verb}" for source, verb, target in transitions),
        *(f"    {end} --> [*]" for end in ends),
        "```",
    ]
    return "\n".join(lines)


def fill(text: str, machines: dict[str, list[dict[str, Any]]], name: str) -> str:
    """A README with its diagrams drawn afresh.

    RuntimeError when it has a place for an aggregate without states, or none for an aggregate with them.
    """
    marked = [match["aggregate"] for match in MARKED.finditer(text)]
    if sorted(marked) != sorted(machines):
        places = f"marks diagrams for {sorted(marked)}, states.py stand in {sorted(machines)}"
        raise RuntimeError(f"{name} {places}")

    def drawn(match: re.Match[str]) -> str:
        diagrams = "\n\n".join(diagram(machine) for machine in machines[match["aggregate"]])
        return f"{match[1]}{diagrams}\n{match[3]}"

    return MARKED.sub(drawn, text)


def render() -> dict[Path, str]:
    """Every service README with its diagrams."""
    readmes: dict[Path, str] = {}
    for service in EVERYONE:
        path = service.home / "README.md"
        if not path.is_file():
            raise RuntimeError(f"{service.folder}/README.md is missing")
        machines = describe.all_services()[service.package]["machines"]
        readmes[path] = fill(path.read_text(encoding="utf-8"), machines, f"{service.folder}/README.md")
    return readmes


def owned() -> Iterable[Path]:
    """Nothing: a README belongs to people, only what stands between the markers is generated."""
    return ()
