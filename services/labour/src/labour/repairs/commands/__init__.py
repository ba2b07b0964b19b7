"""Commands of repairs."""
