"""The longer use cases of invoices."""
