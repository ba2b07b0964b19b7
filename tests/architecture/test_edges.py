"""Design rules 2, 3 and 7: a route goes through the edge, a POST with a key; state moves by its machine."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import PACKAGES, Source, aggregate, dotted, sample, services, violations

KEYED = {"write", "write_hot"}
DOORS = {
    "get": {"read", "page", "page_rows", "download", "generate", "stream"},
    "post": KEYED,
    "put": {"change", *KEYED},
    "patch": {"change", *KEYED},
    "delete": {"change", *KEYED},
}
ONCE = {"write_once"}
"""chassis.http.once: `edge.write` whose stored answer lacks the secret that the first answer shows."""
NOT_KEPT = {
    "services/labour/src/labour/payouts/endpoints.py": {"export"},
    "services/labour/src/labour/workers/endpoints.py": {"unmask"},
    "services/procurement/src/procurement/payments/endpoints.py": {"export"},
    "services/procurement/src/procurement/suppliers/endpoints.py": {"unmask"},
}
"""POSTs that demand a key but keep no answer under it: personal data would rest there in clear (rule 11)."""
WRITES_NOTHING = {
    f"services/procurement/src/procurement/{name}/endpoints.py": {"check"}
    for name in ("materials", "quotes", "requisitions")
} | {
    "services/labour/src/labour/payroll_files/endpoints.py": {"check_items", "check_pieces"},
    "services/labour/src/labour/repairs/endpoints.py": {"check"},
    "services/labour/src/labour/sessions/endpoints.py": {"check"},
    "services/labour/src/labour/workers/endpoints.py": {"check"},
}
"""POSTs that demand a key and answer a file: they take one and write nothing, so a second call says the same."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def routes(source: Source) -> Iterator[tuple[Function, str]]:
    """Every function that is a REST route, with its method."""
    for node in source.walk():
        if isinstance(node, Function):
            for decorator in node.decorator_list:
                method = dotted(decorator.func).rpartition(".") if isinstance(decorator, ast.Call) else ("", "", "")
                if method[0].rpartition(".")[2] in {"router", "api", "app"} and method[2] in {
                    *DOORS,
                    "api_route",
                }:
                    yield node, method[2]


def through_the_edge(source: Source) -> list[str]:
    """A route's last word is its edge's, by the door that belongs to its method."""
    if not source.below(*PACKAGES.values()) or source.below("gateway/src/gateway/edge"):
        return []
    found = []
    for route, method in routes(source):
        doors = _doors(route, source)
        allowed = {"change"} if route.name in NOT_KEPT.get(str(source.path), ()) else None
        if route.name in WRITES_NOTHING.get(str(source.path), ()):
            allowed = {"generate"}
        if allowed is not None and _demands_a_key(route) and doors == allowed:
            continue
        if len(doors) != 1 or not doors <= DOORS.get(method, set()):
            wanted = " or ".join(f"edge.{door}" for door in sorted(DOORS.get(method, set()))) or "a plain method"
            found.append(source.at(route, f"{method.upper()} {route.name} has to answer through {wanted}"))
    return found


def _doors(route: Function, source: Source) -> set[str]:
    """The doors of the edge that a route answers through, itself or by a helper of its module given the edge."""
    helpers = {node.name: node for node in source.tree.body if isinstance(node, Function)}
    doors = set()
    for call in (node for node in ast.walk(route) if isinstance(node, ast.Call)):
        name = dotted(call.func)
        if name.startswith("edge."):
            doors.add(name.removeprefix("edge."))
        elif name in ONCE and any(dotted(given) == "edge" for given in call.args):
            doors.add("write")
        elif name in helpers and any(dotted(given) == "edge" for given in call.args):
            doors |= _doors(helpers[name], source)
    return doors & set().union(*DOORS.values())


def _demands_a_key(route: Function) -> bool:
    calls = (node for node in ast.walk(route) if isinstance(node, ast.Call))
    return any(dotted(call.func) == "edge.demand_key" for call in calls)


def moves_by_the_machine(source: Source) -> list[str]:
    """`row.state = …` takes what `MACHINE.apply(…)` gives."""
    if aggregate(source) is None:
        return []
    assignments = [node for node in source.walk() if isinstance(node, ast.Assign)]
    applied = {
        target.id
        for node in assignments
        for target in node.targets
        if isinstance(target, ast.Name) and _applies(node.value)
    }
    return [
        source.at(target, "state moves only by `MACHINE.apply(state, action)` (rule 2)")
        for node in assignments
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "state"
        if not _applies(node.value) and dotted(node.value) not in applied
    ]


def _applies(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "apply"


def state_is_not_asked_for(source: Source) -> list[str]:
    """State is in no request body: schemas that come in (`…In`) have no such field."""
    if source.path.name != "schemas.py":
        return []
    return [
        source.at(field, f"{node.name} asks for a state: state changes only through verbs (rule 2)")
        for node in source.walk()
        if isinstance(node, ast.ClassDef) and node.name.endswith("In")
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.target.id == "state"
    ]


def test_every_route_goes_through_the_edge() -> None:
    assert violations(through_the_edge, services()) == ""


def test_state_moves_by_the_machine() -> None:
    assert violations(moves_by_the_machine, services()) == ""


def test_no_request_asks_for_a_state() -> None:
    assert violations(state_is_not_asked_for, services()) == ""


ROUTE = '''
@router.{method}("/{{order_id}}", operation_id="x")
async def route(order_id: UUID, edge: EdgeDep) -> Response:
    """A route."""
    return await {call}(lambda work: service.approve(work, order_id), OrderOut.of)
'''


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("post", "edge.read"),
        ("post", "edge.change"),
        ("post", "service.approve"),
        ("get", "edge.write"),
        ("put", "edge.read"),
        ("delete", "work.run"),
        ("api_route", "edge.write"),
    ],
)
def test_a_route_past_the_edge_is_found(method: str, call: str) -> None:
    source = sample(ROUTE.format(method=method, call=call), "services/labour/src/labour/workers/endpoints.py")
    assert len(through_the_edge(source)) == 1


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("post", "edge.write"),
        ("post", "edge.write_hot"),
        ("get", "edge.page"),
        ("get", "edge.download"),
        ("get", "edge.stream"),
        ("put", "edge.change"),
    ],
)
def test_a_route_through_the_edge_is_fine(method: str, call: str) -> None:
    source = sample(ROUTE.format(method=method, call=call), "services/labour/src/labour/workers/endpoints.py")
    assert through_the_edge(source) == []


@pytest.mark.parametrize("value", ["State.APPROVED", "command.state", "states.next_of(order.state)"])
def test_a_leap_of_state_is_found(value: str) -> None:
    assert len(moves_by_the_machine(sample(f"order.state = {value}"))) == 1


def test_a_step_of_the_machine_is_fine() -> None:
    assert moves_by_the_machine(sample("order.state = states.ORDER.apply(order.state, Action.APPROVE)")) == []
    assert moves_by_the_machine(sample("target = ORDER.apply(order.state, action)\norder.state = target")) == []


def test_a_helper_that_gets_the_edge_is_followed() -> None:
    helper = "async def _move(edge: Edge) -> Response:\n    return await edge.{door}(move, OrderOut.of)\n"
    path = "services/labour/src/labour/workers/endpoints.py"
    route = ROUTE.format(method="post", call="_move").replace("(lambda", "(edge, lambda")
    assert through_the_edge(sample(helper.format(door="write") + route, path)) == []
    assert len(through_the_edge(sample(helper.format(door="read") + route, path))) == 1


def test_an_answer_that_is_not_kept_demands_a_key_all_the_same() -> None:
    path = "services/labour/src/labour/workers/endpoints.py"
    route = ROUTE.format(method="post", call="edge.change").replace("def route", "def unmask")
    assert len(through_the_edge(sample(route, path))) == 1
    assert through_the_edge(sample(route.replace("    return", "    edge.demand_key()\n    return"), path)) == []


def test_a_secret_is_written_once() -> None:
    route = ROUTE.format(method="post", call="write_once").replace("(lambda", "(edge, lambda")
    assert through_the_edge(sample(route, "gateway/src/gateway/access/clients/endpoints.py")) == []


def test_a_body_with_a_state_is_found() -> None:
    path = "services/procurement/src/procurement/orders/schemas.py"
    assert len(state_is_not_asked_for(sample("class ReviseOrderIn(In):\n    state: State\n", path))) == 1
    assert state_is_not_asked_for(sample("class OrderOut(Out):\n    state: State\n", path)) == []
