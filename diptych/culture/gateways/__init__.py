"""Other organisations: one outside system a file, its fake beside it, the same tests for both."""
