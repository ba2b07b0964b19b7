"""Payment orders (付款单): prepared by one, approved by another, handed to the bank as a file, proved item by item."""
