"""What a worker sees and does by himself, through a one-time link and without an account."""
