"""Use cases of wage accounts, a file for each concern."""
