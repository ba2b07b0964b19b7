"""How an employer stands with the wages of his workers, for whoever is about to engage him."""
