"""Views of the locked room's pages: each translates, calls once, translates back."""
