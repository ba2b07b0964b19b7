"""Use cases of sourcing that fill a page of their own."""
