"""The ticketing partners’ API: the official public contract, the same paths, methods, shapes and statuses (guide §6.1)."""
