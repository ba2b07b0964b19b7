"""Use cases beyond adding and reading."""
