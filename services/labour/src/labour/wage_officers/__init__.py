"""Wage officers (劳资专管员) of projects: who looks after wages for the general contractor."""
