"""Special wage accounts (农民工工资专用账户) of projects, what is due on them, and wage guarantees (工资保证金)."""
