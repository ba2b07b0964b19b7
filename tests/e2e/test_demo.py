"""The demo, step by step: what each of its acts must have brought about."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from infra.demo.__main__ import ACTS
from infra.demo.acts.suppliers import SUPPLIERS
from infra.demo.acts.workers import COUNT, worker
from infra.demo.crew import NAMES
from infra.places import LOGS, TELEMETRY
from tests.e2e.conftest import Played, Stack, infra

pytestmark = pytest.mark.timeout(1200)


SUPPLIER_2, SUPPLIER_3 = Decimal("169040.00"), Decimal("177155.30")
"""20 × 3,820 + 24 × 3,860; 16 × 3,864.3625 + 30 × 3,844.183333, with freight of 2,400 spread by amount."""
SENT_BACK = Decimal("1922.09")
"""Half a tonne of the last line."""


def test_every_act_was_played(played: Played) -> None:
    assert {step["act"] for step in played.steps} == set(range(1, len(ACTS) + 1))


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


def test_the_price_trend_has_both_months(played: Played) -> None:
    assert [Decimal(price) for price in played.props["trend"]] == [3990, 3930]


def test_the_need_was_approved_by_two_roles_and_knows_what_has_come(played: Played) -> None:
    steps = played.props["requisition"]["steps"]
    assert [(step["role"], step["state"]) for step in steps] == [
        ("approver", "approved"),
        ("cost_controller", "approved"),
    ]
    lines = played.props["requisition"]["lines"]
    assert [[Decimal(line[name]) for name in ("sourced", "ordered", "delivered", "left")] for line in lines] == [
        [0, 20, 20, 0],
        [0, 40, 40, 0],
        [0, 30, Decimal("29.5"), 0],
    ]


def test_quotes_were_sealed_until_the_deadline_and_compared_by_landed_price(played: Played) -> None:
    [sealed] = [step for step in played.steps if step["what"] == "tries to compare before the deadline"]
    assert sealed["status"] == 409
    lines = played.props["comparison"]
    assert [len(line["cells"]) for line in lines] == [2, 3, 3]
    lowest = [next(cell for cell in line["cells"] if cell["lowest"]) for line in lines]
    assert [Decimal(cell["landed_price"]) for cell in lowest] == [3820, 3860, Decimal("3844.183333")]
    assert [Decimal(line["published_price"]) for line in lines] == [3860, 3930, 3955]
    dearer = next(cell for cell in lines[1]["cells"] if Decimal(cell["unit_price"]) == 3830)
    assert Decimal(dearer["landed_price"]) == Decimal("3864.3625")


def test_the_award_is_split_with_a_reason_for_what_is_not_the_lowest(played: Played) -> None:
    award = played.props["award"]
    assert Decimal(award["total"]) == SUPPLIER_2 + SUPPLIER_3
    assert len(award["order_ids"]) == 2
    assert [(line["lowest"], bool(line["reason"])) for line in award["lines"]] == [
        (True, False),
        (True, False),
        (False, True),
        (True, False),
    ]


def test_what_was_accepted_was_invoiced_and_is_due_by_the_earlier_rule(played: Played) -> None:
    """97 % are payable and 3 % are retention money; the law's 60 days end before the contract's."""
    invoices = played.props["invoices"]
    assert [(one["state"], one["reasons"]) for one in invoices] == [("approved", [])] * 2
    assert [Decimal(one["gross"]) for one in invoices] == [SUPPLIER_2, SUPPLIER_3 - SENT_BACK]
    amounts: dict[str, list[Decimal]] = {"invoice": [], "retention": []}
    for one in played.props["payables"]:
        amounts[one["kind"]].append(Decimal(one["amount"]))
        if one["kind"] == "invoice":
            accepted_on = date.fromisoformat(one["delivered_on"])
            assert one["due_by"] == "law"
            assert "802" in one["due_source"]
            assert date.fromisoformat(one["due_on"]) == accepted_on + timedelta(days=60)
            assert date.fromisoformat(one["due_by_contract"]) > date.fromisoformat(one["due_on"])
    assert sorted(amounts["retention"]) == [Decimal("5071.20"), Decimal("5256.99")]
    assert sum(amounts["invoice"]) + sum(amounts["retention"]) == SUPPLIER_2 + SUPPLIER_3 - SENT_BACK


def test_orders_and_statements_lie_there_as_pdf(played: Played) -> None:
    papers = [Path(one) for one in played.props["papers"]]
    assert [one.name for one in papers] == [
        "order-supplier2.pdf",
        "statement-supplier2.pdf",
        "order-supplier3.pdf",
        "statement-supplier3.pdf",
    ]
    assert all(one.read_bytes().startswith(b"%PDF-") for one in papers)


def test_the_payment_was_executed_and_the_project_knows_every_sum(played: Played) -> None:
    paid = Decimal("333945.02")
    payment, costs = played.props["payment"], played.props["costs"]
    assert (payment["state"], Decimal(payment["paid"])) == ("executed", paid)
    assert {name: Decimal(costs[name]) for name in ("committed", "accepted", "invoiced", "paid")} == {
        "committed": SUPPLIER_2 + SUPPLIER_3,
        "accepted": SUPPLIER_2 + SUPPLIER_3 - SENT_BACK,
        "invoiced": SUPPLIER_2 + SUPPLIER_3 - SENT_BACK,
        "paid": paid,
    }


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
        "assigned": 195 + len(NAMES),
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
    forbidden |= set(SUPPLIERS.values())
    for organisation in stack.content["demo"]["organisations"].values():
        forbidden |= {user["password"] for user in organisation["users"]}
        forbidden |= {client["client_secret"] for client in organisation["clients"]}
    files = [*LOGS.glob("*.log"), *TELEMETRY.glob("*")]
    assert len(files) > 5
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not [value for value in forbidden if value in text], file
        assert "Bearer ey" not in text
