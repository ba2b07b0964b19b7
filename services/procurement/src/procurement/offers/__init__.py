"""Offers (报价结果): what is on the table once the deadline has come, however it came; compared side by side."""
