"""The ticketing partners’ API."""
