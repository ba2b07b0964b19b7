"""Scorecards (供应商评价): figures about a supplier, computed from the buyer's own orders and deliveries only."""
