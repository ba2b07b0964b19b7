"""Files of payrolls: allowances and deductions of a sheet, piece records (计件表)."""
