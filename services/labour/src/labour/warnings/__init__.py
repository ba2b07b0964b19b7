"""Early warning (欠薪预警): where wages are about to be owed, why, and what changed since yesterday."""
