"""People: who holds an account, as what, and since when."""
