"""Room below caps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import FailedPrecondition
from chassis.ids import new_id
from procurement.agreements.rules import Cap, Ordered
from procurement.supplements.rules import demand_room

ITEM, BUYER, PROJECT = new_id(), new_id(), new_id()
STANDS = [Ordered(ITEM, BUYER, PROJECT, Decimal(10), Decimal("39000.00"))]


@pytest.mark.parametrize(
    ("cap", "refused"),
    [
        (Cap("item:1", None, Decimal(10), item_id=ITEM), False),
        (Cap("item:1", None, Decimal("9.999999"), item_id=ITEM), True),
        (Cap("item:2", None, Decimal(0), item_id=new_id()), False),
        (Cap("agreement", None, Decimal("38999.99")), True),
        (Cap("agreement", Decimal(1), None), False),
        (Cap("organisation", None, Decimal(0), organisation_id=new_id()), False),
        (Cap("organisation", None, Decimal(0), organisation_id=BUYER, project_id=PROJECT), True),
    ],
)
def test_a_hard_cap_holds_what_is_ordered(cap: Cap, refused: bool) -> None:
    if not refused:
        demand_room([cap], STANDS)
        return
    with pytest.raises(FailedPrecondition, match="CAP_BELOW_ORDERED"):
        demand_room([cap], STANDS)
