"""Exact conversion between the units of a material (计量单位换算)."""
