"""Use cases of prices that fill a page of their own."""
