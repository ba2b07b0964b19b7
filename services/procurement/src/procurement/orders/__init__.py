"""Purchase orders (采购订单): the exemplar of a slice; read it in the order states, service, repository, endpoints."""
