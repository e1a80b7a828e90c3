"""Who may ask the warehouse: accounts, their rights, and the care sites that each may ask about."""
