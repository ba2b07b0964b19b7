"""The source text that the architecture rules read, and the few questions that all of them ask of it.

A rule is a pure function `(Source) -> list[str]`: it answers a line per violation. That makes each rule
provable with a failing example beside it: `Source(path, text)` does not care whether the file exists.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from infra.contracts.paths import EVERYONE, ROOT, SERVICES

CHASSIS = "services/chassis/src/chassis"
PACKAGES = {service.package: f"{service.folder}/src/{service.package}" for service in EVERYONE}
SLICED = tuple(f"{service.folder}/src/{service.package}" for service in SERVICES)


@dataclass(frozen=True)
class Source:
    """One file: its path below the repository and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text)

    def walk(self) -> Iterator[ast.AST]:
        """Every node of the module."""
        return ast.walk(self.tree)

    def at(self, node: ast.AST | int, message: str) -> str:
        """One violation, as a person wants to read it."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return f"{self.path}:{line}: {message}"

    def below(self, *folders: str) -> bool:
        """Whether the file stands in one of the folders."""
        return any(self.path.is_relative_to(folder) for folder in folders)

    @cached_property
    def imported(self) -> dict[str, str]:
        """Local name → full dotted name, for every import of the module (also those inside functions)."""
        names: dict[str, str] = {}
        for node in self.walk():
            if isinstance(node, ast.Import):
                names |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every imported dotted name with its statement."""
        for node in self.walk():
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

    def strings(self) -> Iterator[ast.Constant]:
        """Every string that is a value; docstrings are not."""
        told = {
            id(node.body[0].value)
            for node in self.walk()
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in self.walk():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield node

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the dotted name of what is called; imported names are given in full."""
        for node in self.walk():
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                head, dot, rest = name.partition(".")
                yield node, self.imported.get(head, head) + dot + rest


Rule = Callable[[Source], list[str]]


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression; what is not a plain name becomes `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def sample(text: str, path: str = "services/procurement/src/procurement/orders/service.py") -> Source:
    """A file that does not exist, for a rule's failing example."""
    return Source(PurePosixPath(path), text)


@lru_cache(maxsize=1)
def committed() -> tuple[PurePosixPath, ...]:
    """Every file that git follows or would follow: rules hold for what is about to be committed, too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (PurePosixPath(name) for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if Path(ROOT, path).is_file()))


@lru_cache(maxsize=1)
def python() -> tuple[Source, ...]:
    """All Python that people wrote: what is generated is left out."""
    return tuple(
        Source(path, (ROOT / path).read_text(encoding="utf-8"))
        for path in committed()
        if path.suffix == ".py" and not path.is_relative_to("proto/gen")
    )


def production() -> tuple[Source, ...]:
    """Services, gateway, chassis and infra, migrations left out."""
    return tuple(one for one in python() if not one.below("tests") and "migrations" not in one.path.parts)


def services() -> tuple[Source, ...]:
    """The packages of the services and the gateway, without the chassis."""
    return tuple(one for one in production() if one.below(*PACKAGES.values()))


def violations(rule: Rule, sources: Iterable[Source]) -> str:
    """What a rule finds in many files, a line each; empty when it finds nothing."""
    return "\n".join(line for source in sources for line in rule(source))


def aggregate(source: Source) -> tuple[str, str] | None:
    """(package, aggregate) of a file that stands in an aggregate's folder of a service."""
    for package, folder in PACKAGES.items():
        if source.below(folder):
            inner = source.path.relative_to(folder).parts
            if package == "gateway":
                return ("gateway", f"access.{inner[1]}") if inner[0] == "access" and len(inner) > 2 else None
            return (package, inner[0]) if len(inner) > 1 and inner[0] != "clients" else None
    return None
