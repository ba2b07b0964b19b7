"""Material procurement (建材招采): catalogue, orders, deliveries and acceptance."""
