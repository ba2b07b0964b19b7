"""Material prices (材料价格): published ones (信息价), anonymous statistics of our own deals, and comparisons."""
