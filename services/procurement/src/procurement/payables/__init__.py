"""What a buyer owes its suppliers (应付账款): due dates by contract and law, retention, advances, credits, interest."""
