"""What waits (待办) for a member of an organisation, over all documents of procurement."""
