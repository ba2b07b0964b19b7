"""Changes of approved orders (订单变更): the buyer proposes, an approver decides on more cost, the supplier accepts."""
