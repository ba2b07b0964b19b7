"""Organisations as the gateway tells them; a replica, rebuilt by a replay."""
