"""The edge: checks, limits and forwards requests; knows no business noun."""
