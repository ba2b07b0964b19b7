"""Payouts (代发): wages from the special account to each worker's card, the bank's file, and what the bank answers."""
