"""Whom labour says to owe wages (用工信用): refused where a deal begins, a hint where suppliers are compared."""
