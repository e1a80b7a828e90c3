"""Class outings: what a venue offers to one school, and what the school makes of it."""
