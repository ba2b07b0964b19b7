"""Tables as people keep them (表格): CSV and XLSX in and out, for every aggregate.

`read_table` answers rows of text with their numbers and trusts nothing in the file; `write_csv` and `write_xlsx`
stream, and no cell of theirs is a formula.
"""

from chassis.tabular.reading import CSV, XLSX, TableRow, read_table
from chassis.tabular.writing import Cell, write_csv, write_xlsx

__all__ = ("CSV", "XLSX", "Cell", "TableRow", "read_table", "write_csv", "write_xlsx")
