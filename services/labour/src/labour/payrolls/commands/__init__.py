"""Use cases of payrolls, a file for each concern."""
