"""What every service shares: doors, transactions, facts, jobs, identity. Knows no business noun."""
