"""Class outings on the school’s budget."""
