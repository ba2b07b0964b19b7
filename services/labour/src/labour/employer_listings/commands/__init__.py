"""What a listed employer tells, and what the authority answers."""
