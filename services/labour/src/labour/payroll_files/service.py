"""Use cases of payroll files: items stand in commands/items.py, pieces in commands/pieces.py."""

from __future__ import annotations

from labour.payroll_files.commands.items import Imported, ItemSheet
from labour.payroll_files.commands.items import blank as blank_items
from labour.payroll_files.commands.items import check as check_items
from labour.payroll_files.commands.items import import_rows as import_items
from labour.payroll_files.commands.pieces import PieceSheet
from labour.payroll_files.commands.pieces import blank as blank_pieces
from labour.payroll_files.commands.pieces import check as check_pieces
from labour.payroll_files.commands.pieces import import_rows as import_pieces

__all__ = [
    "Imported",
    "ItemSheet",
    "PieceSheet",
    "blank_items",
    "blank_pieces",
    "check_items",
    "check_pieces",
    "import_items",
    "import_pieces",
]
