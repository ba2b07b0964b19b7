"""Use cases of payroll files, a file for each kind."""
