"""Design rule 16: names of events and metrics. Dashboards and partners' programs depend on them."""

import ast
import re

import pytest

from infra.contracts.paths import EVERYONE
from tests.architecture.tree import PACKAGES, Source, production, sample, violations

SUBJECT = re.compile(r"zhulian\.(?P<service>[a-z-]+)\.[a-z-]+\.[a-z-]+\.v[1-9][0-9]*")
LOOKS_LIKE_A_SUBJECT = re.compile(r"zhulian\.[a-z-]+\.[a-z-]+\.")
METRIC = re.compile(r"zhulian_[a-z_]+")
INSTRUMENTS = {
    "create_counter", "create_up_down_counter", "create_histogram", "create_gauge",
    "create_observable_counter", "create_observable_gauge", "create_observable_up_down_counter",
}  # fmt: skip
NAMES = {service.package: service.name for service in EVERYONE}
AREAS = {f"zhulian.{service.area}." for service in EVERYONE} | {"zhulian.common."}


def subjects(source: Source) -> list[str]:
    """`zhulian.<service>.<aggregate>.<fact>.v1`; a service's events.py names only its own facts."""
    own = next((NAMES[package] for package, folder in PACKAGES.items() if source.below(folder)), None)
    found = []
    for node in source.strings():
        value = str(node.value)
        if not LOOKS_LIKE_A_SUBJECT.match(value) or value.endswith((">", "*")) or _is_rpc(value):
            continue
        match = SUBJECT.fullmatch(value)
        if match is None or match["service"] not in NAMES.values():
            found.append(source.at(node, f"{value!r} is no subject zhulian.<service>.<aggregate>.<fact>.v1"))
        elif source.path.name == "events.py" and own is not None and match["service"] != own:
            found.append(source.at(node, f"{value!r} is another service's fact; {own} may not tell it"))
    return found


def _is_rpc(value: str) -> bool:
    """`zhulian.procurement.v1.ProcurementDirectory` is a protobuf name, not a subject."""
    return any(value.startswith(area) for area in AREAS) and value.split(".")[2] == "v1"


def metrics(source: Source) -> list[str]:
    """Instruments are made in the chassis' one page of metrics, each with a literal name of ours."""
    found = []
    for node, name in source.calls():
        if name.rpartition(".")[2] not in INSTRUMENTS:
            continue
        if source.path.name != "metrics.py":
            found.append(source.at(node, "metrics are made in metrics.py, so that they stand on one page"))
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
        if not (isinstance(first, ast.Constant) and METRIC.fullmatch(str(first.value))):
            found.append(source.at(node, "the name of a metric is a literal zhulian_…"))
    return found


def test_subjects_in_the_tree() -> None:
    assert violations(subjects, production()) == ""


def test_metrics_in_the_tree() -> None:
    assert violations(metrics, production()) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "zhulian.procurement.orders.approved",
        "zhulian.procurement.orders.Approved.v1",
        "zhulian.procurement.orders.line.approved.v1",
        "zhulian.buying.orders.approved.v1",
        "zhulian.labour.attendance.recorded.v1",
    ],
)
def test_a_wrong_subject_is_found(subject: str) -> None:
    path = "services/procurement/src/procurement/orders/events.py"
    assert len(subjects(sample(f"APPROVED = '{subject}'", path))) == 1


def test_right_names_are_left_alone() -> None:
    path = "services/procurement/src/procurement/orders/events.py"
    text = "A = 'zhulian.procurement.orders.approved.v1'\nB = 'zhulian.procurement.v1.ProcurementDirectory'"
    assert subjects(sample(text, path)) == []
    assert subjects(sample("S = 'zhulian.project-mgmt.projects.changed.v1'")) == []


@pytest.mark.parametrize(
    "text",
    [
        "meter.create_counter('orders_created')",
        "meter.create_gauge('zhulian_Outbox_Lag')",
        "meter.create_histogram(f'zhulian_{name}')",
        "meter.create_observable_gauge(name='lag')",
    ],
)
def test_a_wrong_metric_is_found(text: str) -> None:
    assert len(metrics(sample(text, "services/chassis/src/chassis/metrics.py"))) == 1


def test_a_metric_elsewhere_is_found() -> None:
    assert len(metrics(sample("meter.create_counter('zhulian_orders')"))) == 1
