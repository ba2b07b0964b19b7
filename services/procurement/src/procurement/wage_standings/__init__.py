"""Whom labour says to owe wages (用工信用): refused where a deal begins or grows, a hint beside the comparison."""
