"""The demo, step by step: what each of its nine acts must have brought about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import requests

from infra.demo.acts.workers import COUNT, worker
from infra.places import LOGS, TELEMETRY
from tests.e2e.conftest import Played, Stack, infra

pytestmark = pytest.mark.timeout(1200)


def test_all_nine_acts_were_played(played: Played) -> None:
    assert {step["act"] for step in played.steps} == set(range(1, 10))


def test_a_wrong_check_digit_was_refused(played: Played) -> None:
    assert played.steps[0]["status"] == 422


def test_three_of_two_hundred_rows_came_back_with_field_and_reason(played: Played) -> None:
    report = played.props["batch"]
    assert report["refused"] == 3
    assert report["created"] + report["updated"] + report["unchanged"] == 197
    refused = [row for row in report["results"] if row["status"] == "refused"]
    assert [(row["row"], row["errors"][0]["pointer"].rsplit("/", 1)[1]) for row in refused] == [
        (50, "id_card_number"),
        (120, "work_type"),
        (199, "name"),
    ]


def test_two_workers_stayed_outside_the_gates(played: Played) -> None:
    refused = [row for row in played.props["assignments"]["results"] if row["status"] == "refused"]
    assert [row["errors"][0]["code"] for row in refused] == ["TRAINING_MISSING", "AGE_ABOVE_MAXIMUM"]


def test_swipes_were_judged_row_by_row(played: Played) -> None:
    swipes = played.props["swipes"]
    assert (swipes["accepted"], swipes["duplicates"], swipes["refused"]) == (500, 1, 1)


def test_the_indicators_are_what_the_facts_say(played: Played) -> None:
    """195 people for a whole day; 98 + 60 + 40 t accepted; seven and a half hours between two readings."""
    assert Decimal(played.props["labour_days"]) == 195
    steel = 98 * Decimal("3850") + 60 * Decimal("3920") + 40 * Decimal("3960")
    assert Decimal(played.props["accepted_cost"]) == steel
    assert Decimal(played.props["machine_hours"]) == Decimal("7.50")


def test_the_order_over_budget_was_told_what_is_left(played: Played) -> None:
    ordered = 100 * Decimal("3850") + 60 * Decimal("3920") + 40 * Decimal("3960")
    assert played.props["approved"] is True
    assert Decimal(played.props["left"]) == Decimal("1200000") - ordered


def test_the_crane_was_banned_then_booked_once_then_handed_to_a_valid_operator(played: Played) -> None:
    assert played.props["bans"] == ["INSPECTION_EXPIRED", "TECHNICAL_FILE_INCOMPLETE"]
    assert "CERTIFICATE_EXPIRED" in played.props["operator_refused"]
    [machine] = played.props["overview"]["machines"]
    assert (machine["kind"], machine["clear"]) == ("tower_crane", True)


def test_the_overview_names_what_is_missing(played: Played) -> None:
    whole, torn = played.props["overview"], played.props["overview_without_labour"]
    assert whole["missing"] == []
    assert whole["presence"] | {"as_of": "", "employers": []} == {
        "on_site": 100,
        "assigned": 195,
        "employers": [],
        "as_of": "",
    }
    assert [one["service"] for one in torn["missing"]] == ["labour"]
    assert torn["presence"] is None
    assert torn["orders"] == whole["orders"]


def test_one_trace_from_the_gateway_to_the_last_consumer(played: Played) -> None:
    spans = played.props["trace"]
    assert len({span["trace_id"] for span in spans}) == 1
    names = [(span["service"], span["name"]) for span in spans]
    for service, part in (
        ("gateway", "POST"),
        ("procurement", "POST /procurement/v1/orders/{order_id}:approve"),
        ("project-mgmt", "CommitBudget"),
        ("procurement", "publish zhulian.procurement.orders.approved.v1"),
        ("project-mgmt", "project-mgmt--orders-approved"),
    ):
        assert any(service == one and part in name for one, name in names), (service, part, names)


def test_another_play_makes_another_project(played: Played, stack: Stack) -> None:
    infra("infra.demo", "--lang", "en", seconds=300)
    token = stack.token("contractor", "project_manager")
    answer = requests.get(
        f"{stack.content['gateway']['url']}/projects/v1/projects",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    codes = [project["code"] for project in answer.json()["items"]]
    assert played.props["code"] in codes
    assert len(codes) >= 2


def test_no_number_of_a_person_and_no_secret_in_any_log(stack: Stack) -> None:
    """Every log and span of every process of this stack."""
    rows = [worker(index, date(2026, 1, 1)) for index in range(COUNT)]
    forbidden = {row[name] for row in rows for name in ("id_card_number", "payroll_bank_card_number", "cell_phone")}
    for organisation in stack.content["demo"]["organisations"].values():
        forbidden |= {user["password"] for user in organisation["users"]}
        forbidden |= {client["client_secret"] for client in organisation["clients"]}
    files = [*LOGS.glob("*.log"), *TELEMETRY.glob("*")]
    assert len(files) > 5
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not [value for value in forbidden if value in text], file
        assert "Bearer ey" not in text
