"""UBL 2.1 (OASIS Universal Business Language): orders, their responses and despatch advices, out and in."""
