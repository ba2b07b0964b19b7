"""Use cases of budgets that fill a page of their own."""
