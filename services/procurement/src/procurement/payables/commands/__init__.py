"""Use cases of payables that have a page of their own."""
