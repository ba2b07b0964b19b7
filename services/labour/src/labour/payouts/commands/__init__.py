"""Use cases of payouts, a file for each concern."""
