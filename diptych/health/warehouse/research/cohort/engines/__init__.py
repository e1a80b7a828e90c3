"""The fast answers, one engine a file; right when they agree with the meaning."""
