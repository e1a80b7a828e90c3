"""The national rare-disease bank. A service with its own door."""
