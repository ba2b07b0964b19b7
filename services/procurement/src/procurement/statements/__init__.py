"""Monthly reconciliation (对账单): what buyer and supplier agree was accepted, line by line."""
