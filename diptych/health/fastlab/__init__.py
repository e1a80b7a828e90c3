"""Small follow-up apps for patients, gout first. A service with its own door."""
