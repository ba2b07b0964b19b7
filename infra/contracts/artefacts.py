"""A generated file is right when generating it again changes nothing: the mechanics of gen and of drift."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.contracts.paths import ROOT

SHOWN_LINES = 20
"""How much of a difference is printed before it is cut."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something that is generated: `render` gives every file's text, `owned` the files that stand there."""

    name: str
    render: Callable[[], dict[Path, str]]
    owned: Callable[[], Iterable[Path]]


def drift(artefact: Artefact) -> list[str]:
    """What differs between the tree and a fresh generation, as text for a person; empty when nothing does."""
    wanted = artefact.render()
    found: list[str] = []
    for path, text in sorted(wanted.items()):
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        if before != text:
            found.append(_difference(path, before, text))
    stale = sorted(set(artefact.owned()) - set(wanted))
    return found + [f"{path.relative_to(ROOT)}: nothing generates this any more" for path in stale]


def write(artefact: Artefact) -> list[Path]:
    """Bring the tree up to date; answers the files that changed or went."""
    wanted = artefact.render()
    changed: list[Path] = []
    for path, text in sorted(wanted.items()):
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    for path in sorted(set(artefact.owned()) - set(wanted)):
        path.unlink()
        changed.append(path)
    return changed


def _difference(path: Path, before: str, after: str) -> str:
    name = str(path.relative_to(ROOT))
    names = (f"{name} (committed)", f"{name} (generated)")
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="", n=1))
    cut = [] if len(lines) <= SHOWN_LINES else [f"… {len(lines) - SHOWN_LINES} more lines"]
    return "\n".join([*lines[:SHOWN_LINES], *cut])
