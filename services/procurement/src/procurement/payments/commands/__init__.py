"""Use cases of payments that have a page of their own."""
