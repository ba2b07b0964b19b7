"""`python -m infra.contracts gen|check`, which is what `make gen` and `make check` run."""

from __future__ import annotations

import sys

from rich.console import Console

from infra.contracts import artefacts, check, generators
from infra.contracts.paths import ROOT


def gen(console: Console) -> int:
    """Rewrite what is generated and name what changed; 1 when a generator could not run."""
    failed = 0
    for artefact in generators.ALL:
        try:
            changed = artefacts.write(artefact)
        except RuntimeError as error:
            failed = 1
            console.print(f"[red]✗[/red] {artefact.name}")
            console.print(str(error), markup=False, highlight=False)
            continue
        console.print(f"[green]✓[/green] {artefact.name}: {len(changed)} files changed")
        for path in changed:
            console.print(f"  {path.relative_to(ROOT)}", highlight=False)
    return failed


def main(arguments: list[str]) -> int:
    """Dispatch; 2 for anything that is not a command."""
    commands = {"gen": gen, "check": check.main}
    console = Console()
    if len(arguments) != 1 or arguments[0] not in commands:
        console.print("python -m infra.contracts gen|check", markup=False)
        return 2
    return commands[arguments[0]](console)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
