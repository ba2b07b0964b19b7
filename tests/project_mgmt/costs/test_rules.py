"""Figures side by side."""

from __future__ import annotations

from decimal import Decimal

from project_mgmt.costs.rules import CostLine, Figures, side_by_side, total

D = Decimal


def test_a_code_that_only_facts_name_has_a_line() -> None:
    """Accepted without a budget is shown, not lost; a code without facts is shown, too."""
    budget = {"B": ("Frame", D("100.00"), D("10.00"), D("30.00"))}
    facts = [("accepted", "A", D("5.00")), ("paid", "A", D("7.00"))]
    assert side_by_side(budget, facts) == [
        CostLine("A", "", Figures(accepted=D("5.00"), paid=D("7.00"))),
        CostLine("B", "Frame", Figures(budget=D("100.00"), reserved=D("10.00"), committed=D("30.00"))),
    ]


def test_what_is_left_accrued_and_owed() -> None:
    """Left of the budget; accepted without an invoice; invoiced without a payment (an advance makes it negative)."""
    figures = Figures(D(100), D(10), D(30), D(25), D(20), D(22))
    assert (figures.left, figures.accrued, figures.owed) == (D(60), D(5), D(-2))


def test_the_total_is_the_sum_of_every_figure() -> None:
    """Each by itself."""
    one = CostLine("A", "", Figures(D(1), D(2), D(3), D(4), D(5), D(6), D(7), D(8)))
    assert total([one, one]) == Figures(D(2), D(4), D(6), D(8), D(10), D(12), D(14), D(16))
