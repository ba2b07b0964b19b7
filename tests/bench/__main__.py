"""`make bench`: one table, each row a ratio of two things measured in the same run. `--only NAME…` for some rows."""

from __future__ import annotations

import argparse
import asyncio

from rich.console import Console
from rich.table import Table

from tests.bench.rows import ROWS, Row


async def measure(names: list[str], seconds: float) -> list[Row]:
    """The rows that were asked for (all without a name)."""
    found: list[Row] = []
    for name, row in ROWS.items():
        if not names or name in names:
            found.extend(await row(seconds))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], choices=list(ROWS))
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    options = parser.parse_args()
    table = Table()
    for column in ("row", "ours", "against", "ratio", "target", ""):
        table.add_column(column)
    for row in asyncio.run(measure(options.only, options.seconds)):
        table.add_row(row.name, row.ours, row.against, row.ratio, row.target, "met" if row.met else "MISSED")
    Console(width=170).print(table)


main()
