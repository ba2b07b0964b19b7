"""Filings (上报): what goes to an authority's platform, in which order, and what became of it."""
