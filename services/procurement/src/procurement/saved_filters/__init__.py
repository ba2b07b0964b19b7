"""Saved filters (常用筛选): the query of a list under a name, own or shared within the organisation."""
