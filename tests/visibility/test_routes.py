"""Every route × every kind × every role, from the OpenAPI documents: who is refused, who is let in (design rule 9)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from chassis.identity import Kind, Principal, Role
from infra.contracts.paths import EVERYONE
from tests.gateway.access.test_visibility import WHO as ACCESS
from tests.harness import Harness
from tests.visibility.calls import Caller, code, in_chunks, operations
from tests.visibility.grants import by_link
from tests.visibility.who import WHO

TABLES: dict[str, Iterable[str]] = {**WHO, "gateway": ACCESS}
EVERY_OPERATION = [(package, name) for package in WHO for name in operations(package)]


def differences(named: Iterable[str], routes: Iterable[str]) -> list[str]:
    """What stands on one side only."""
    return [f"no line for {name}" for name in sorted(set(routes) - set(named))] + [
        f"no route for {name}" for name in sorted(set(named) - set(routes))
    ]


@pytest.mark.parametrize("package", [service.package for service in EVERYONE], indirect=True)
def test_every_route_has_its_line(package: str) -> None:
    assert differences(TABLES[package], operations(package)) == []


def test_a_route_without_a_line_and_a_line_without_a_route_are_found() -> None:
    assert differences(["getOrder", "dropOrder"], ["getOrder", "seizeOrder"]) == [
        "no line for seizeOrder",
        "no route for dropOrder",
    ]


@pytest.mark.parametrize(("package", "name"), EVERY_OPERATION, indirect=["package"])
async def test_who_may(
    caller: Caller, harness: Harness, package: str, name: str, everybody: list[tuple[Kind, Role, Principal]]
) -> None:
    """403 ROLE_MISSING for exactly those whom the table does not name; what is refused changes nothing.

    A route that a link opens does not look at the token: 401 LINK_INVALID for everybody without one.
    """
    operation, allowed = operations(package)[name], WHO[package].get(name, frozenset())
    refusal = (401, "LINK_INVALID") if by_link(allowed) else (403, "ROLE_MISSING")

    async def ask(one: tuple[Kind, Role, Principal]) -> tuple[str, str, int, str]:
        answer = await caller.call(one[2], operation.request({}))
        return one[0].value, one[1].value, answer.status_code, code(answer)

    before = await harness.checksum()
    refused = await in_chunks([one for one in everybody if one[:2] not in allowed], ask)
    assert [one for one in refused if one[2:] != refusal] == []
    assert await harness.checksum() == before
    let_in = await in_chunks([one for one in everybody if one[:2] in allowed], ask)
    assert [one for one in let_in if one[2] in (401, 403) or one[2] >= 500] == []


@pytest.mark.parametrize("package", WHO, indirect=True)
async def test_without_a_token(caller: Caller, harness: Harness, package: str) -> None:
    before = await harness.checksum()
    wrong = {}
    for name, operation in operations(package).items():
        missing = "LINK_INVALID" if by_link(WHO[package][name]) else "TOKEN_MISSING"
        answer = await caller.call(None, operation.request({}))
        if (answer.status_code, code(answer)) != (401, missing):
            wrong[name] = answer.text
    assert wrong == {}
    assert await harness.checksum() == before
