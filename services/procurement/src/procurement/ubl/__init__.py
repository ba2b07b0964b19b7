"""UBL 2.1 (OASIS Universal Business Language): orders, their responses, despatch advices and invoices, out and in."""
