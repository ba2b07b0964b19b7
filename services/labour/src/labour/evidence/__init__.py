"""Evidence (证据链): roster, contract, entry, attendance, sheet, signature and pay of a month match one to one."""
