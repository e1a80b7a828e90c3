"""Rules of the catalogue: subcategories, displayed status, what an offer may be."""
