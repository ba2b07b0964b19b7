"""Labour contracts (劳动合同) and written agreements (书面用工协议): terms, wage standard, signature, end."""
