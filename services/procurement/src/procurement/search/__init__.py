"""Search (搜索) over orders, materials and suppliers, in Chinese and by code."""
