"""Facts and questions between the services, as the code names them: nobody waits for what nobody says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.contracts import describe, page
from infra.contracts.paths import EVERYONE, PROTO, SERVICES, Service

SUBJECT = re.compile(r"zhulian\.(?P<service>[a-z-]+)\.(?P<aggregate>[a-z-]+)\.(?P<fact>[a-z-]+)\.v1")
PROTO_MESSAGE = re.compile(r"^// zhulian\.(?P<subject>\S+?):?\s.*?^message (?P<name>\w+)", re.MULTILINE | re.DOTALL)
Descriptions = dict[str, dict[str, Any]]


def told(descriptions: Descriptions) -> dict[str, tuple[str, str]]:
    """Subject → (package that tells it, full name of its message)."""
    return {
        subject: (package, message)
        for package, description in descriptions.items()
        for subject, message in description["subjects"].items()
    }


def faults(descriptions: Descriptions, names: dict[str, str]) -> Iterator[str]:
    """`names`: package → the service's name on the wire."""
    facts = told(descriptions)
    for subject, (package, _) in facts.items():
        match = SUBJECT.fullmatch(subject)
        if match is None or match["service"] != names[package]:
            yield f"{package} tells {subject}, which is no subject of its own"
    for package, description in descriptions.items():
        for subscription in description["subscriptions"]:
            subject, durable = subscription["subject"], subscription["durable"]
            if subject not in facts:
                yield f"{package} waits for {subject}, which nobody tells"
            elif facts[subject][1] != subscription["message"]:
                yield f"{package} reads {subject} as {subscription['message']}, it is {facts[subject][1]}"
            match = SUBJECT.fullmatch(subject)
            if match and durable != f"{names[package]}--{match['aggregate']}-{match['fact']}":
                yield f"{package}: the durable of {subject} has the wrong name {durable}"


NAMES = {service.package: service.name for service in EVERYONE}


def test_every_fact_that_is_awaited_is_told() -> None:
    assert "\n".join(faults(describe.all_services(), NAMES)) == ""


def test_every_message_of_events_proto_is_sent() -> None:
    sent = {message for _, message in told(describe.all_services()).values()}
    promised = set()
    for path in (PROTO / "zhulian").rglob("*events.proto"):
        package = ".".join(path.relative_to(PROTO).parent.parts)
        marked = PROTO_MESSAGE.finditer(path.read_text(encoding="utf-8"))
        promised |= {f"{package}.{match['name']}" for match in marked}
    assert promised == sent


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_question_has_an_answer_and_somebody_who_asks(service: Service) -> None:
    callers = describe.all_services()[service.package]["callers"]
    methods = [method for method, _, _ in page.rpc_methods(service)]
    assert sorted(callers) == sorted(methods)
    for method, allowed in callers.items():
        for caller in allowed:
            assert asks(caller, method.rpartition(".")[2]), f"{caller} may call {method} but never does"


def asks(caller: str, method: str) -> bool:
    """Whether a client of the calling service names the method."""
    (service,) = (one for one in SERVICES if one.name == caller)
    clients = (service.source / "clients").rglob("*.py")
    return any(re.search(rf"\b{method}\b", path.read_text(encoding="utf-8")) for path in clients)


def _descriptions() -> Descriptions:
    subject = "zhulian.procurement.orders.approved.v1"
    subscription = {"subject": subject, "durable": "project-mgmt--orders-approved", "message": "OrderApproved"}
    return {
        "procurement": {"subjects": {subject: "OrderApproved"}, "subscriptions": []},
        "project_mgmt": {"subjects": {}, "subscriptions": [subscription]},
    }


def test_facts_that_fit_pass() -> None:
    assert list(faults(_descriptions(), NAMES)) == []


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("subject", "zhulian.procurement.orders.shipped.v1", "which nobody tells"),
        ("message", "OrderCancelled", "it is OrderApproved"),
        ("durable", "orders", "wrong name"),
    ],
)
def test_a_fact_that_does_not_fit_is_found(field: str, value: str, fault: str) -> None:
    descriptions = _descriptions()
    descriptions["project_mgmt"]["subscriptions"][0][field] = value
    assert any(fault in line for line in faults(descriptions, NAMES))


def test_another_services_subject_is_found() -> None:
    descriptions = _descriptions()
    descriptions["procurement"]["subjects"]["zhulian.labour.attendance.recorded.v1"] = "AttendanceRecorded"
    assert any("no subject of its own" in line for line in faults(descriptions, NAMES))
