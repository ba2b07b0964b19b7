"""What the worker days of a project say: why a day counts what it counts, flags, figures by employer and hour."""
