"""Rules that a law, a city or a buyer can change (规则库): calendar, taxes, tolerances, limits, terms, sources."""
