"""Awards (定标): who delivers how much at which price, why when it is not the lowest, and the orders that follow."""
