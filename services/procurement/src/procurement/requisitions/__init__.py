"""Requisitions (材料需求计划): what a site needs, by when, and what has become of it."""
