"""An order of 500 lines as PDF."""

from __future__ import annotations

import time
from dataclasses import replace

from chassis.typesetting import compiled
from procurement.paper.service import TEMPLATES
from tests.procurement.paper.samples import LINE, order


def typeset(turn: int) -> float:
    """Another order in each turn, so that nothing of the one before helps; milliseconds."""
    lines = tuple(replace(LINE, position=str(number), quantity=f"{turn + 1}.{number}") for number in range(1, 501))
    begun = time.perf_counter()
    compiled(order(number=f"PO-{turn}", lines=lines), TEMPLATES)
    return (time.perf_counter() - begun) * 1000
