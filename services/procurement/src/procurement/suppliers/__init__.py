"""Supplier files (供应商档案): who may deliver to a buyer, by invitation, with licences, account and standing."""
