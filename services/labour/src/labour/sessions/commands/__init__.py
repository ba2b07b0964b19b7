"""What writes sessions, verb by verb."""
