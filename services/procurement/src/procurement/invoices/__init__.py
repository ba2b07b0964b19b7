"""Invoices (发票), their match with order and acceptance (三单匹配), and credit notes (红字发票)."""
