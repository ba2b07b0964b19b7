"""Telematics 物联监测: AEMP 2.0 feeds, cumulative counters, machine hours."""
