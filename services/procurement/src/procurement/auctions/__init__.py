"""Reverse auctions (竞价): live bids on the total of a sourcing, each lower than the one before."""
