"""Views: each translates, calls once, translates back."""
