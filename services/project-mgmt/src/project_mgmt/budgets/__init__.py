"""Budget 成本预算 of a project by cost code, and what orders reserve and commit of it."""
