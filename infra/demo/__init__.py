"""The demo: one construction project lived through all four services, over the public API only."""
