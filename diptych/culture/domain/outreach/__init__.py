"""Going to the places that the pass does not have yet, and to those that have gone quiet."""
