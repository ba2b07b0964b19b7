"""National code tables and the rules that a law or a city can change, as data."""
