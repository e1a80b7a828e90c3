"""The catalogue: subcategories, products, offers, stocks, and what can be found."""
