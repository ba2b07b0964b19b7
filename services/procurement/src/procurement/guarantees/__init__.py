"""Bank guarantees and bonds (保函、履约保证金) that suppliers give, and their expiry."""
