"""The demo's month of labour, from the roster to the receipt: what each of its acts must have brought about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.demo.acts.month import FORGOTTEN, cut_off
from infra.demo.acts.payouts import FAILS
from infra.demo.acts.wages import DEPOSIT, OVERTIME
from infra.demo.acts.warning import overdue
from infra.demo.crew import NAMES, RATES, TEAM, working_days
from tests.e2e.conftest import Played

pytestmark = pytest.mark.timeout(1200)

FIXERS, CARPENTERS = (Decimal(rate) for rate in RATES)


def month(played: Played) -> date:
    """The first day of the month that was paid."""
    return date.fromisoformat(played.props["month"])


def owed(played: Played) -> Decimal:
    """A day of a steel fixer counts nothing, because nobody saw him go; a carpenter has two evenings more."""
    days = len(working_days(month(played)))
    return FIXERS * (TEAM * days - 1) + CARPENTERS * TEAM * days + Decimal(OVERTIME)


def steps(played: Played, what: str) -> list[Mapping[str, Any]]:
    """The steps of that name."""
    return [step for step in played.steps if step["what"] == what]


def test_two_bad_rows_of_the_roster_came_back_with_row_column_and_reason(played: Played) -> None:
    """In the marked workbook beside their rows, and in the report of the import."""
    report, tried = played.props["roster"], played.props["roster_tried"]
    assert (report["created"], report["refused"]) == (tried["created"], tried["refused"]) == (len(NAMES), 2)
    assert played.props["after_trying"] == 0
    refused = [row for row in report["results"] if row["status"] == "refused"]
    first = len(NAMES)
    assert [(one["pointer"], one["code"]) for row in refused for one in row["errors"]] == [
        (f"/rows/{first}/id_card_number", "ID_CHECK_DIGIT"),
        (f"/rows/{first + 1}/work_type", "CODE_UNKNOWN"),
    ]
    reasons = played.props["roster_reasons"]
    assert list(reasons) == [str(first + 2), str(first + 3)]  # rows of the sheet: below a heading, counted from 1
    assert "check digit" in reasons[str(first + 2)]
    assert "work_type" in reasons[str(first + 3)]


def test_contracts_were_signed_by_link_and_a_stranger_got_no_further(played: Played) -> None:
    stranger, evidence = played.props["stranger"], played.props["contract_evidence"]
    assert (stranger["passed"], stranger["tries_left"]) == (False, 4)
    assert played.props["signed_by_link"] == ["signed"] * TEAM
    assert (evidence["method"], evidence["identity_checked"]) == ("link", True)
    assert evidence["code_sent_to"].count("*") == 9
    verified = played.props["contract_verified"]
    assert verified["intact"]
    assert verified["stored_sha256"] == verified["signed_sha256"] == evidence["sha256"]


def test_the_gate_was_shut_before_the_training_and_open_after_it(played: Played) -> None:
    assert (played.props["shut"], played.props["open"]) == (["TRAINING_MISSING"], [])
    entry = played.props["entry_training"]
    assert (entry["complete"], entry["missing"]) == (True, [])
    [refused] = steps(played, "tries to close while a check-out is missing")
    assert refused["status"] == 409


def test_a_week_that_came_late_and_in_disorder_counts_like_any_other(played: Played) -> None:
    days = working_days(month(played))
    offline = [day for day in days if cut_off(day)]
    whole = len(NAMES) * len(days) - len(FORGOTTEN)
    assert Decimal(played.props["days_before"]) == whole - TEAM * len(offline)
    assert Decimal(played.props["days_after"]) == whole
    sent = [2 * TEAM * len(days) - len(FORGOTTEN), 2 * TEAM * (len(days) - len(offline)), 2 * TEAM * len(offline)]
    assert played.props["month_swipes"] == [[count, 0, 0] for count in sent]


def test_one_forgotten_swipe_was_repaired_by_two_persons_and_one_was_turned_down(played: Played) -> None:
    workers = played.props["crew_workers"]
    assert sorted(played.props["direction_errors"]) == sorted(workers[worker] for worker, _ in FORGOTTEN)
    [refused] = steps(played, "turns the other one down: the cameras show nothing")
    assert refused["text"] == "rejected"
    open_day = played.props["open_day"]
    assert (open_day["days"], open_day["remarks"]) == ("0.00", ["OUT_MISSING"])
    assert open_day["worker_id"] == workers[FORGOTTEN[1][0]]


def test_the_sheet_is_what_contracts_and_days_say(played: Played) -> None:
    draft, approved = played.props["draft"], played.props["approved_sheet"]
    assert (draft["workers"], Decimal(draft["gross"])) == (len(NAMES), owed(played) - Decimal(OVERTIME))
    assert (approved["state"], Decimal(approved["net"])) == ("approved", owed(played))


def test_one_objected_and_nobody_else_had_to_sign_again(played: Played) -> None:
    answered = played.props["answered"]
    [objection] = answered["objections"]
    assert (objection["method"], objection["adjusted"], bool(objection["answer"])) == ("link", True, True)
    assert Decimal(answered["net"]) == CARPENTERS * len(working_days(month(played))) + Decimal(OVERTIME)
    assert played.props["approved_sheet"]["edition"] == 1


def test_one_transfer_failed_and_its_wage_reached_another_card(played: Played) -> None:
    first, second = played.props["first_payout"], played.props["second_payout"]
    failed = Decimal(played.props["lines"][FAILS]["net"])
    assert Decimal(played.props["deposit"]["balance"]) == Decimal(DEPOSIT)
    assert (Decimal(first["total"]), Decimal(first["paid"])) == (owed(played), owed(played) - failed)
    assert (second["transfers"], Decimal(second["paid"])) == (1, failed)
    assert played.props["paid_sheet"]["state"] == "paid"
    [torn] = steps(played, "reads an answer that lacks a row")
    assert torn["status"] == 422


def test_the_project_knows_both_sums_from_facts(played: Played) -> None:
    line = played.props["labour_costs"]
    assert Decimal(line["wages"]) == Decimal(line["wages_paid"]) == owed(played)


def test_everything_was_filed_and_has_a_receipt(played: Played) -> None:
    """Two sides of the subcontract, teams, workers, contracts, three trainings each, entries, swipes, wages."""
    days, crew = len(working_days(month(played))), len(NAMES)
    filed = played.props["filings"]
    assert {one["state"] for one in filed} == {"accepted"}
    assert Counter(one["kind"] for one in filed) == {
        "company": 1,
        "subcontractor": 1,
        "team": 2,
        "worker": crew,
        "contract": crew,
        "training": 3 * crew,
        "entry_exit": crew,
        "attendance": 2 * crew * days - len(FORGOTTEN),
        "payroll": crew,
    }
    assert played.props["receipts"][0]["verdict"] == "accepted"


def test_the_matcher_finds_the_one_gap_that_is_left(played: Played) -> None:
    totals, [gap] = played.props["evidence"], played.props["gaps"]
    assert (totals["complete"], totals["with_gaps"], totals["gaps"]) == (len(NAMES) - 1, 1, {"ATTENDANCE_OPEN": 1})
    assert Decimal(totals["net"]) == Decimal(totals["paid"]) == owed(played)
    assert gap["worker_id"] == played.props["crew_workers"][FORGOTTEN[1][0]]
    assert (gap["responsible"], gap["detail"]) == ("general_contractor", {"days": 1})
    links = played.props["chain"]["links"]
    assert [name for name, whole in links.items() if not whole] == ["attendance"]
    assert len(links) == 8


def test_roster_sheet_slip_and_report_lie_there_as_pdf(played: Played) -> None:
    papers = [Path(one) for one in played.props["labour_papers"]]
    kept = [one.name for one in papers]
    assert kept == ["roster.pdf", "wage-sheet.pdf", "pay-slip.pdf", f"evidence-{played.props['month'][:7]}.pdf"]
    assert all(one.read_bytes().startswith(b"%PDF-") for one in papers)


def test_the_warning_says_why_and_how_much(played: Played) -> None:
    """Everybody is paid; the owner's share is not, so it is yellow."""
    warning = played.props["warning"]
    late = overdue(month(played), date.fromisoformat(played.props["today"]))
    assert late >= 1
    assert (warning["warning_level"], warning["warning_score"]) == ("yellow", 25)
    assert warning["grounds"] == [{"code": "SHARE_OVERDUE", "points": 25, "figures": {"shares": late}}]
    assert warning["raised"] == ["SHARE_OVERDUE"]
