"""A project's costs by cost code (成本台账): budget, commitments and facts side by side."""
