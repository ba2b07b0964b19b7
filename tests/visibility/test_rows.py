"""Real rows × organisations that have no part in them: for them the rows are not there (design rule 9).

"Not there" is meant in full: the answer about a row of somebody else's is the answer about an id that nobody has.
"""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from chassis.identity import Kind, Principal
from chassis.ids import new_id
from tests.harness import Harness, Organisation
from tests.visibility.calls import Caller, Ids, Operation, code, strangers, with_all_roles
from tests.visibility.calls import operations as every_operation
from tests.visibility.grants import SIGNED_IN, by_link
from tests.visibility.place import Place
from tests.visibility.places import MAKING
from tests.visibility.who import WHO

SITES = {
    "procurement": "procurement_site",
    "project_mgmt": "project_site",
    "labour": "labour_site",
    "equipment_leasing": "yard",
}
ALL_BUT_THE_AUTHORITY = frozenset(Kind) - {Kind.AUTHORITY}
"""The authority sees all that it may read, see `test_the_authority_sees_all_that_it_may_read`."""
AUTHORITYS_OWN = frozenset(
    {
        "liftFromBlacklist",
        "addListingDecision",
        "exitListingEarly",
        "liftEmployerListing",
        "acceptRepayment",
        "declineRepayment",
        "getRepaymentPaper",
    }
)
"""What the authority itself decides about its rows, and the papers that were handed to the one that decides."""


@pytest.fixture
def site(package: str, request: pytest.FixtureRequest) -> Any:
    """The project of the service's own tests, with its organisations."""
    return request.getfixturevalue(SITES[package])


def operations(package: str) -> dict[str, Operation]:
    """Those that a token opens; the others are tested with links (tests/labour/self_service/test_endpoints.py)."""
    return {
        name: one for name, one in every_operation(package).items() if not by_link(WHO[package].get(name, SIGNED_IN))
    }


def hidden(place: Place, package: str, operation: Operation) -> dict[str, str]:
    """Those of the place's ids that an outsider must not come across by this operation."""
    if (place.only and operation.name not in place.only) or operation.name in place.without:
        return {}
    shown = place.offered if WHO[package][operation.name] == SIGNED_IN else frozenset()
    return {name: value for name, value in place.ids.items() if name not in shown}


def about(place: Place, package: str) -> list[Operation]:
    """The operations that take one of the place's ids, in path, query or body; questions before changes."""
    found = [one for one in operations(package).values() if one.names() & set(hidden(place, package, one))]
    return sorted(found, key=lambda one: one.method != "get")


def with_an_id(package: str) -> set[str]:
    """Operations with an id in their path; each has to be about some place."""
    return {name for name, one in operations(package).items() if any(p.endswith("_id") for p in one.takes("path"))}


Seen = tuple[int, str, str]


def seen(answer: Response, ids: Ids) -> Seen:
    """What a caller learns from an answer: status, code and, of a success, everything but the ids that it sent."""
    text = answer.text if answer.is_success else ""
    for name, value in ids.items():
        text = text.replace(value, name)
    return answer.status_code, code(answer), text


async def ask(caller: Caller, operation: Operation, who: Principal, place: Place, ids: Ids) -> Seen:
    """What somebody learns from one call about these ids."""
    return seen(await caller.call(who, operation.request(place.given | ids, filters=True)), ids)


def outsiders(place: Place) -> list[Organisation]:
    """Who has no part: somebody of every kind, somebody of all kinds at once, and the neighbours."""
    fresh = [one for one in strangers() if one.kinds <= ALL_BUT_THE_AUTHORITY]
    return [*fresh, Organisation(ALL_BUT_THE_AUTHORITY), *place.beside]


def fault(package: str, operation: Operation, place: Place, who: Organisation, found: Seen, nothing: Seen) -> str:
    """What an outsider was told too much; empty when all is well. `nothing` is seen when the ids are nobody's."""
    line = f"{place.name}: {operation.name} by {sorted(who.kinds)}: {found[:2]}"
    if not any(kind in who.kinds for kind, _ in WHO[package][operation.name]):
        return "" if found[:2] == (403, "ROLE_MISSING") else line
    if found != nothing:
        return f"{line}, but {nothing[:2]} about an id that nobody has"
    in_path = set(operation.takes("path")) & set(place.ids)
    return line if in_path and found[0] != 404 else ""


@pytest.mark.parametrize("package", MAKING, indirect=True)
async def test_others_rows_are_not_there(caller: Caller, harness: Harness, package: str, site: Any) -> None:
    places = await MAKING[package](site, harness)
    faults = []
    before = await harness.checksum()
    for place in places:
        nobodys = {name: str(new_id()) for name in place.ids}
        for operation in about(place, package):
            for who in outsiders(place):
                member = with_all_roles(who)
                found, nothing = [await ask(caller, operation, member, place, ids) for ids in (place.ids, nobodys)]
                faults.append(fault(package, operation, place, who, found, nothing))
    assert "\n".join(one for one in faults if one) == ""
    assert await harness.checksum() == before


@pytest.mark.parametrize("package", MAKING, indirect=True)
async def test_whose_rows_they_are_finds_them(caller: Caller, harness: Harness, package: str, site: Any) -> None:
    """So that the test above shows something: the same calls find the rows when a member makes them."""
    sighted: dict[str, bool] = {}
    for place in await MAKING[package](site, harness):
        nobodys = {name: str(new_id()) for name in place.ids}
        for operation in about(place, package):
            for one in place.members:
                member = with_all_roles(one)
                found, nothing = [await ask(caller, operation, member, place, ids) for ids in (place.ids, nobodys)]
                assert found[0] < 500, operation.name
                differs = found != nothing and found[1] != "ROLE_MISSING"
                sighted[operation.name] = differs or sighted.get(operation.name, False)
    assert [name for name, differs in sighted.items() if not differs] == []
    assert sorted(with_an_id(package) - set(sighted)) == []


@pytest.mark.timeout(240)  # every list × every place × everybody who has no part in it
@pytest.mark.parametrize("package", MAKING, indirect=True)
async def test_lists_without_filters_show_others_nothing(
    caller: Caller, harness: Harness, package: str, site: Any
) -> None:
    places = await MAKING[package](site, harness)
    faults = []
    for operation in operations(package).values():
        if operation.method != "get" or operation.takes("path"):
            continue
        for place in places:
            for who in outsiders(place):
                answer = await caller.call(with_all_roles(who), operation.request({}))
                if any(value in answer.text for value in hidden(place, package, operation).values()):
                    faults.append(f"{place.name}: {operation.name} by {sorted(who.kinds)}")
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("package", ["project_mgmt", "labour", "equipment_leasing"], indirect=True)
async def test_the_authority_sees_all_that_it_may_read(
    caller: Caller, harness: Harness, package: str, site: Any
) -> None:
    """Supervision is its task (design, Identity); it changes nothing but its own and reads no worker's file."""
    authority = Organisation(frozenset({Kind.AUTHORITY}))
    places = await MAKING[package](site, harness)
    before = await harness.checksum()
    for place in places:
        for operation in about(place, package):
            if operation.name in AUTHORITYS_OWN:
                continue
            answer = await ask(caller, operation, with_all_roles(authority), place, place.ids)
            may = any(kind is Kind.AUTHORITY for kind, _ in WHO[package][operation.name])
            assert answer[:2] == ((200, "") if may else (403, "ROLE_MISSING")), operation.name
    assert await harness.checksum() == before
