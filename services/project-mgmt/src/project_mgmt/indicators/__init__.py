"""Site indicators 现场指标 by project and day, built from facts of the other services only."""
