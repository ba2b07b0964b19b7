"""Listings 出租信息: what is offered to all contractors."""
