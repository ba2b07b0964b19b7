"""Months of worker days that payroll has closed."""
