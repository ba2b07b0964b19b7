"""Supplemental agreements (补充协议): new caps, a new last day, more items, others who may call off."""
