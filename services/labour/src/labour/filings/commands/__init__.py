"""Use cases of filings that need more than a page: collecting what is to be filed, and sending it."""
