"""Design rules 9 and 17 and the page of permissions: a use case asks for leave first, and leaves a trace of changes."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.tree import Source, aggregate, dotted, sample, services

WRITING = {"writing", "driver", "once"}
DOORS = {"endpoints.py", "rpc.py"}
"""Through these come people and other services; facts and jobs come from ourselves."""
Function = ast.FunctionDef | ast.AsyncFunctionDef

OPEN = {
    "gateway.access.organisations.service.register": "made by somebody who is nobody yet",
    "labour.links.service.recognised": "tells who holds a link; what that opens, `opened` says",
}
"""Use cases that need no permission, and why."""


@dataclass(frozen=True)
class Place:
    """A function and the file that it stands in."""

    source: Source
    function: Function


BY_LINK = {
    "labour.links.service.opened": "what the link is for, and that its identity check holds",
    "labour.links.service.usable": "the check itself, and what a link says of itself, come before that",
}
"""How a use case behind a one-time link (一次性链接) asks for leave, as its caller has no role."""


class Functions:
    """Every module-level function of some files by its full name, and who calls whom."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = tuple(sources)
        self.by_name = {
            f"{module(source)}.{node.name}": Place(source, node)
            for source in self.sources
            for node in source.tree.body
            if isinstance(node, Function)
        }

    def called(self, place: Place) -> Iterator[str]:
        """What a function calls, by full name (`work.audit` stays as it is written)."""
        for node in ast.walk(place.function):
            if isinstance(node, ast.Call):
                yield self.full(place.source, dotted(node.func))

    def full(self, source: Source, name: str) -> str:
        """A name as a module sees it → the full name."""
        head, dot, rest = name.partition(".")
        if head in source.imported:
            return source.imported[head] + dot + rest
        own = f"{module(source)}.{name}"
        return own if own in self.by_name else name

    def does(self, name: str, verbs: set[str], seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function calls `work.<verb>`, itself or through functions that it calls."""
        place = self.by_name.get(name)
        if place is None or name in seen:
            return False
        wanted = {f"work.{verb}" for verb in verbs}
        called = set(self.called(place))
        return bool(called & wanted) or any(self.does(one, verbs, seen | {name}) for one in sorted(called))

    def asks_a_link(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function asks its caller's link, itself or through functions that it calls."""
        place = self.by_name.get(name)
        if place is None or name in seen:
            return False
        called = set(self.called(place))
        return bool(called & set(BY_LINK)) or any(self.asks_a_link(one, seen | {name}) for one in sorted(called))

    def sees(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function binds rows to its caller: by `…visible_to` or by the caller's organisation."""
        if name.endswith("visible_to"):
            return True
        place = self.by_name.get(name)
        if place is None or name in seen:
            return False
        nodes = ast.walk(place.function)
        if any(dotted(node) == "principal.organisation_id" for node in nodes if isinstance(node, ast.Attribute)):
            return True
        return any(self.sees(one, seen | {name}) for one in self.called(place))

    def use_cases(self) -> list[str]:
        """Functions of service.py and commands/ that a REST or gRPC door calls."""
        named = {
            self.full(source, dotted(node))
            for source in self.sources
            if aggregate(source) is not None and source.path.name in DOORS
            for node in source.walk()
            if isinstance(node, ast.Attribute | ast.Name)
        }
        return sorted(name for name in named & set(self.by_name) if is_service(self.by_name[name].source))


def module(source: Source) -> str:
    """The dotted name of a file below a `src` folder."""
    parts = source.path.with_suffix("").parts
    inner = parts[parts.index("src") + 1 :]
    return ".".join(inner[:-1] if inner[-1] == "__init__" else inner)


def is_service(source: Source) -> bool:
    """Whether the file holds use cases."""
    return aggregate(source) is not None and (source.path.name == "service.py" or source.path.parts[-2] == "commands")


def ask_for_leave(functions: Functions) -> list[str]:
    """Every use case behind a door calls `work.require(permissions.…)`."""
    return [
        f"{name} requires no permission: `work.require(permissions.…)`"
        for name in functions.use_cases()
        if name not in OPEN and not functions.does(name, {"require"}) and not functions.asks_a_link(name)
    ]


def leave_a_trace(functions: Functions) -> list[str]:
    """Every use case behind a door that writes calls `work.audit(…)`."""
    return [
        f"{name} writes without `work.audit(…)` (rule 17)"
        for name in functions.use_cases()
        if functions.does(name, WRITING) and not functions.does(name, {"audit"})
    ]


def start_from_visibility(functions: Functions) -> list[str]:
    """A repository's function that is asked on somebody's behalf binds what it finds to that organisation."""
    return [
        f"{name} takes a principal and finds rows of everybody (rule 9)"
        for name, place in functions.by_name.items()
        if place.source.path.name == "repository.py" and aggregate(place.source) is not None
        if any(argument.arg == "principal" for argument in place.function.args.args)
        if not place.function.name.startswith("_")
        if not functions.sees(name)
    ]


def test_every_use_case_asks_for_leave() -> None:
    assert ask_for_leave(Functions(services())) == []


def test_every_change_leaves_a_trace() -> None:
    assert leave_a_trace(Functions(services())) == []


def test_every_repository_starts_from_visibility() -> None:
    assert start_from_visibility(Functions(services())) == []


def test_every_exception_is_a_use_case() -> None:
    assert set(OPEN) - set(Functions(services()).use_cases()) == set()


DOOR = """
from procurement.orders import service

async def approve(edge):
    return await edge.write(lambda work: service.approve(work, command), OrderOut.of)
"""
ROOM = """
from procurement.orders import repository

async def approve(work, command):
    work.require(permissions.ORDERS_APPROVE)
    return await _apply(work, command)

async def _apply(work, command):
    await repository.change(work, order)
    work.audit("orders.approve", "order", order.id, before, after)

async def internal(work):
    await work.writing()
"""
CELLAR = "async def change(work, order):\n    session = await work.writing()\n"


def _slice(room: str, cellar: str = CELLAR) -> Functions:
    folder = "services/procurement/src/procurement/orders"
    files = {"endpoints": DOOR, "service": room, "repository": cellar}
    return Functions(sample(text, f"{folder}/{name}.py") for name, text in files.items())


def test_a_good_use_case_passes_and_an_internal_one_is_none() -> None:
    assert _slice(ROOM).use_cases() == ["procurement.orders.service.approve"]
    assert ask_for_leave(_slice(ROOM)) == leave_a_trace(_slice(ROOM)) == []


def test_a_use_case_without_leave_is_found() -> None:
    assert len(ask_for_leave(_slice(ROOM.replace("work.require", "log.info")))) == 1


def test_a_use_case_behind_a_link_asks_the_link() -> None:
    room = "from labour.links import service as links\n" + ROOM.replace(
        "work.require(permissions.ORDERS_APPROVE)", "await links.{}(work, session, Purpose.CONTRACT)"
    )
    assert ask_for_leave(_slice(room.replace("{}", "opened"))) == []
    assert len(ask_for_leave(_slice(room.replace("{}", "proof")))) == 1


def test_every_way_to_ask_a_link_is_there() -> None:
    assert set(BY_LINK) <= set(Functions(services()).by_name)


@pytest.mark.parametrize("verb", sorted(WRITING))
def test_a_change_without_a_trace_is_found(verb: str) -> None:
    cellar = CELLAR.replace("work.writing", f"work.{verb}")
    assert leave_a_trace(_slice(ROOM, cellar)) == []
    assert len(leave_a_trace(_slice(ROOM.replace("work.audit", "log.info"), cellar))) == 1


def test_a_question_needs_no_trace() -> None:
    cellar = CELLAR.replace("work.writing", "work.reading")
    assert leave_a_trace(_slice(ROOM.replace("work.audit", "log.info"), cellar)) == []


def test_a_query_without_visibility_is_found() -> None:
    query = "async def get(session, principal, order_id):\n    return select(Order).where(_own(principal))\n\n"
    blind = query + "def _own(principal):\n    return Order.state != State.DRAFT\n"
    assert len(start_from_visibility(_slice(ROOM, blind))) == 1
    for seeing in ("visible_to(principal)", "Order.buyer_id == principal.organisation_id"):
        sees = query + f"def _own(principal):\n    return {seeing}\n"
        assert start_from_visibility(_slice(ROOM, sees)) == []
