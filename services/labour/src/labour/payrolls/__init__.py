"""Payrolls (工资表): a sheet per employer, project and month, signed by each worker; piece records; slips."""
