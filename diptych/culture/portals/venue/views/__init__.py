"""Views of the venue's portal: each translates, calls once, translates back. None of them tries."""
