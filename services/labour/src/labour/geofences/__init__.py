"""Where phone swipes of a project may be made."""
