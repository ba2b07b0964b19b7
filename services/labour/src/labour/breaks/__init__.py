"""Break rules of a project."""
