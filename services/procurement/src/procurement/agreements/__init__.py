"""Agreements (合同, 框架协议, 集中采购): prices and caps that orders are called off from."""
