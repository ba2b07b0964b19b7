"""Quotes (报价) to an inquiry: sealed from everybody but their supplier until the deadline opens them."""
